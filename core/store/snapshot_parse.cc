// Reading half of snapshot_json.h.
#include <fmt/format.h>

#include <set>

#include "core/store/entry_fields.h"
#include "core/store/json_reader.h"
#include "core/store/snapshot_json.h"

namespace holdfast {
namespace {

using RawField = std::pair<std::string, std::string>;

// Whether a name was seen before in one object. A list while short, since most objects have few unknown fields; a set
// once it is long, so that a hostile object of 100,000 names does not take quadratic time.
class SeenNames {
 public:
  // False if `name` was seen.
  bool add(const std::string& name) {
    constexpr std::size_t short_list = 16;
    if (names_.empty() && list_.size() < short_list) {
      for (const std::string& seen : list_) {
        if (seen == name) return false;
      }
      list_.push_back(name);
      return true;
    }
    if (names_.empty()) names_.insert(list_.begin(), list_.end());
    return names_.insert(name).second;
  }
  void clear() {
    list_.clear();
    names_.clear();
  }

 private:
  std::vector<std::string> list_;
  std::set<std::string> names_;
};

class SnapshotParser {
 public:
  // With `entries` == nullptr everything is checked and nothing is built; with a recipient, only its entries.
  SnapshotParser(std::string_view text, SnapshotForm& form, std::vector<Entry>* entries,
                 const std::string* recipient = nullptr)
      : reader_(text), form_(form), entries_(entries), recipient_(recipient) {}

  bool parse() {
    form_.bare_array = reader_.peek() == '[';
    if (!(form_.bare_array ? entry_array() : object())) return false;
    return reader_.at_end() || reader_.fail("something follows the end of the queue");
  }

  [[nodiscard]] std::size_t entry_count() const { return entry_count_; }
  [[nodiscard]] std::size_t entries_end() const { return entries_end_; }
  [[nodiscard]] const JsonReader& reader() const { return reader_; }

 private:
  bool object() {
    if (reader_.peek() != '{') return reader_.fail("expected an object or an array");
    const std::size_t begin = reader_.offset();
    bool found = false;
    SeenNames seen;
    reader_.take('{');
    if (reader_.take_if('}')) return reader_.fail_at(begin, "the object has no \"entries\"");
    do {
      if (!name(seen)) return false;
      if (name_ == "entries") {
        found = true;
        form_.entries_at = form_.fields.size();
        if (!entry_array()) return false;
      } else {
        std::string raw;
        if (!raw_value(&raw)) return false;
        form_.fields.emplace_back(name_, std::move(raw));
      }
    } while (reader_.take_if(','));
    if (!reader_.take('}')) return false;
    return found || reader_.fail_at(begin, "the object has no \"entries\"");
  }

  bool entry_array() {
    if (reader_.peek() != '[') return reader_.fail("\"entries\" is not an array");
    reader_.take('[');
    entries_end_ = reader_.offset();
    if (reader_.take_if(']')) return true;
    do {
      if (!entry()) return false;
      ++entry_count_;
      entries_end_ = reader_.offset();
    } while (reader_.take_if(','));
    return reader_.take(']');
  }

  bool entry() {
    if (reader_.peek() != '{') return reader_.fail("an entry that is not an object");
    reader_.take('{');
    if (entries_ == nullptr) return fields(nullptr);
    // Read into one entry that keeps its memory, and copied from there: most are somebody else's.
    if (recipient_ != nullptr) {
      reused_.unknown_fields.clear();
      for (const EntryField& field : entry_fields) (reused_.*field.member).assign(defaults_.*field.member);
      if (!fields(&reused_)) return false;
      if (reused_.recipient == *recipient_) entries_->push_back(reused_);
      return true;
    }
    return fields(&entries_->emplace_back());
  }

  // The rest of an entry, behind its '{'.
  bool fields(Entry* built) {
    if (reader_.take_if('}')) return true;
    seen_unknown_.clear();
    unsigned seen_known = 0;
    do {
      reader_.peek();
      const std::size_t name_offset = reader_.offset();
      if (!reader_.string(&name_)) return false;
      const std::size_t field = entry_field_index(name_);
      const bool known = field < entry_fields.size();
      const bool first = known ? (seen_known & (1U << field)) == 0 : seen_unknown_.add(name_);
      if (!first) return reader_.fail_at(name_offset, "a name that occurs twice in one object");
      if (!reader_.take(':')) return false;
      if (known) {
        seen_known |= 1U << field;
        if (reader_.peek() != '"') return reader_.fail(fmt::format("\"{}\" is not a string", name_));
        // Decoded even where nothing is built: only that shows a lone surrogate.
        if (!reader_.string(built == nullptr ? &unused_ : &(built->*entry_fields[field].member)))
          return false;
      } else if (built == nullptr) {
        if (!reader_.skip_value()) return false;
      } else {
        std::string raw;
        if (!raw_value(&raw)) return false;
        built->unknown_fields.emplace_back(name_, std::move(raw));
      }
    } while (reader_.take_if(','));
    return reader_.take('}');
  }

  bool name(SeenNames& seen) {
    reader_.peek();
    const std::size_t name_offset = reader_.offset();
    if (!reader_.string(&name_)) return false;
    if (!seen.add(name_)) return reader_.fail_at(name_offset, "a name that occurs twice in one object");
    return reader_.take(':');
  }

  bool raw_value(std::string* raw) {
    reader_.peek();
    const std::size_t begin = reader_.offset();
    if (!reader_.skip_value()) return false;
    *raw = reader_.text().substr(begin, reader_.offset() - begin);
    return true;
  }

  JsonReader reader_;
  SnapshotForm& form_;
  std::vector<Entry>* entries_;
  const std::string* recipient_;
  Entry reused_;
  const Entry defaults_;
  std::size_t entry_count_ = 0;
  std::size_t entries_end_ = 0;
  std::string name_;    // of the field being read; kept to save allocations
  std::string unused_;  // what a check decodes into
  SeenNames seen_unknown_;
};

// Editors on Windows put a byte order mark before UTF-8; it says nothing and is not written back.
std::size_t byte_order_mark(std::string_view text) {
  return text.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
}

tl::unexpected<Error> corrupt_text(const SnapshotParser& parser, std::size_t mark) {
  return fail(Code::corrupt, fmt::format("not a queue: {} at offset {}", parser.reader().failure(),
                                         parser.reader().failure_offset() + mark));
}

}  // namespace

Result<Snapshot> parse_snapshot(std::string_view text) {
  const std::size_t mark = byte_order_mark(text);
  Snapshot snapshot;
  SnapshotParser parser(text.substr(mark), snapshot.form, &snapshot.entries);
  if (!parser.parse()) return corrupt_text(parser, mark);
  return snapshot;
}

Result<std::vector<Entry>> entries_for(std::string_view text, const std::string& recipient) {
  const std::size_t mark = byte_order_mark(text);
  SnapshotForm form;
  std::vector<Entry> entries;
  SnapshotParser parser(text.substr(mark), form, &entries, &recipient);
  if (!parser.parse()) return corrupt_text(parser, mark);
  return entries;
}

Result<SnapshotOutline> outline_snapshot(std::string_view text) {
  const std::size_t mark = byte_order_mark(text);
  SnapshotOutline outline;
  SnapshotParser parser(text.substr(mark), outline.form, nullptr);
  if (!parser.parse()) return corrupt_text(parser, mark);
  outline.entry_count = parser.entry_count();
  outline.entries_end = parser.entries_end() + mark;
  return outline;
}

}  // namespace holdfast
