#include "harness/supervisor/stack/go_stack.h"

#include <algorithm>
#include <cstring>

namespace holdfast {
namespace {

// As src/runtime/symtab.go has them.
struct Header {
  std::uint32_t magic = 0;
  std::uint8_t zeros[2] = {};
  std::uint8_t quantum = 0, pointer_size = 0;
  std::uint64_t functions = 0, files = 0, text = 0;
  std::uint64_t names_at = 0, units_at = 0, files_at = 0, values_at = 0, table_at = 0;
};
constexpr std::uint32_t magic_1_18 = 0xFFFFFFF0, magic_1_20 = 0xFFFFFFF1;

struct Entry {
  std::uint32_t code = 0, data = 0;
};

// Where the runtime's moduledata has the beginning of the code, and of the functions' data.
constexpr std::uint64_t text_in_module = 176, data_in_module_1_18 = 304, data_in_module_1_20 = 320;
constexpr std::uint32_t inlined_points = 2, inlined_data = 3;  // PCDATA_InlTreeIndex, FUNCDATA_InlTree

// The runtime's own description of the program begins with the address of the table.
std::uint64_t find_module_data(const ElfFile& elf, std::uint64_t bias, std::uint64_t table,
                               RemoteMemory& memory) {
  constexpr std::uint64_t most_bytes = 1 << 20;
  for (const char* const name : {".go.module", ".noptrdata", ".data"}) {
    const ElfSection* const section = elf.section(name);
    if (section == nullptr) continue;
    const auto bytes = memory.bytes(section->address + bias, std::min(section->size, most_bytes));
    if (!bytes) continue;
    for (std::size_t at = 0; at + 8 <= bytes->size(); at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes->data() + at, sizeof word);
      if (word == table) return section->address + bias + at;
    }
  }
  return 0;
}

bool is_end(const std::string& function) {
  return function == "runtime.goexit" || function == "runtime.mstart" || function == "runtime.rt0_go";
}

}  // namespace

struct GoTable::FunctionData {
  std::uint32_t code = 0;
  std::uint32_t name = 0;
  std::uint32_t arguments = 0, deferred = 0, frame_sizes = 0, files = 0, lines = 0, point_tables = 0;
  std::uint32_t unit = 0;
};

struct GoTable::Function {
  std::uint64_t begin = 0;
  std::uint64_t data_at = 0;
  FunctionData data;
  std::uint8_t data_tables = 0;
};

std::optional<GoTable> GoTable::find(const ElfFile& elf, std::uint64_t bias, RemoteMemory& memory) {
  const ElfSection* section = elf.section(".gopclntab");
  if (section == nullptr) section = elf.section(".data.rel.ro.gopclntab");
  if (section == nullptr) return std::nullopt;
  const std::uint64_t at = section->address + bias;
  const auto header = memory.value<Header>(at);
  if (!header || (header->magic != magic_1_18 && header->magic != magic_1_20) || header->quantum != 1 ||
      header->pointer_size != 8)
    return std::nullopt;
  GoTable table(memory);
  table.has_start_lines_ = header->magic == magic_1_20;
  table.functions_ = header->functions;
  table.text_ = header->text;
  table.names_ = at + header->names_at;
  table.units_ = at + header->units_at;
  table.files_ = at + header->files_at;
  table.values_ = at + header->values_at;
  table.table_ = at + header->table_at;
  if (const std::uint64_t module = find_module_data(elf, bias, at, memory); module != 0) {
    const auto data_at = table.has_start_lines_ ? data_in_module_1_20 : data_in_module_1_18;
    table.text_ = memory.word(module + text_in_module).value_or(table.text_);
    table.function_data_ = memory.word(module + data_at).value_or(0);
  }
  return table;
}

std::optional<GoTable::Function> GoTable::function_at(std::uint64_t instruction) {
  if (instruction < text_ || functions_ == 0 || functions_ > UINT32_MAX) return std::nullopt;
  const std::uint64_t wanted = instruction - text_;
  std::uint64_t low = 0, high = functions_;  // the one wanted is in [low, high)
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto entry = memory_->value<Entry>(table_ + middle * sizeof(Entry));
    if (!entry) return std::nullopt;
    (entry->code <= wanted ? low : high) = middle;
  }
  const auto entry = memory_->value<Entry>(table_ + low * sizeof(Entry));
  if (!entry || entry->code > wanted) return std::nullopt;
  Function function;
  function.data_at = table_ + entry->data;
  const auto data = memory_->value<FunctionData>(function.data_at);
  const std::uint64_t last_byte = sizeof(FunctionData) + (has_start_lines_ ? 4U : 0U) + 3;
  const auto data_tables = memory_->value<std::uint8_t>(function.data_at + last_byte);
  if (!data || !data_tables) return std::nullopt;
  function.begin = text_ + entry->code;
  function.data = *data;
  function.data_tables = *data_tables;
  return function;
}

// Pairs of numbers: by how much the value changes, and for how many bytes of code it holds.
std::optional<std::int32_t> GoTable::value_at(const Function& function, std::uint32_t table,
                                              std::uint64_t instruction) {
  std::uint64_t at = values_ + table;
  std::string_view window;
  const auto next = [&]() -> std::optional<std::uint32_t> {
    std::uint32_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
      if (window.empty()) window = memory_->window(at);
      if (window.empty()) return std::nullopt;
      const auto byte = static_cast<std::uint8_t>(window.front());
      window.remove_prefix(1);
      ++at;
      value |= shift < 32 ? (byte & 0x7FU) << shift : 0U;
      if ((byte & 0x80U) == 0) return value;
    }
    return std::nullopt;
  };
  if (table == 0) return std::nullopt;
  std::uint64_t code = function.begin;
  std::uint32_t value = UINT32_MAX;
  for (int pair = 0; pairs_left_ > 0; ++pair, --pairs_left_) {
    const auto change = next();
    if (!change || (*change == 0 && pair > 0)) return std::nullopt;
    const auto bytes = next();
    if (!bytes) return std::nullopt;
    value += (*change & 1U) != 0 ? ~(*change >> 1) : *change >> 1;
    code += *bytes;
    if (instruction < code) return static_cast<std::int32_t>(value);
  }
  return std::nullopt;
}

std::string GoTable::name_at(std::uint32_t offset) {
  constexpr std::size_t most_bytes = 1024;
  return memory_->text(names_ + offset, most_bytes).value_or("");
}

// The function and those inlined into it there, the innermost first.
void GoTable::append_lines(const Function& function, std::uint64_t instruction,
                           std::vector<CodeFrame>& frames) {
  constexpr int most_inlined = 16;
  constexpr std::size_t most_path = 4096;
  const std::uint64_t points_at = function.data_at + sizeof(FunctionData) + (has_start_lines_ ? 8 : 4);
  const std::uint64_t data_at = points_at + std::uint64_t{function.data.point_tables} * 4;
  std::uint64_t inlined = 0;
  std::uint32_t points = 0;
  if (function_data_ != 0 && function.data.point_tables > inlined_points &&
      function.data_tables > inlined_data) {
    const auto tree = memory_->value<std::uint32_t>(data_at + inlined_data * 4);
    points = memory_->value<std::uint32_t>(points_at + inlined_points * 4).value_or(0);
    if (tree && *tree != UINT32_MAX) inlined = function_data_ + *tree;
  }
  for (int depth = 0;; ++depth) {
    CodeFrame& frame = frames.emplace_back();
    frame.function = name_at(function.data.name);
    const auto file = value_at(function, function.data.files, instruction);
    if (file && *file >= 0) {
      const auto name = memory_->value<std::uint32_t>(
          units_ + (std::uint64_t{function.data.unit} + static_cast<std::uint32_t>(*file)) * 4);
      if (name) frame.file = memory_->text(files_ + *name, most_path).value_or("");
    }
    frame.line = value_at(function, function.data.lines, instruction).value_or(0);
    if (inlined == 0 || depth == most_inlined) return;
    const auto index = value_at(function, points, instruction);
    if (!index || *index < 0) return;
    // 1.18: parent, id, file, line, name, where in the parent; 1.20: id, name, where, line.
    const std::uint64_t size = has_start_lines_ ? 16 : 20, name_at_byte = has_start_lines_ ? 4 : 12;
    const std::uint64_t call = inlined + static_cast<std::uint64_t>(*index) * size + name_at_byte;
    const auto name = memory_->value<std::uint32_t>(call);
    const auto parent = memory_->value<std::uint32_t>(call + 4);
    if (!name || !parent) return;
    frame.function = name_at(*name);
    instruction = function.begin + *parent;
  }
}

void GoTable::append_frames(std::uint64_t instruction, std::uint64_t stack, std::size_t most,
                            std::vector<CodeFrame>& frames) {
  constexpr std::int32_t largest_frame = 64 << 20;
  while (frames.size() < most) {
    const auto function = function_at(instruction - 1);
    if (!function || is_end(name_at(function->data.name))) return;
    append_lines(*function, instruction - 1, frames);
    const auto size = value_at(*function, function->data.frame_sizes, instruction - 1);
    if (!size || *size < 0 || *size > largest_frame) return;
    stack += static_cast<std::uint64_t>(*size);
    const auto back = memory_->word(stack);
    if (!back) return;
    instruction = *back;
    stack += sizeof(std::uint64_t);
  }
}

}  // namespace holdfast
