#include "harness/cli/command_line.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/nearest_name.h"
#include "harness/cli/internal_roles.h"
#include "harness/cli/runs/exit_codes.h"
#include "harness/cli/subcommand.h"
#include "harness/cli/terminal/terminal.h"

namespace holdfast {

#define HOLDFAST_SUBCOMMAND(name) extern const Subcommand name##_subcommand;
#include "harness/cli/subcommands.def"
#undef HOLDFAST_SUBCOMMAND

namespace {

constexpr const char* about =
    "Tests whether file storage survives a crowd of processes, a virus scanner and a crash at the same time.";

constexpr const char* examples = R"(
Examples:
  holdfast list                                  the scenarios that ship
  holdfast run broadcast-8                       eight agents, an antivirus, an open handle: does every message arrive?
  holdfast run broadcast-8 --seed 7 --agents 16  the same with another plan and a larger crowd
  holdfast run my.toml --set subject.retry.jitter=equal --out runs/equal
  holdfast run lockstep --trials 20              each variant 20 times, compared in one report
  holdfast run broadcast-8 --until-fail          one trial after another, until one fails
  holdfast run no-fault --until-sure             until a sequential test can tell 99 % from 95 %
  holdfast sweep retry-budget --hold 0ms..4s     how long a hold it survives, and where retries run out
  holdfast compare runs/before runs/after        two runs side by side, with Fisher's p
  holdfast replay runs/before                    the same plan again, ten times: how often does it fail?
  holdfast shrink runs/before                    the smallest plan that still fails, as a scenario of its own
  holdfast run broadcast-8 --expect 'success_rate.lower >= 0.98' --expect 'wait.max <= 3.1s'
  holdfast baseline update runs/nightly --baseline broadcast-8.json
  holdfast gate runs/series --baseline broadcast-8.json   is it slower, or does it fail more often?
  holdfast check runs/after                      judge a stored run again
  holdfast index holdfast-runs                   a page that lists past runs
  holdfast hold queue.json --for 2s              keep a file open, as a scanner would
  holdfast who queue.json                        who has it open, and what Windows would refuse now
  holdfast exec -- pytest                        which of its file calls would Windows refuse, and why?
  holdfast doctor                                can this machine run it?
  holdfast selftest                              can Holdfast detect planted bugs?

Exit codes: 0 pass, 1 a check failed, 2 inconclusive, 3 a threshold was missed, 4 a regression
against the baseline, 64 usage or scenario error, 70 internal error or a machine that cannot run it.
)";

// "baseline update"
std::string words_of(const CLI::App& command) {
  const CLI::App* above = command.get_parent();
  return above == nullptr || above->get_parent() == nullptr ? command.get_name()
                                                            : words_of(*above) + " " + command.get_name();
}

std::string not_a_command(const std::string& word, const CLI::App& app) {
  const std::vector<const CLI::App*> commands = app.get_subcommands([](const CLI::App*) { return true; });
  std::vector<std::string_view> names{"--help", "--version"};
  for (const CLI::App* command : commands) names.push_back(command->get_name());
  return fmt::format("unknown {} '{}'; the nearest is '{}'; 'holdfast --help' lists all",
                     word.starts_with('-') ? "option" : "command", word, nearest_name(word, names));
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
  if (argc < 2 || std::string_view(argv[1]) != "exec") return {};
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
  return fmt::format("{} has no option '{}'; the nearest is '{}'", words_of(command), given,
                     nearest_name(given, names));
}

int carry_out_command_line(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]).starts_with("internal-")) return carry_out_internal(argc, argv);

  CLI::App app(about, "holdfast");
  app.footer(examples);
  app.set_version_flag("--version", "holdfast " HOLDFAST_VERSION);
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
  std::map<const CLI::App*, Subcommand::CarryOut> subcommands;
  const auto add = [&](const Subcommand& subcommand) {
    CLI::App* const own = app.add_subcommand(std::string(subcommand.name), std::string(subcommand.about));
    subcommands[own] = subcommand.add(*own);
  };
#define HOLDFAST_SUBCOMMAND(name) add(name##_subcommand);
#include "harness/cli/subcommands.def"
#undef HOLDFAST_SUBCOMMAND

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
