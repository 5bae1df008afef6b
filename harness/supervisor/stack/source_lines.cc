#include "harness/supervisor/stack/source_lines.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <optional>

namespace holdfast {
namespace {

constexpr std::size_t most_rows = 4'000'000, most_names = 100'000;

std::string_view debug_text_at(std::string_view texts, std::uint64_t at) {
  if (at >= texts.size()) return {};
  texts.remove_prefix(at);
  return texts.substr(0, texts.find('\0'));
}

std::string joined(std::string_view directory, std::string_view name) {
  if (directory.empty() || name.starts_with('/')) return std::string(name);
  return (std::filesystem::path(directory) / name).lexically_normal().string();
}

}  // namespace

// Takes numbers and texts off the front; once something is missing, all that follows is 0.
class DebugBytes {
 public:
  explicit DebugBytes(std::string_view bytes) : left_(bytes) {}

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] std::size_t left() const { return left_.size(); }

  template <typename Number>
  Number take() {
    Number number{};
    const auto piece = take_bytes(sizeof(Number));
    if (!failed_) std::memcpy(&number, piece.data(), sizeof number);
    return number;
  }
  std::string_view take_bytes(std::size_t count) {
    if (count > left_.size()) {
      failed_ = true;
      left_ = {};
      return {};
    }
    const auto piece = left_.substr(0, count);
    left_.remove_prefix(count);
    return piece;
  }
  std::uint64_t take_leb(bool is_signed = false) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = take<std::uint8_t>();
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if ((byte & 0x80U) != 0) continue;
      if (is_signed && (byte & 0x40U) != 0 && shift < 57) value |= ~std::uint64_t{0} << (shift + 7);
      return value;
    }
    failed_ = true;
    return 0;
  }
  std::string_view take_text() {
    const auto end = left_.find('\0');
    const auto text = take_bytes(std::min(end, left_.size()));
    take_bytes(1);
    return text;
  }

 private:
  std::string_view left_;
  bool failed_ = false;
};

// The table of one compilation unit, which is a program that makes rows.
class LineProgram {
 public:
  LineProgram(std::string_view unit, std::string_view line_texts, std::string_view texts, SourceLines& into)
      : bytes_(unit), line_texts_(line_texts), texts_(texts), into_(into) {}

  void run() {
    if (!read_header()) return;
    while (bytes_.left() > 0 && !bytes_.failed() && into_.rows_.size() < most_rows) step();
    into_.rows_.resize(sequence_begin_);  // what has no end is not to be trusted
  }

 private:
  bool read_header() {
    version_ = bytes_.take<std::uint16_t>();
    if (version_ < 2 || version_ > 5) return false;
    if (version_ == 5) {
      if (bytes_.take<std::uint8_t>() != 8) return false;  // bytes of an address
      bytes_.take<std::uint8_t>();
    }
    const auto header_bytes = bytes_.take<std::uint32_t>();
    const std::size_t left = bytes_.left();
    smallest_instruction_ = bytes_.take<std::uint8_t>();
    if (version_ >= 4) bytes_.take<std::uint8_t>();
    bytes_.take<std::uint8_t>();
    line_base_ = bytes_.take<std::int8_t>();
    line_range_ = bytes_.take<std::uint8_t>();
    first_special_ = bytes_.take<std::uint8_t>();
    if (bytes_.failed() || line_range_ == 0 || first_special_ == 0) return false;
    for (unsigned i = 1; i < first_special_; ++i) operands_[i] = bytes_.take<std::uint8_t>();
    if (!(version_ == 5 ? read_names_5() : read_names())) return false;
    const std::size_t used = left - bytes_.left();
    if (bytes_.failed() || used > header_bytes) return false;
    bytes_.take_bytes(header_bytes - used);
    sequence_begin_ = into_.rows_.size();
    return !bytes_.failed();
  }

  bool read_names() {
    directories_.emplace_back();  // of the compilation: told elsewhere
    while (directories_.size() < most_names) {
      const auto name = bytes_.take_text();
      if (name.empty()) break;
      directories_.emplace_back(name);
    }
    files_.push_back(add_file({}));  // they are counted from one
    while (files_.size() < most_names) {
      const auto name = bytes_.take_text();
      if (name.empty()) return true;
      const auto directory = bytes_.take_leb();
      bytes_.take_leb();  // changed
      bytes_.take_leb();  // bytes
      files_.push_back(add_file(joined(directory_at(directory), name)));
    }
    return false;
  }

  struct Entry {
    std::string_view name;
    std::uint64_t directory = 0;
  };

  bool read_names_5() {
    const bool read = read_entries([&](const Entry& entry) {
      directories_.push_back(joined(directories_.empty() ? "" : directories_.front(), entry.name));
    });
    return read && read_entries([&](const Entry& entry) {
             files_.push_back(add_file(joined(directory_at(entry.directory), entry.name)));
           });
  }

  template <typename Add>
  bool read_entries(Add add) {
    constexpr std::uint64_t is_path = 1, is_directory = 2;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> fields(bytes_.take<std::uint8_t>());
    for (auto& [content, form] : fields) {
      content = bytes_.take_leb();
      form = bytes_.take_leb();
    }
    const auto count = bytes_.take_leb();
    if (count > most_names) return false;
    for (std::uint64_t i = 0; i < count && !bytes_.failed(); ++i) {
      Entry entry;
      for (const auto& [content, form] : fields) {
        const auto value = take_field(form);
        if (!value) return false;
        if (content == is_path) entry.name = value->name;
        if (content == is_directory) entry.directory = value->directory;
      }
      add(entry);
    }
    return !bytes_.failed();
  }

  // Either a text or a number: DW_FORM_*.
  std::optional<Entry> take_field(std::uint64_t form) {
    switch (form) {
      case 0x08:
        return Entry{bytes_.take_text(), 0};
      case 0x0E:
        return Entry{debug_text_at(texts_, bytes_.take<std::uint32_t>()), 0};
      case 0x1F:
        return Entry{debug_text_at(line_texts_, bytes_.take<std::uint32_t>()), 0};
      case 0x0B:
        return Entry{{}, bytes_.take<std::uint8_t>()};
      case 0x05:
        return Entry{{}, bytes_.take<std::uint16_t>()};
      case 0x06:
        return Entry{{}, bytes_.take<std::uint32_t>()};
      case 0x0F:
        return Entry{{}, bytes_.take_leb()};
      case 0x1E:  // a checksum
        bytes_.take_bytes(16);
        return Entry{};
      default:
        return std::nullopt;
    }
  }

  void step() {
    const auto operation = bytes_.take<std::uint8_t>();
    if (operation >= first_special_) {
      const unsigned special = operation - unsigned{first_special_};
      advance(special / line_range_);
      line_ += line_base_ + static_cast<int>(special % line_range_);
      add_row();
      return;
    }
    switch (operation) {
      case 0:
        return extended();
      case 1:
        return add_row();
      case 2:
        return advance(bytes_.take_leb());
      case 3:
        line_ += static_cast<std::int64_t>(bytes_.take_leb(true));
        return;
      case 4:
        file_ = bytes_.take_leb();
        return;
      case 8:
        return advance((255U - first_special_) / line_range_);
      case 9:
        address_ += bytes_.take<std::uint16_t>();
        return;
      default:
        for (unsigned i = 0; i < operands_[operation]; ++i) bytes_.take_leb();
    }
  }

  void extended() {
    DebugBytes operation(bytes_.take_bytes(bytes_.take_leb()));
    const auto code = operation.take<std::uint8_t>();
    if (code == 2) address_ = operation.take<std::uint64_t>();
    if (code != 1) return;
    end_sequence();
    address_ = 0;
    file_ = 1;
    line_ = 1;
  }

  // Functions that the linker threw away begin at 0 or so.
  void end_sequence() {
    constexpr std::uint64_t lowest = 16;
    auto& rows = into_.rows_;
    if (rows.size() == sequence_begin_ || rows[sequence_begin_].address < lowest) {
      rows.resize(sequence_begin_);
    } else {
      rows.push_back({address_, 0, 0});
    }
    sequence_begin_ = rows.size();
  }

  void advance(std::uint64_t instructions) { address_ += instructions * smallest_instruction_; }

  void add_row() {
    const std::uint32_t file = file_ < files_.size() ? files_[file_] : 0;
    const bool known = line_ > 0 && line_ <= INT32_MAX;
    into_.rows_.push_back({address_, file, known ? static_cast<std::int32_t>(line_) : 0});
  }

  std::uint32_t add_file(std::string path) {
    if (into_.files_.size() >= most_rows) return 0;
    into_.files_.push_back(std::move(path));
    return static_cast<std::uint32_t>(into_.files_.size() - 1);
  }
  [[nodiscard]] std::string_view directory_at(std::uint64_t index) const {
    return index < directories_.size() ? std::string_view(directories_[index]) : std::string_view();
  }

  DebugBytes bytes_;
  std::string_view line_texts_, texts_;
  SourceLines& into_;
  std::uint16_t version_ = 0;
  std::uint8_t smallest_instruction_ = 1, line_range_ = 1, first_special_ = 1;
  std::int8_t line_base_ = 0;
  std::array<std::uint8_t, 256> operands_{};
  std::vector<std::string> directories_;
  std::vector<std::uint32_t> files_;
  std::size_t sequence_begin_ = 0;
  std::uint64_t address_ = 0, file_ = 1;
  std::int64_t line_ = 1;
};

SourceLines SourceLines::read(std::string_view lines, std::string_view line_texts, std::string_view texts) {
  SourceLines all;
  all.files_.emplace_back();
  DebugBytes bytes(lines);
  while (bytes.left() > 0 && !bytes.failed()) {
    const auto length = bytes.take<std::uint32_t>();  // the form for more than 4 GiB is not read
    const auto unit = bytes.take_bytes(length);
    if (!bytes.failed()) LineProgram(unit, line_texts, texts, all).run();
  }
  // Where one sequence ends, another may begin.
  std::stable_sort(all.rows_.begin(), all.rows_.end(), [](const Row& a, const Row& b) {
    return a.address != b.address ? a.address < b.address : (a.line == 0) > (b.line == 0);
  });
  all.rows_.shrink_to_fit();
  return all;
}

SourceLine SourceLines::at(std::uint64_t address) const {
  const auto after =
      std::upper_bound(rows_.begin(), rows_.end(), address,
                       [](std::uint64_t wanted, const Row& row) { return wanted < row.address; });
  if (after == rows_.begin()) return {};
  const Row& row = *std::prev(after);
  return row.line == 0 ? SourceLine{} : SourceLine{files_[row.file], row.line};
}

}  // namespace holdfast
