#include "harness/supervisor/stack/native_stack.h"

#include "harness/supervisor/stack/frame_base.h"
#include "harness/supervisor/stack/go_stack.h"
#include "harness/supervisor/stack/readable_name.h"
#include "harness/supervisor/stack/unwind_tables.h"

namespace holdfast {

constexpr std::size_t most_native_frames = 64;

struct NativeStacks::Unwinder {
  UnwindTables tables;
};

NativeStacks::NativeStacks() : unwinder_(std::make_unique<Unwinder>()) {}
NativeStacks::~NativeStacks() = default;

namespace {

CodeFrame named_frame(const NativeSource& source, std::uint64_t instruction) {
  CodeFrame frame;
  const Mapping* const mapping = source.modules.at(instruction);
  if (mapping == nullptr) return frame;
  const Module module = source.modules.module_of(*mapping);
  frame.module = module.path;
  frame.offset = instruction - module.header;
  if (module.path.empty()) return frame;
  const auto elf = source.file_of(module);
  if (!elf) return frame;
  const std::uint64_t address = instruction - elf->bias(module.header);
  frame.function = readable_name(elf->function_at(address));
  if (const auto lines = source.files.find_lines(source.proc.get(), module)) {
    const SourceLine line = lines->at(address);
    frame.file = line.file;
    frame.line = line.line;
  }
  return frame;
}

// None: this code is no Go.
std::optional<GoTable> go_table_at(const NativeSource& source, std::uint64_t instruction) {
  const Mapping* const mapping = source.modules.at(instruction);
  if (mapping == nullptr || mapping->inode == 0) return std::nullopt;
  const Module module = source.modules.module_of(*mapping);
  const auto elf = source.file_of(module);
  return elf ? GoTable::find(*elf, elf->bias(module.header), source.memory) : std::nullopt;
}

}  // namespace

std::vector<CodeFrame> NativeStacks::frames(const NativeSource& source) {
  std::vector<CodeFrame> frames;
  auto registers = read_registers(source.proc.get());
  if (!registers) return frames;
  const auto walk_on = [&] { return unwinder_->tables.walk(*registers, source, most_native_frames); };
  auto walk = walk_on();
  if (walk.lacks_frame_base) {
    registers->frame_base =
        find_frame_base(walk.function, walk.steps.back().stack, source.modules, source.memory);
    if (registers->frame_base) walk = walk_on();
  }
  for (const auto& step : walk.steps) {
    if (auto go = go_table_at(source, step.instruction)) {
      go->append_frames(step.instruction, step.stack, most_native_frames, frames);
      break;
    }
    // What follows a call may belong to another line, or even to another function.
    frames.push_back(named_frame(source, step.instruction - 1));
  }
  return frames;
}

}  // namespace holdfast
