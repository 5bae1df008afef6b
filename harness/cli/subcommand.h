// A subcommand: its name, its options, and what it does. Each has a file of its name and a row in subcommands.def.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast {

// A well-formed command line.
struct Typed {
  const CLI::App& program;
  const CLI::App& subcommand;
  std::vector<std::string> behind;  // everything after "--"
};

struct Subcommand {
  using CarryOut = std::function<int(const Typed&)>;  // the exit code

  std::string_view name;
  std::string_view about;
  CarryOut (*add)(CLI::App& app);  // declares the options; its result is called if this subcommand was chosen
  std::string_view examples = {};  // for --help: two or three lines, each indented by two
};

// For a subcommand with a Command struct: `add_options(CLI::App&, Command&)` and `carry_out(const Command&)` are
// found by its type.
template <typename Command>
Subcommand::CarryOut add_command(CLI::App& app) {
  auto command = std::make_shared<Command>();
  add_options(app, *command);
  return [command](const Typed&) { return carry_out(*command); };
}

// CLI11 reads 010 as eight and clamps numbers that are too large; a seed must be what was typed.
std::string as_whole_number(std::string& text);
std::string as_number_of_trials(const std::string& text);  // from 1 to 100,000

constexpr const char* about_expect =
    "Another threshold besides the scenario's, as in 'lost == 0' or 'wait.max <= 3.1s'; if one is missed, "
    "the exit code is 3. May be repeated";

// "run has no option '--sead'; the nearest is '--seed'"
std::string not_an_option(const std::string& word, const CLI::App& command);

}  // namespace holdfast
