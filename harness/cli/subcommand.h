// A subcommand: its name, what may be typed after it, and what it does. Each is a file that bears its name and a row of
// subcommands.def.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast {

// What was typed, once it is known to be well-formed.
struct Typed {
  const CLI::App& program;
  const CLI::App& subcommand;
  std::vector<std::string> behind;  // all that came after "--"
};

struct Subcommand {
  using CarryOut = std::function<int(const Typed&)>;  // the exit code

  std::string_view name;
  std::string_view about;
  CarryOut (*add)(CLI::App& app);  // declares the options; what it returns is called if this one was typed
};

// Of one whose options are those of a Command: `add_options(CLI::App&, Command&)` and `carry_out(const Command&)` are
// found by its type.
template <typename Command>
Subcommand::CarryOut add_command(CLI::App& app) {
  auto command = std::make_shared<Command>();
  add_options(app, *command);
  return [command](const Typed&) { return carry_out(*command); };
}

// CLI11 reads 010 as eight and takes the largest number for one that is too large; a seed must be what was typed.
std::string as_whole_number(std::string& text);
std::string as_number_of_trials(const std::string& text);  // from 1 to 100,000

constexpr const char* about_expect =
    "A threshold on a figure, beside the scenario's own, as in 'lost == 0' or 'wait.max <= 3.1s'; a missed "
    "one is "
    "exit code 3. May be repeated";

// "holdfast: run has no option '--sead'; the nearest is '--seed'\n"
std::string not_an_option(const std::string& word, const CLI::App& command);

}  // namespace holdfast
