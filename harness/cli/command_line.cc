#include "harness/cli/command_line.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <iterator>
#include <string_view>

#include "core/base/nearest_name.h"
#include "harness/cli/help_pages.h"
#include "reports/sweep.h"

namespace holdfast {
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
  holdfast serve holdfast-runs                   past runs in a browser
  holdfast hold queue.json --for 2s              keep a file open, as a scanner would
  holdfast who queue.json                        who has it open, and what Windows would refuse now
  holdfast exec -- pytest                        which of its file calls would Windows refuse, and why?
  holdfast doctor                                can this machine run it?
  holdfast selftest                              can Holdfast detect planted bugs?

Exit codes: 0 pass, 1 a check failed, 2 inconclusive, 3 a threshold was missed, 4 a regression
against the baseline, 64 usage or scenario error, 70 internal error or a machine that cannot run it.
)";

// Holdfast starts itself in these roles; they parse by hand, since every agent pays for it.
Command parse_internal(int argc, char** argv) {
  InternalCommand command;
  const std::string_view role = argv[1];
  if (argc == 3) command.trap = argv[2];
  if (role == "internal-launcher" && (argc == 2 || command.trap == "opens" || command.trap == "store-calls"))
    return command;
  command.restarted = argc == 6 && role == "internal-agent" && std::string_view(argv[5]) == "restarted";
  const bool reader = role == "internal-reader" && argc == 6;
  if (reader) command.mailboxes = argv[5];
  if (reader ||
      ((role == "internal-agent" || role == "internal-injector") && (argc == 5 || command.restarted))) {
    command.role = reader                     ? InternalCommand::Role::reader
                   : role == "internal-agent" ? InternalCommand::Role::agent
                                              : InternalCommand::Role::injector;
    command.run_directory = argv[2];
    command.index = static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10));
    command.token = static_cast<std::uint32_t>(std::strtoul(argv[4], nullptr, 10));
    return command;
  }
  if (role == "internal-rules" && argc == 5) {
    command.role = InternalCommand::Role::rules;
    command.posix = std::string_view(argv[2]) == "posix";
    command.output = argv[3];
    command.run_directory = argv[4];
    return command;
  }
  fmt::print(stderr, "holdfast: '{}' is for Holdfast's own use: start a run with 'holdfast run'\n", role);
  return NoCommand{exit_usage};
}

// CLI11 reads 010 as eight and takes the largest number for one that is too large; a seed must be
// what was typed.
std::string as_whole_number(std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) return fmt::format("{} is too large a number", text);
  if (error != std::errc() || end != text.data() + text.size())
    return fmt::format("{} is no whole number", text);
  text = fmt::format("{}", number);
  return {};
}

std::string as_number_of_trials(const std::string& text) {
  const bool fits = text != "0" && (text.size() < 6 || text == "100000");
  return fits ? std::string() : fmt::format("{} is not from 1 to 100000", text);
}

// What `run` and `sweep` have in common.
void add_run_options(CLI::App& app, RunCommand& run) {
  app.add_option("scenario", run.scenario,
                 "A scenario file, or the name of a shipped one (see 'holdfast list')")
      ->required();
  app.add_option("--seed", run.seed, "Everything planned follows from the scenario and this number")
      ->transform(CLI::Validator(as_whole_number, ""))
      ->capture_default_str();
  app.add_option("--agents", run.agents, "How many agents, instead of the scenario's number")
      ->transform(CLI::Validator(as_whole_number, ""));
  app.add_option("--set", run.settings, "Override a scenario key, as in --set agents.broadcasts=50")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--variant", run.variant, "Only this variant of a scenario that has several");
  app.add_option("--out", run.out, "The run directory (default: a new one under holdfast-runs/)");
  app.add_flag("--quiet", run.quiet, "No progress and no summary, only the exit code");
}

std::string not_a_command(const std::string& word, const CLI::App& app) {
  const std::vector<const CLI::App*> commands = app.get_subcommands([](const CLI::App*) { return true; });
  std::vector<std::string_view> names{"--help", "--version"};
  for (const CLI::App* command : commands) names.push_back(command->get_name());
  return fmt::format("holdfast: there is no {} '{}'; the nearest is '{}'; 'holdfast --help' lists all\n",
                     word.starts_with('-') ? "option" : "command", word, nearest_name(word, names));
}

// "baseline update"
std::string words_of(const CLI::App& command) {
  const CLI::App* above = command.get_parent();
  return above == nullptr || above->get_parent() == nullptr ? command.get_name()
                                                            : words_of(*above) + " " + command.get_name();
}

std::string not_an_option(const std::string& word, const CLI::App& command) {
  const std::string given = word.substr(0, word.find('='));
  std::vector<std::string> known;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  const std::vector<std::string_view> names(known.begin(), known.end());
  return fmt::format("holdfast: {} has no option '{}'; the nearest is '{}'\n", words_of(command), given,
                     nearest_name(given, names));
}

// The subcommand that the words led to, and no further.
const CLI::App& innermost(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : innermost(*chosen.front());
}

// CLI11 looks for what is missing before it looks at what is too much, and a mistyped word is mostly both.
std::string what_is_wrong(const CLI::ParseError& error, const CLI::App& app) {
  if (const auto unknown = app.remaining(); !unknown.empty()) return not_a_command(unknown.front(), app);
  const CLI::App& command = innermost(app);
  if (&command == &app) {
    return "holdfast: it needs a command, such as 'holdfast run broadcast-8'; 'holdfast --help' lists all\n";
  }
  const std::string words = words_of(command);
  if (const auto own = command.get_subcommands([](const CLI::App*) { return true; }); !own.empty()) {
    return fmt::format("holdfast: after '{}' comes '{}'; see 'holdfast {} --help'\n", words,
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
      return fmt::format("holdfast: {} has no use for '{}'; see 'holdfast {} --help'\n", words,
                         unknown.front(), words);
    }
  }
  std::string what = error.what();
  if (what.ends_with(" missing"))
    what = what.substr(0, what.find(':')) + " needs a value";  // "1 required UINT missing"
  return fmt::format("holdfast: {}: {}; see 'holdfast {} --help'\n", words, what, words);
}

Command checked(ExecCommand command) {
  if (command.directories.empty()) command.directories = {"."};
  if (command.argv.empty()) {
    fmt::print(stderr, "holdfast: exec needs a command to run, as in 'holdfast exec -- pytest -q'\n");
    return NoCommand{exit_usage};
  }
  return command;
}

}  // namespace

Command parse_command_line(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]).starts_with("internal-")) return parse_internal(argc, argv);

  CLI::App app(about, "holdfast");
  app.footer(examples);
  app.set_version_flag("--version", "holdfast " HOLDFAST_VERSION);
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);

  RunCommand run;
  auto* run_app = app.add_subcommand("run", "Run a scenario and judge it");
  add_run_options(*run_app, run);
  constexpr const char* about_expect =
      "A threshold on a figure, beside the scenario's own, as in 'lost == 0' or 'wait.max <= 3.1s'; a missed "
      "one is "
      "exit code 3. May be repeated";
  run_app->add_option("--expect", run.expectations, about_expect)->take_all()->allow_extra_args(false);
  run_app
      ->add_option("--trials", run.trials,
                   "Run each variant this often, with seeds from --seed on, and judge the runs together")
      ->transform(CLI::Validator(as_whole_number, ""))
      ->check(CLI::Validator(as_number_of_trials, ""));
  auto* until_fail =
      run_app->add_flag("--until-fail", run.until_fail,
                        "Trials until one fails, which is kept whole; at most --trials, or 1000 without it");
  auto* until_sure =
      run_app
          ->add_flag("--until-sure", run.until_sure,
                     "Trials until a sequential test can tell --sure-rate from --sure-against; at most "
                     "--trials, or 1000")
          ->excludes(until_fail);
  run_app->add_option("--sure-rate", run.sure.rate_good, "The share of passing trials that is good enough")
      ->needs(until_sure)
      ->capture_default_str();
  run_app->add_option("--sure-against", run.sure.rate_bad, "The share that is not good enough")
      ->needs(until_sure)
      ->capture_default_str();
  run_app->add_option("--sure-error", run.sure.alpha, "The error rate of the test, either way")
      ->needs(until_sure)
      ->capture_default_str();
  std::string keep = "failing";
  run_app->add_option("--keep", keep, "Which trials keep their events and stores: failing, or all")
      ->check(CLI::IsMember({"failing", "all"}))
      ->capture_default_str();
  run_app->add_flag("--json", run.json, "Print result.json instead of the summary");

  SweepCommand sweep;
  auto* sweep_app = app.add_subcommand(
      "sweep",
      "Run a scenario under longer and longer holds: how long a hold it survives, and where retries run out");
  add_run_options(*sweep_app, sweep.run);
  sweep_app->add_option("--hold", sweep.hold, "From the shortest hold to the longest, as in 0ms..10s")
      ->required();
  sweep_app->add_option("--injector", sweep.injector, "Whose hold grows (default: the only open-handle)");
  const auto count_option = [&](const char* name, std::uint64_t& value, const char* meaning,
                                std::uint64_t most) {
    sweep_app->add_option(name, value, meaning)
        ->transform(CLI::Validator(as_whole_number, ""))
        ->check(CLI::Range(std::uint64_t{1}, most))
        ->capture_default_str();
  };
  count_option("--steps", sweep.steps, "Evenly spaced holds to try before bisecting for the edge",
               most_sweep_steps);
  count_option("--runs", sweep.runs, "Runs of each hold", most_sweep_runs);
  count_option("--at-once", sweep.at_once, "Runs side by side; they mostly wait", 64);
  sweep_app->add_flag("--json", sweep.run.json, "Print sweep.json instead of the summary");
  sweep_app->add_flag("--keep-all", sweep.run.keep_all, "Keep events and stores of every run");

  CheckCommand check;
  auto* check_app = app.add_subcommand("check", "Judge a stored run again, from its events alone");
  check_app->add_option("directory", check.directory, "A run directory")->required();
  check_app->add_option("--expect", check.expectations, about_expect)->take_all()->allow_extra_args(false);
  check_app->add_flag("--json", check.json, "Print result.json instead of the summary");

  ReportCommand report;
  auto* report_app = app.add_subcommand(
      "report", "Write report.html, report.md and junit.xml of a stored run again, and show it");
  report_app->add_option("directory", report.directory, "A run directory")->required();
  auto* report_json = report_app->add_flag("--json", report.json, "Print result.json instead of the summary");
  report_app
      ->add_flag("--csv", report.csv, "Print every operation as a row, for plots of your own; write nothing")
      ->excludes(report_json);

  ReplayCommand replay;
  auto* replay_app =
      app.add_subcommand("replay", "Rerun a failed plan and report how often it fails the same way");
  replay_app->add_option("directory", replay.directory, "The run directory")->required();
  replay_app->add_option("--times", replay.times, "How many runs")
      ->transform(CLI::Validator(as_whole_number, ""))
      ->check(CLI::Validator(as_number_of_trials, ""))
      ->capture_default_str();
  replay_app->add_option("--out", replay.out,
                         "Where its runs are kept (default: a new directory under holdfast-runs/)");
  replay_app->add_flag("--json", replay.json, "Print replay.json instead of a sentence");
  replay_app->add_flag("--quiet", replay.quiet, "No progress and no sentence, only the exit code");

  ShrinkCommand shrink;
  auto* shrink_app = app.add_subcommand(
      "shrink", "Find the smallest plan that still fails the same way: fewer agents, broadcasts, injectors");
  shrink_app->add_option("directory", shrink.directory, "The run directory")->required();
  shrink_app->add_option("--times", shrink.times, "Runs of each plan that is tried, at most")
      ->transform(CLI::Validator(as_whole_number, ""))
      ->check(CLI::Validator(as_number_of_trials, ""))
      ->capture_default_str();
  shrink_app->add_option("--rate", shrink.rate, "The share of them that must fail the same way")
      ->check(CLI::Range(0.01, 1.0))
      ->capture_default_str();
  shrink_app->add_option("--runs", shrink.most_runs, "The search ends after this many runs in all")
      ->transform(CLI::Validator(as_whole_number, ""))
      ->check(CLI::Validator(as_number_of_trials, ""))
      ->capture_default_str();
  shrink_app->add_option("--out", shrink.out,
                         "Where the scenario is written (default: a new one under "
                         "holdfast-runs/)");
  shrink_app->add_flag("--quiet", shrink.quiet, "No progress and no summary");

  CompareCommand compare;
  auto* compare_app =
      app.add_subcommand("compare", "Two runs side by side: rates with intervals, Fisher's p, waits");
  compare_app->add_option("before", compare.before, "A run directory or result.json")->required();
  compare_app->add_option("after", compare.after, "A run directory or result.json")->required();
  compare_app->add_option("--markdown", compare.markdown, "Write the comparison to this file as well");
  compare_app->add_option("--html", compare.html, "Write a page with both side by side to this file as well");
  compare_app->add_flag("--json", compare.json, "Print JSON instead of the table");

  GateCommand gate;
  auto* gate_app = app.add_subcommand("gate", "Are these runs worse than the baseline's?");
  gate_app->add_option("directory", gate.directory, "A series of trials, or one run")->required();
  gate_app->add_option("--baseline", gate.baseline, "The baseline's file; see 'holdfast baseline update'")
      ->required();
  gate_app->add_option("--variant", gate.variant, "Which variant, of a series that has several");
  gate_app->add_flag("--json", gate.json, "Print JSON instead of the table");
  gate_app->footer(
      "\nExit codes: 0 no regression, 2 too few runs to tell, 4 a regression, 64 usage error or another "
      "scenario's "
      "baseline.");

  BaselineCommand baseline;
  auto* baseline_app = app.add_subcommand("baseline", "The runs that a gate compares with");
  baseline_app->require_subcommand(1);
  auto* update_app = baseline_app->add_subcommand(
      "update", "Add runs to a baseline, which keeps the latest 60, or begin one");
  update_app->add_option("directories", baseline.directories, "Series of trials, or runs")->required();
  update_app->add_option("--baseline", baseline.baseline, "The baseline's file")->required();
  update_app->add_option("--variant", baseline.variant, "Which variant, of series that have several");

  ListCommand list;
  auto* list_app = app.add_subcommand("list", "The scenarios that ship");
  list_app->add_flag("--json", list.json, "Print JSON");

  HoldCommand hold;
  auto* hold_app = app.add_subcommand("hold", "Keep a file open for a while, as a viewer or a scanner would");
  hold_app->add_option("path", hold.path, "The file")->required();
  hold_app->add_option("--for", hold.duration, "How long, as in 500ms or 2s")->required();
  hold_app->add_option(
      "--access", hold.access,
      "What the handle may do, of rwd (default: r); '-' asks for attributes only. As --share, "
      "only within 'holdfast exec --opens'");
  hold_app->add_option("--share", hold.share, "What others may do meanwhile, of rwd; '-' for nothing");

  WhoCommand who;
  auto* who_app =
      app.add_subcommand("who", "Who has a file or directory open now, and what Windows would refuse");
  who_app->add_option("path", who.path, "The file or directory")->required();
  who_app->add_flag("--json", who.json, "Print JSON");
  who_app->footer(
      "\nExit codes: 0 nobody holds it, 1 somebody does, 2 nobody was found but some processes may not be "
      "looked at, "
      "64 usage\nerror or no such path.");

  ExecCommand exec;
  auto* exec_app = app.add_subcommand(
      "exec", "Run any command, and say which of its file calls Windows would have refused, and why");
  exec_app->prefix_command();
  bool observe = false;
  exec_app->add_option("--dir", exec.directories, "Files beneath it count (default: the current directory)")
      ->allow_extra_args(false);
  auto* enforce = exec_app->add_flag("--enforce", exec.enforce, "Refuse what Windows would refuse");
  exec_app->add_flag("--observe", observe, "Let every call go on (the default)")->excludes(enforce);
  exec_app
      ->add_option(
          "--profile", exec.profile,
          "Whose share modes and errors: a runtime (see 'holdfast rules'), share:r-- and the like, or "
          "auto: for each process, that of the program it runs")
      ->capture_default_str();
  exec_app->add_flag(
      "--opens", exec.opens,
      "Decide every open as well, even if no profile and no injector denies reading or writing");
  exec_app
      ->add_option(
          "--inject", exec.injectors,
          "Hold files in and below the directories: antivirus, indexer, open-handle or backup, with keys "
          "of [[inject]], as in antivirus:hold=200ms,share=rw")
      ->allow_extra_args(false);
  exec_app->add_option("--seed", exec.seed, "What is injected follows from this number")
      ->transform(CLI::Validator(as_whole_number, ""))
      ->capture_default_str();
  exec_app->add_option("--suppress", exec.suppressions, "A file of refusals that are known and accepted")
      ->allow_extra_args(false);
  exec_app->add_option("--json", exec.json, "Write what was found to this file (holdfast.exec/1)");
  exec_app->add_flag("--fail-on-refusal", exec.fail_on_refusal,
                     "Exit with 125 if anything was refused, or could not be judged");
  exec_app->add_flag("--allow-unjudged", exec.allow_unjudged,
                     "Let --fail-on-refusal pass even if some calls could not be judged");
  exec_app->add_flag("--quiet", exec.quiet, "No summary");
  exec_app->footer(R"(
Examples:
  holdfast exec -- pytest -q                            watch a test suite, and change nothing
  holdfast exec --fail-on-refusal -- npm test           fail the build on what would fail on Windows
  holdfast exec --enforce --inject antivirus -- ./app   see how the program copes
  holdfast exec --suppress known.supp -- make check     except for what is known

The summary goes to stderr. Exit code: that of the command; 125 with --fail-on-refusal if anything was refused or
could not be judged, or if there was nothing to judge; 126 and 127 if the command could not be executed or found,
64 usage error, 70 a machine that cannot run it.)");

  RulesCommand rules;
  auto* rules_app =
      app.add_subcommand("rules", "What Windows refuses: every decision that Holdfast can make");
  rules_app->add_flag("--json", rules.json, "Every pair of handles, one JSON object a line");
  rules_app->add_flag(
      "--live", rules.live,
      "From real processes that open real files in a domain; without --json, compared with the "
      "rules");

  DoctorCommand doctor;
  auto* doctor_app =
      app.add_subcommand("doctor", "What works on this machine, what does not, and what to do");
  doctor_app->add_option("directory", doctor.directory, "Where runs would be kept")->capture_default_str();
  doctor_app->add_flag("--json", doctor.json, "Print JSON");

  SelftestCommand selftest;
  auto* selftest_app = app.add_subcommand(
      "selftest", "Run subjects with planted bugs, which must be found, and right subjects, which must pass");
  const auto whole = [&](const char* name, auto& number, const char* text) {
    return selftest_app->add_option(name, number, text)
        ->transform(CLI::Validator(as_whole_number, ""))
        ->check(CLI::Validator(as_number_of_trials, ""));
  };
  selftest_app->add_option(
      "--manifest", selftest.manifest,
      "A file that lists subjects of your own: [[mutant]] has a planted bug, [[right]] has none");
  whole("--attempts", selftest.attempts,
        "Runs, each with another seed, to find a bug that the first run misses")
      ->capture_default_str();
  whole("--seeds", selftest.seeds, "How many seeds to run everything with")->capture_default_str();
  selftest_app->add_option("--seed", selftest.seed, "The first of them")
      ->transform(CLI::Validator(as_whole_number, ""))
      ->capture_default_str();
  selftest_app->add_option("--only", selftest.only, "Only these entries of the manifest");
  whole("--jobs", selftest.jobs,
        "Runs of bugs side by side; they mostly wait (default: two a processor). Right subjects run one at a "
        "time");
  selftest_app->add_flag("--json", selftest.json, "Print JSON");
  selftest_app->add_flag("--quiet", selftest.quiet, "No progress");

  ServeCommand serve;
  auto* serve_app =
      app.add_subcommand("serve", "Past runs in a browser, on this machine alone: verdicts, trends, reports");
  serve_app->add_option("directory", serve.directory, "Where runs are kept")->capture_default_str();
  serve_app->add_option("--port", serve.port, "Port on 127.0.0.1 (0: any free port)")->capture_default_str();

  std::string page;
  auto* completion_app = app.add_subcommand(
      "completion", "Print what a shell needs to complete this command line, or the man page");
  completion_app->add_option("for", page, "bash, zsh, fish, or man for the page of the manual")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish", "man"}));
  completion_app->footer(R"(
Examples:
  . <(holdfast completion bash)                         for this shell
  holdfast completion fish | source
  holdfast completion man | man -l -)");

  // All behind "--" is the command's.
  std::vector<std::string> behind;
  if (argc > 1 && std::string_view(argv[1]) == "exec") {
    char** const end = argv + argc;
    char** const mark =
        std::find_if(argv, end, [](const char* word) { return std::string_view(word) == "--"; });
    if (mark != end) behind.assign(mark + 1, end);
    argc = static_cast<int>(mark - argv);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    app.exit(success);
    return NoCommand{0};
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "{}", what_is_wrong(error, app));
    return NoCommand{exit_usage};
  }
  if (*run_app) {
    run.sure.beta = run.sure.alpha;
    run.keep_all = keep == "all";
    return run;
  }
  if (*sweep_app) return sweep;
  if (*check_app) return check;
  if (*report_app) return report;
  if (*replay_app) return replay;
  if (*shrink_app) return shrink;
  if (*compare_app) return compare;
  if (*gate_app) return gate;
  if (*baseline_app) return baseline;
  if (*list_app) return list;
  if (*hold_app) return hold;
  if (*who_app) return who;
  if (*exec_app) {
    exec.argv = exec_app->remaining();
    // CLI11 takes the first word that it does not know for the command; a mistyped option is none.
    if (!exec.argv.empty() && exec.argv.front().starts_with('-')) {
      fmt::print(stderr, "{}", not_an_option(exec.argv.front(), *exec_app));
      return NoCommand{exit_usage};
    }
    std::move(behind.begin(), behind.end(), std::back_inserter(exec.argv));
    return checked(std::move(exec));
  }
  if (*rules_app) return rules;
  if (*selftest_app) return selftest;
  if (*serve_app) return serve;
  if (*completion_app) {
    fmt::print("{}", page == "bash"   ? bash_completion(app)
                     : page == "zsh"  ? zsh_completion(app)
                     : page == "fish" ? fish_completion(app)
                                      : man_page(app, HOLDFAST_VERSION));
    return NoCommand{0};
  }
  return doctor;
}

}  // namespace holdfast
