// Any command in a domain: what would Windows have refused?
#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>

#include "core/base/clock.h"
#include "core/base/path_text.h"
#include "harness/cli/exec/exec_domain.h"
#include "harness/cli/exec/exec_injectors.h"
#include "harness/cli/exec/exec_log.h"
#include "harness/cli/exec/judge_left.h"
#include "harness/cli/runs/clean_environment.h"
#include "harness/cli/runs/exit_codes.h"
#include "harness/cli/runs/judge.h"
#include "harness/cli/subcommand.h"
#include "harness/cli/terminal/terminal.h"
#include "harness/conduct/run_directory.h"
#include "harness/crowd/launch/command_process.h"
#include "harness/crowd/launch/minder.h"
#include "harness/linux/private_process.h"
#include "harness/linux/program_file.h"
#include "harness/scenario/input_file.h"
#include "harness/supervisor/before/created_files.h"
#include "harness/supervisor/look/runtime_of.h"
#include "harness/supervisor/supervisor.h"
#include "reports/exec/groups.h"
#include "reports/exec/render.h"
#include "reports/exec/suppression.h"
#include "reports/exec/words.h"
#include "reports/format/text.h"

namespace holdfast {

struct ExecCommand {
  std::vector<std::string> argv;
  std::vector<std::string> directories;  // the domain
  bool enforce = false;
  bool opens = false;  // decide opens even if no profile makes it needful
  std::string profile = "auto";
  std::vector<std::string> injectors;          // KIND[:KEY=VALUE,...]
  std::vector<std::string> suppressions;       // files
  std::map<std::string, std::string> reports;  // files to write, by option (reports/exec/reports.def)
  std::string then;                            // a shell command that judges what is left; empty: none
  bool only_own_suppressions = false;          // without those that ship
  bool show_suppressed = false;
  bool fail_on_refusal = false;
  bool allow_unjudged = false;
  bool quiet = false;
  bool stacks = true;
  bool clean_environment = false;
  std::uint64_t seed = 1;
};

namespace {

struct ReportRow {
  const char* option;
  std::string (*render)(const ExecReport& report);
  const char* about;
};
constexpr auto report_rows = std::to_array<ReportRow>({
#define HOLDFAST_EXEC_REPORT(option, function, about) {#option, function, about},
#include "reports/exec/reports.def"
#undef HOLDFAST_EXEC_REPORT
});

// As env(1), nohup(1) and the like have them.
constexpr int exit_refusals = 125, exit_cannot_execute = 126, exit_not_found = 127;

Result<std::optional<Profile>> profile_of(const ExecCommand& command) {
  if (command.profile == "auto") return std::optional<Profile>();
  const auto profile = find_profile(command.profile);
  if (profile) return profile;
  std::string known = "auto";
  for (const auto name : profile_names()) known += fmt::format(", {}", name);
  return fail(Code::invalid, fmt::format("unknown profile '{}'; valid are {}, and share: with the letters "
                                         "that an open shares, such as share:r--",
                                         command.profile, known));
}

Result<std::vector<Suppression>> suppressions_of(const ExecCommand& command) {
  std::vector<Suppression> all;
  for (const std::string& name : command.suppressions) {
    constexpr std::size_t most_bytes = 4 << 20;
    const auto text = read_input(name, most_bytes);
    if (!text) return fail(Code::invalid, fmt::format("--suppress {}: {}", name, text.error().message));
    auto parsed = parse_suppressions(*text, name);
    if (!parsed) return fail(parsed.error());
    std::move(parsed->begin(), parsed->end(), std::back_inserter(all));
  }
  if (!command.only_own_suppressions) {
    auto shipped = known_programs();
    std::move(shipped.begin(), shipped.end(), std::back_inserter(all));
  }
  return all;
}

bool denies(FileBits share) {
  constexpr FileBits read_and_write = read_bit | write_bit;
  return (share & read_and_write) != read_and_write;
}

FileBits share_of(const Injector& injector) {
  return parse_letters(injector.share).value_or(0);
}

// Of the programs that will run, only the command's is known in advance.
bool somebody_denies(const ExecCommand& command, const std::optional<Profile>& chosen,
                     const std::vector<Injector>& injectors) {
  const auto profile = chosen ? chosen : find_profile(runtime_of(-1, file_name(command.argv.front())));
  return (profile && denies(profile->share)) ||
         std::any_of(injectors.begin(), injectors.end(),
                     [](const Injector& injector) { return denies(share_of(injector)); });
}

// Whatever is to be had before anything is started.
struct Preparation {
  Domain domain;
  std::vector<Suppression> suppressions;
  std::vector<Injector> injectors;
};

Result<Preparation> prepare(const ExecCommand& command) {
  Preparation prepared;
  auto places = exec_places(command.directories);
  if (!places) return fail(places.error());
  auto profile = profile_of(command);
  if (!profile) return fail(profile.error());
  auto suppressions = suppressions_of(command);
  if (!suppressions) return fail(suppressions.error());
  auto injectors = parse_injectors(command.injectors);
  if (!injectors) return fail(injectors.error());
  for (const auto& [option, file] : command.reports) {
    if (file.empty()) continue;
    const auto parent = std::filesystem::absolute(file).parent_path();
    std::error_code ignored;
    const int error = std::filesystem::is_directory(file, ignored) ? EISDIR
                      : ::access(parent.c_str(), W_OK) != 0        ? errno
                                                                   : 0;
    if (error != 0)
      return fail(Code::invalid, fmt::format("cannot write --{} {}: {}", option, file, std::strerror(error)));
  }
  prepared.domain.directories = std::move(places->own);
  prepared.domain.shared = std::move(places->shared);
  prepared.domain.family = ::getpid();  // a subreaper: all that the command starts stays below it
  prepared.domain.mode = command.enforce ? Domain::Mode::enforce : Domain::Mode::observe;
  prepared.domain.profile = *profile;
  // Where nobody denies reading or writing, no open is refused, and none need be trapped.
  prepared.domain.opens = command.opens || somebody_denies(command, *profile, *injectors);
  prepared.suppressions = std::move(*suppressions);
  prepared.injectors = std::move(*injectors);
  return prepared;
}

// Ends this process as the command ended.
int end_like(int wait_status) {
  if (WIFEXITED(wait_status)) return WEXITSTATUS(wait_status);
  const int signal = WTERMSIG(wait_status);
  std::fflush(nullptr);
  constexpr rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::signal(signal, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
  ::raise(signal);
  return 128 + signal;
}

int cannot_execute(const std::string& program, int error) {
  say_error(fmt::format("cannot execute {}: {}", program, std::strerror(error)));
  return error == ENOENT ? exit_not_found : exit_cannot_execute;
}

// Its calls would all go unjudged, which only an observer may let happen.
std::optional<std::string> foreign_file(const ExecCommand& command) {
  if (!command.enforce) return std::nullopt;
  const char* const path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): there is one thread yet
  return foreign_program(find_program(command.argv.front(), path != nullptr ? path : usual_path, ""), "");
}

// What the command did, in the report; or the exit code if it could not be started.
Result<int> observe(const ExecCommand& command, const Preparation& prepared, ExecReport& report) {
  const CommandSignals signals;
  auto directories = InjectorDirectories::create(prepared.injectors, prepared.domain.directories,
                                                 !prepared.domain.shared.empty(), command.seed);
  if (!directories) return fail(directories.error());
  const auto trap = prepared.domain.opens       ? Trap::opens
                    : directories->wants_used() ? Trap::creations
                                                : Trap::decided_calls;
  auto process = CommandProcess::start(command.argv, trap, directories->commands("/proc/self/exe"), signals);
  if (!process) return fail(process.error());
  Descriptor trapped = process->take_listener();
  close_to_others();
  auto minder = Minder::start(trapped);
  if (!minder) return fail(minder.error());

  Participants participants;
  const auto names = directories->names();
  for (std::size_t i = 0; i < process->injectors().size(); ++i) {
    const Injector& injector = prepared.injectors[i % prepared.injectors.size()];
    participants.add(process->injectors()[i], {Role::injector, static_cast<std::uint32_t>(i),
                                               share_of(injector), makes_wait(injector)});
  }
  Domain domain = prepared.domain;
  domain.excepted = directories->own();
  Supervisor::CallRules rules;
  if (directories->wants_used()) {
    rules.push_back(std::make_unique<CreatedFiles>([&](const std::string& path) {
      if (is_temporary(report, path)) directories->used(path);
    }));
  }
  auto supervisor = Supervisor::start(std::move(trapped), std::move(domain),
                                      std::make_unique<ExecLog>(report, names, command.stacks), participants,
                                      std::move(rules), minder->schedule());
  if (!supervisor) return fail(supervisor.error());
  if (auto ready = process->begin_injecting(); !ready) return fail(ready.error());
  const std::int64_t begun_ns = monotonic_ns();
  if (const int error = process->begin(); error != 0) return cannot_execute(command.argv.front(), error);
  report.wait_status = process->wait(signals);
  report.duration_ns = monotonic_ns() - begun_ns;
  process->end_injectors();
  Descriptor listener = (*supervisor)->release();  // from here on the report is ours alone
  directories->tell(report);
  if (minder->take_over(std::move(listener)) && command.enforce) {
    report.warnings.emplace_back(
        "some of the command's processes outlived it; since then they are refused nothing");
  }
  return 0;
}

}  // namespace

static int carry_out(const ExecCommand& command) {
  if (command.clean_environment) clean_environment();
  auto prepared = prepare(command);
  if (!prepared) return complain(prepared.error());
  if (const auto foreign = foreign_file(command)) {
    say_error(fmt::format("cannot execute {}: {}; without --enforce it runs unjudged", command.argv.front(),
                          foreign_program_text(*foreign)));
    return exit_cannot_execute;
  }
  ExecReport report;
  report.command = command.argv;
  report.enforced = command.enforce;
  report.opens_decided = prepared->domain.opens;
  for (const auto& directory : prepared->domain.directories) report.directories.push_back(directory.string());
  for (const auto& directory : prepared->domain.shared) report.temporary.push_back(directory.string());

  const auto started = observe(command, *prepared, report);
  if (!started) return complain(started.error());
  if (*started != 0) return *started;

  suppress(report, prepared->suppressions);
  report.show_suppressed = command.show_suppressed;
  if (!command.quiet) {
    fmt::print(stderr, "{}",
               render_exec_terminal(report, colour_wanted(STDERR_FILENO), columns_of(STDERR_FILENO)));
  }
  for (const ReportRow& row : report_rows) {
    const auto file = command.reports.find(row.option);
    if (file == command.reports.end() || file->second.empty()) continue;
    if (auto written = write_output_file(file->second, row.render(report)); !written)
      return complain(written.error());
  }
  Result<int> status = report.wait_status;
  if (!command.then.empty()) {
    const int code = WIFEXITED(*status) ? WEXITSTATUS(*status) : 128 + WTERMSIG(*status);
    status = judge_left(command.then, code);
    if (!status) return complain(status.error());
  }
  if (command.fail_on_refusal && counted_refusals(report) > 0) return exit_refusals;
  // A gate that saw nothing must not be green.
  if (command.fail_on_refusal && nothing_judged(report)) {
    say_error("--fail-on-refusal: " + nothing_judged_sentence(report));
    return exit_refusals;
  }
  if (command.fail_on_refusal && !command.allow_unjudged && counted_unjudged(report) > 0) {
    say_error(
        fmt::format("--fail-on-refusal: {} (--allow-unjudged lets that pass)", unjudged_sentence(report)));
    return exit_refusals;
  }
  return end_like(*status);
}

static void add_options(CLI::App& app, ExecCommand& command) {
  app.prefix_command();
  app.add_option("--dir", command.directories,
                 "Watch files below this directory and nowhere else (default: the current one and those for "
                 "temporary "
                 "files: TMPDIR, /tmp, /var/tmp and the cache)")
      ->allow_extra_args(false);
  auto* enforce = app.add_flag("--enforce", command.enforce, "Refuse what Windows would refuse");
  app.add_flag_callback(
         "--observe", [] {}, "Let every call through (the default)")
      ->excludes(enforce);
  app.add_option("--profile", command.profile,
                 "Whose share modes and errors to apply: a runtime's, by name (see 'holdfast rules'); a "
                 "share mode, as in share:r--; or auto, the runtime of the program that each process runs")
      ->capture_default_str();
  app.add_flag("--opens", command.opens,
               "Check every open as well, even if no profile or injector denies reading or writing");
  app.add_option("--inject", command.injectors,
                 fmt::format("Hold files in and below the watched directories: one of {}, with [[inject]] "
                             "keys as in antivirus:hold=200ms,share=rw",
                             injectable_kinds()))
      ->allow_extra_args(false);
  app.add_option("--seed", command.seed, "Seed for the injectors")
      ->transform(CLI::Validator(as_whole_number, ""))
      ->capture_default_str();
  app.add_option("--suppress", command.suppressions, "A file that lists accepted refusals")
      ->allow_extra_args(false);
  for (const ReportRow& row : report_rows)
    app.add_option(fmt::format("--{}", row.option), command.reports[row.option], row.about);
  app.add_option(
      "--then", command.then,
      "A shell command that judges what is left afterwards, outside the watch: the exit code is its own, "
      "and it finds the command's in HOLDFAST_EXIT");
  app.add_flag("--no-shipped-suppressions", command.only_own_suppressions,
               "Without the suppressions that ship: for git, SQLite, cargo and others that do it otherwise "
               "on Windows");
  app.add_flag("--show-suppressed", command.show_suppressed,
               "List the suppressions that matched; without a command, list those that ship");
  app.add_flag("--fail-on-refusal", command.fail_on_refusal,
               "Exit with 125 if a call was refused (or, with --observe, would have been), if one could not "
               "be judged, or if there was nothing to judge");
  app.add_flag("--allow-unjudged", command.allow_unjudged,
               "Let --fail-on-refusal pass even if some calls could not be judged");
  app.add_flag_callback(
      "--no-stacks", [&command] { command.stacks = false; },
      "Do not look up where in the code, and in which test, a refused call was made");
  app.add_flag("--clean-env", command.clean_environment, about_clean_environment);
  app.add_flag("--quiet", command.quiet, "No summary");
  app.footer(R"(
Examples:
  holdfast exec -- pytest -q                            watch a test suite, and change nothing
  holdfast exec --fail-on-refusal -- npm test           fail the build on what would fail on Windows
  holdfast exec --enforce --inject antivirus -- ./app   see how the program copes
  holdfast exec --suppress known.supp -- make check     ignore the refusals you already know about
  holdfast exec --enforce --inject antivirus --then './all-there' -- ./app    is anything lost?

A suppression is a line "CALL CODE REASON PATH [from PROGRAM] [by KIND:PROGRAM ...]", as the summary prints it:
CALL, CODE and REASON are words or *. PATH and PROGRAM are patterns: * is any characters but /, ** any at all, ? one.
PATH is relative to the watched directory, or absolute if it begins with /. "from" is the caller, "by" each holder.

The summary goes to stderr. Exit code: that of the command, or of --then; 125 with --fail-on-refusal if a call was or would have
been refused, could not be judged, or if there was nothing to judge; 126 and 127 if the command could not be
executed or found, 64 usage error, 70 a machine that cannot run it.)");
}

static Subcommand::CarryOut add_exec(CLI::App& app) {
  auto command = std::make_shared<ExecCommand>();
  add_options(app, *command);
  return [command](const Typed& typed) {
    command->argv = typed.subcommand.remaining();
    // CLI11 takes the first word that it does not know for the command; a mistyped option is none.
    if (!command->argv.empty() && command->argv.front().starts_with('-')) {
      say_error(not_an_option(command->argv.front(), typed.subcommand));
      return exit_usage;
    }
    command->argv.insert(command->argv.end(), typed.behind.begin(), typed.behind.end());
    if (command->argv.empty() && command->show_suppressed) {
      fmt::print("{}", known_programs_text());
      return 0;
    }
    if (command->argv.empty()) {
      say_error("exec needs a command to run, as in 'holdfast exec -- pytest -q'");
      return exit_usage;
    }
    return carry_out(*command);
  };
}

extern const Subcommand exec_subcommand{
    "exec", "Run any command, and report which of its file calls Windows would have refused, and why",
    add_exec};

}  // namespace holdfast
