#include "harness/supervisor/stack/stack_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "core/base/path_text.h"
#include "harness/linux/proc.h"
#include "harness/supervisor/stack/python_stack.h"
#include "harness/supervisor/stack/test_that_runs.h"

namespace holdfast {
namespace {

struct FoundObject {
  std::uint64_t address = 0;  // in memory; 0: not found
  Module module;
};

// What a thread is read from.
struct Waiting {
  const Descriptor& proc;
  const Modules& modules;
  RemoteMemory& memory;
  ModuleFiles& files;
  std::string program;  // the path of its executable

  // In the program itself, else in its libraries with such a name.
  [[nodiscard]] FoundObject find(const std::vector<std::string_view>& names,
                                 const std::vector<std::string_view>& libraries) const {
    std::vector<Module> all = modules.with_code();
    std::stable_partition(all.begin(), all.end(), [&](const Module& module) { return is_program(module); });
    for (const Module& module : all) {
      const std::string_view file = file_name(module.path);
      const bool wanted =
          is_program(module) ||
          std::any_of(libraries.begin(), libraries.end(), [&](auto name) { return file.starts_with(name); });
      if (!wanted) continue;
      const auto elf = files.find(proc.get(), module);
      if (!elf) continue;
      for (const std::string_view name : names) {
        if (const auto address = elf->object(name)) return {*address + elf->bias(module.header), module};
      }
    }
    return {};
  }
  [[nodiscard]] bool is_program(const Module& module) const { return module.path == program; }
};

// The number of a thread in its own namespace, where it is another.
std::uint64_t innermost_number(int proc, pid_t thread) {
  const std::string status = read_proc_file(proc, "status");
  const auto at = status.find("\nNSpid:");
  if (at == std::string::npos) return static_cast<std::uint64_t>(thread);
  const std::string numbers = status.substr(at, status.find('\n', at + 1) - at);
  return std::strtoull(numbers.c_str() + numbers.find_last_of(":\t") + 1, nullptr, 10);
}

void read_python(const Waiting& from, pid_t thread, CodeStack& stack) {
  const std::vector<std::string_view> library{"libpython"};
  const FoundObject runtime = from.find({"_PyRuntime"}, library);
  if (runtime.address == 0) return;
  const FoundObject hex = from.find({"Py_Version"}, library);
  const auto named = python_version_in(runtime.module.path);
  const auto told = hex.address != 0 ? from.memory.word(hex.address) : std::nullopt;
  if (!told && !named) return;
  const PythonVersion version = told ? python_version_of(*told) : *named;
  const PythonLayout* const layout = find_python_layout(version);
  if (layout == nullptr) {
    stack.note = unknown_python_text(version);
    return;
  }
  const auto number = static_cast<std::uint64_t>(thread);
  stack.frames = python_frames(from.memory, *layout, runtime.address, number);
  if (!stack.frames.empty()) return;
  const std::uint64_t own = innermost_number(from.proc.get(), thread);
  if (own != number) stack.frames = python_frames(from.memory, *layout, runtime.address, own);
}

// Runtimes whose own frames would have to be prepared before: their calls throw at a refusal, with lines.
std::string lines_elsewhere(std::string_view program) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> runtimes{
      {{"node", "JavaScript"}, {"java", "Java"}, {"dotnet", ".NET"}, {"ruby", "Ruby"}}};
  for (const auto& [name, language] : runtimes) {
    if (program == name)
      return fmt::format("for its line in {}, type --enforce, which makes the call throw there", language);
  }
  return {};
}

std::string read_test(const Waiting& from, pid_t process, const std::vector<CodeFrame>& frames) {
  const FoundObject environment =
      from.find({"environ", "__environ", "_environ"}, {"libc.so", "libc-", "ld-musl-", "libc.musl"});
  std::string test = environment.address != 0
                         ? test_in_memory(from.memory, environment.address)
                         : test_in_environment(read_proc_file(from.proc.get(), "environ"));
  if (test.empty()) test = test_in_frames(frames);
  if (test.empty()) test = test_in_commands(commands_up_from(process));
  return test;
}

}  // namespace

CodeStack StackReader::read(pid_t thread, pid_t process) {
  CodeStack stack;
  const Descriptor proc = open_process(thread);
  if (!proc) return stack;
  const Modules modules(parse_maps(read_proc_file(proc.get(), "maps")));
  RemoteMemory memory(thread);
  const Waiting from{proc, modules, memory, files_, link_target(proc.get(), "exe")};
  read_python(from, thread, stack);
  if (stack.frames.empty()) {
    stack.frames = native_.frames({proc, modules, memory, files_});
    if (stack.note.empty()) stack.note = lines_elsewhere(file_name(from.program));
  }
  stack.test = read_test(from, process, stack.frames);
  return stack;
}

}  // namespace holdfast
