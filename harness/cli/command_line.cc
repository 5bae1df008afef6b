#include "harness/cli/command_line.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/nearest_name.h"
#include "harness/cli/internal_roles.h"
#include "harness/cli/reference/reference.h"
#include "harness/cli/runs/exit_codes.h"
#include "harness/cli/subcommand.h"
#include "harness/cli/terminal/terminal.h"
#include "reports/format/text.h"

namespace holdfast {

#define HOLDFAST_SUBCOMMAND(name) extern const Subcommand name##_subcommand;
#include "harness/cli/subcommands.def"
#undef HOLDFAST_SUBCOMMAND

namespace {

constexpr const char* about =
    "Tests whether file storage survives a crowd of processes, a virus scanner and a crash at the same time.";

constexpr const char* examples = R"(
Examples:
  holdfast exec -- pytest                        which of its file calls would Windows refuse, and why?
  holdfast run broadcast-8                       eight agents, an antivirus, an open handle: does every message arrive?
  holdfast new python my-queue                   an adapter, a scenario and a CI file for a store of your own
  holdfast validate my-queue/scenario.toml       what would it do, and how long would it take?
  holdfast run my-queue/scenario.toml --trials 20   many times: the pass rate, with its interval
  holdfast explain 32                            what does this code, check or word mean?

'holdfast COMMAND --help' has examples of each command and its exit codes.

Exit codes: 0 pass, 1 a check failed, 2 inconclusive, 3 a threshold was missed, 4 a regression
against the baseline, 64 usage or scenario error, 70 internal error or a machine that cannot run it.
)";

// Those that run a command of the user's show it.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App* app, std::string name) const override {
    std::string usage = Formatter::make_usage(app, std::move(name));
    if (!app->get_prefix_command()) return usage;
    usage.erase(usage.find_last_not_of('\n') + 1);
    return usage + " -- COMMAND [ARGUMENT...]\n\n";
  }
};

// Examples of the command itself, and its own exit codes.
void add_footer(CLI::App& app, const Subcommand& subcommand) {
  for (CLI::App* below : app.get_subcommands([](const CLI::App*) { return true; }))
    add_footer(*below, subcommand);
  if (!app.get_footer().empty()) return;
  app.footer(fmt::format("\nExamples:\n{}\n\n{}", subcommand.examples,
                         wrapped(fmt::format("Exit codes: {}; 64 usage error, 70 internal error.",
                                             exit_codes_of(subcommand.name)),
                                 100, "", "")));
}

// "baseline update"
std::string words_of(const CLI::App& command) {
  const CLI::App* above = command.get_parent();
  return above == nullptr || above->get_parent() == nullptr ? command.get_name()
                                                            : words_of(*above) + " " + command.get_name();
}

std::string not_a_command(const std::string& word, const CLI::App& app) {
  const std::vector<const CLI::App*> commands = app.get_subcommands([](const CLI::App*) { return true; });
  std::vector<std::string> names{"--help", "--version"};
  for (const CLI::App* command : commands) names.push_back(command->get_name());
  const std::vector<std::string_view> views(names.begin(), names.end());
  return fmt::format("unknown {} '{}'{}; 'holdfast --help' lists all",
                     word.starts_with('-') ? "option" : "command", word, nearest_hint(word, views, '\''));
}

// The subcommand that the words led to, and no further.
const CLI::App& innermost(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : innermost(*chosen.front());
}

// CLI11 looks for missing arguments before unknown ones, and a mistyped word is mostly both.
std::string what_is_wrong(const CLI::ParseError& error, const CLI::App& app) {
  if (const auto unknown = app.remaining(); !unknown.empty()) return not_a_command(unknown.front(), app);
  const CLI::App& command = innermost(app);
  if (&command == &app) {
    return "a command is needed, such as 'holdfast run broadcast-8'; 'holdfast --help' lists all";
  }
  const std::string words = words_of(command);
  if (const auto own = command.get_subcommands([](const CLI::App*) { return true; }); !own.empty()) {
    return fmt::format("'{}' needs a subcommand, such as '{}'; see 'holdfast {} --help'", words,
                       own.front()->get_name(), words);
  }
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr ||
      dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    std::vector<std::string> unknown = command.remaining();
    std::erase(unknown, "--");
    const auto option = std::find_if(unknown.begin(), unknown.end(),
                                     [](const std::string& word) { return word.starts_with('-'); });
    if (option != unknown.end()) return not_an_option(*option, command);
    if (!unknown.empty()) {
      return fmt::format("{}: unexpected argument '{}'; see 'holdfast {} --help'", words, unknown.front(),
                         words);
    }
  }
  std::string what = error.what();
  if (what.ends_with(" missing"))
    what = what.substr(0, what.find(':')) + " needs a value";  // "1 required UINT missing"
  return fmt::format("{}: {}; see 'holdfast {} --help'", words, what, words);
}

// Everything after "--" belongs to the command. Cut off, because CLI11 would parse it.
std::vector<std::string> cut_behind(int& argc, char** argv) {
  if (argc < 2 || (std::string_view(argv[1]) != "exec" && std::string_view(argv[1]) != "adapter")) return {};
  char** const end = argv + argc;
  char** const mark =
      std::find_if(argv, end, [](const char* word) { return std::string_view(word) == "--"; });
  argc = static_cast<int>(mark - argv);
  return mark == end ? std::vector<std::string>{} : std::vector<std::string>(mark + 1, end);
}

}  // namespace

// CLI11 reads 010 as eight and takes the largest number for one that is too large; a seed must be
// what was typed.
std::string as_whole_number(std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) return fmt::format("{} is too large", text);
  if (error != std::errc() || end != text.data() + text.size())
    return fmt::format("{} is not a whole number", text);
  text = fmt::format("{}", number);
  return {};
}

std::string as_number_of_trials(const std::string& text) {
  const bool fits = text != "0" && (text.size() < 6 || text == "100000");
  return fits ? std::string() : fmt::format("{} is not between 1 and 100000", text);
}

std::string not_an_option(const std::string& word, const CLI::App& command) {
  const std::string given = word.substr(0, word.find('='));
  std::vector<std::string> known;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  const std::vector<std::string_view> names(known.begin(), known.end());
  const std::string hint = nearest_hint(given, names, '\'');
  return fmt::format("{} has no option '{}'{}", words_of(command), given,
                     hint.empty() ? fmt::format("; see 'holdfast {} --help'", words_of(command)) : hint);
}

int carry_out_command_line(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]).starts_with("internal-")) return carry_out_internal(argc, argv);

  CLI::App app(about, "holdfast");
  app.formatter(std::make_shared<HelpFormatter>());
  app.set_version_flag("-V,--version", "holdfast " HOLDFAST_VERSION);
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
  std::map<const CLI::App*, Subcommand::CarryOut> subcommands;
  const auto add = [&](const Subcommand& subcommand) {
    CLI::App* const own = app.add_subcommand(std::string(subcommand.name), std::string(subcommand.about));
    subcommands[own] = subcommand.add(*own);
    add_footer(*own, subcommand);
  };
#define HOLDFAST_SUBCOMMAND(name) add(name##_subcommand);
#include "harness/cli/subcommands.def"
#undef HOLDFAST_SUBCOMMAND
  app.footer(examples);  // now, for subcommands inherit it

  auto behind = cut_behind(argc, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    say_error(what_is_wrong(error, app));
    return exit_usage;
  }
  const CLI::App* const chosen = app.get_subcommands().front();
  return subcommands.at(chosen)({app, *chosen, std::move(behind)});
}

}  // namespace holdfast
