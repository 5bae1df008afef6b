#include "harness/supervisor/stack/test_that_runs.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "core/base/path_text.h"
#include "harness/linux/proc.h"

namespace holdfast {
namespace {

constexpr std::size_t most_test_bytes = 300;

// Each is set by a test runner and has the test's name.
constexpr std::array<std::string_view, 3> test_variables{
    "PYTEST_CURRENT_TEST=", "BATS_TEST_DESCRIPTION=", "NEXTEST_TEST_NAME="};

std::string test_in_variable(std::string_view variable) {
  constexpr std::string_view phase = " (call)";
  for (const std::string_view name : test_variables) {
    if (!variable.starts_with(name)) continue;
    variable.remove_prefix(name.size());
    if (variable.ends_with(phase)) variable.remove_suffix(phase.size());
    return std::string(variable.substr(0, most_test_bytes));
  }
  return {};
}

std::vector<std::string> split_at_nul(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = std::min(text.find('\0'), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// A command that ctest started: the test of GoogleTest that it asks for, or all of it.
std::string test_of_ctest(const std::vector<std::string>& command) {
  constexpr std::string_view filter = "--gtest_filter=";
  std::string text;
  for (const std::string& word : command) {
    if (word.starts_with(filter)) return word.substr(filter.size(), most_test_bytes);
    text += text.empty() ? std::string(file_name(word)) : " " + word;
  }
  return text.substr(0, most_test_bytes);
}

// A process of node --test: the file that it runs.
std::string test_of_node(const std::vector<std::string>& command) {
  const auto file = std::find_if(command.begin() + 1, command.end(),
                                 [](const std::string& word) { return !word.starts_with('-'); });
  return file == command.end() ? std::string() : file->substr(0, most_test_bytes);
}

bool is_node_test(const std::vector<std::string>& command) {
  return file_name(command.front()).starts_with("node") &&
         std::find(command.begin(), command.end(), "--test") != command.end();
}

// "example.com/store.TestReplace.func1": what `go test` calls TestReplace.
std::string go_test_in(std::string_view function) {
  constexpr std::string_view prefix = "Test";
  const std::string_view name = file_name(function);
  const auto dot = name.find('.');
  if (dot == std::string_view::npos || !name.substr(dot + 1).starts_with(prefix)) return {};
  const std::string_view rest = name.substr(dot + 1 + prefix.size());
  if (rest.empty() || std::islower(static_cast<unsigned char>(rest.front())) != 0) return {};
  return std::string(name.substr(dot + 1, name.find('.', dot + 1) - dot - 1));
}

// "Store_Replace_Test::TestBody" is TEST(Store, Replace).
std::string google_test_in(std::string_view function) {
  constexpr std::string_view suffix = "_Test::TestBody";
  const auto at = function.find(suffix);
  if (at == std::string_view::npos) return {};
  std::string name(function.substr(0, at));
  if (const auto scope = name.rfind("::"); scope != std::string::npos) name.erase(0, scope + 2);
  const auto between = name.find('_');
  return between == std::string::npos ? name : name.replace(between, 1, ".");
}

}  // namespace

std::string test_in_memory(RemoteMemory& memory, std::uint64_t variables) {
  constexpr std::size_t most_variables = 2048, most_bytes = 4096;
  const std::uint64_t array = memory.word(variables).value_or(0);
  for (std::size_t i = 0; array != 0 && i < most_variables; ++i) {
    const std::uint64_t variable = memory.word(array + i * sizeof(std::uint64_t)).value_or(0);
    if (variable == 0) break;
    std::string test = test_in_variable(memory.text(variable, most_bytes).value_or(""));
    if (!test.empty()) return test;
  }
  return {};
}

std::string test_in_environment(std::string_view variables) {
  for (const std::string& variable : split_at_nul(variables)) {
    std::string test = test_in_variable(variable);
    if (!test.empty()) return test;
  }
  return {};
}

std::string test_in_commands(const std::vector<std::vector<std::string>>& commands) {
  for (std::size_t i = 0; i + 1 < commands.size(); ++i) {
    const auto &command = commands[i], &parent = commands[i + 1];
    if (command.empty() || parent.empty()) continue;
    if (file_name(parent.front()) == "ctest") return test_of_ctest(command);
    if (is_node_test(parent)) return test_of_node(command);
  }
  return {};
}

std::vector<std::vector<std::string>> commands_up_from(pid_t process) {
  constexpr std::size_t most_generations = 16;
  std::vector<std::vector<std::string>> commands;
  const pid_t own = ::getpid();  // what it runs is below it
  while (process > 1 && process != own && commands.size() < most_generations) {
    const Descriptor proc = open_process(process);
    if (!proc) break;
    commands.push_back(split_at_nul(read_proc_file(proc.get(), "cmdline")));
    process = read_process_stat(proc.get()).parent;
  }
  return commands;
}

std::string test_in_frames(const std::vector<CodeFrame>& frames) {
  const bool unittest = std::any_of(frames.begin(), frames.end(), [](const CodeFrame& frame) {
    return frame.file.ends_with("/unittest/case.py");
  });
  for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {  // a test calls helpers, seldom tests
    const std::string_view function = frame->function;
    if (frame->file.ends_with(".go")) {
      if (std::string test = go_test_in(function); !test.empty()) return test;
    } else if (std::string test = google_test_in(function); !test.empty()) {
      return test;
    } else if (unittest && function.substr(function.rfind('.') + 1).starts_with("test")) {
      return fmt::format("{}::{}", file_name(frame->file), function);
    }
  }
  return {};
}

}  // namespace holdfast
