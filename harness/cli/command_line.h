// What was typed, as values. One struct a subcommand; the file beside it that bears its name carries it out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "reports/statistics/sprt.h"

namespace holdfast {

struct RunCommand {
  std::string scenario;
  std::uint64_t seed = 1;
  std::optional<std::uint32_t> agents;
  std::vector<std::string> settings;      // key=value
  std::vector<std::string> expectations;  // beside the scenario's, see expect_expression.h
  std::optional<std::string> variant;     // run alone; none: all there are
  std::optional<std::uint64_t> trials;    // of each variant; with a stopping rule, at most
  bool until_fail = false;
  bool until_sure = false;
  SprtPlan sure;          // until_sure
  bool keep_all = false;  // trials that passed, too
  std::string out;        // empty: a new directory under holdfast-runs/
  bool json = false;
  bool quiet = false;
};

struct SweepCommand {
  RunCommand run;        // scenario, seed, agents, settings, variant, keep_all, out, json, quiet
  std::string hold;      // "0ms..10s"
  std::string injector;  // whose hold grows; empty: the scenario's only open-handle
  std::uint64_t steps = 11;
  std::uint64_t runs = 5;  // of each hold
  std::uint64_t at_once = 4;
};

struct CheckCommand {
  std::string directory;
  std::vector<std::string> expectations;
  bool json = false;
};

struct ReportCommand {
  std::string directory;
  bool json = false;
  bool csv = false;  // the operations instead; writes no report
};

struct ReplayCommand {
  std::string directory;  // of a run that failed
  std::uint64_t times = 10;
  std::string out;  // as of a run
  bool json = false;
  bool quiet = false;
};

struct ShrinkCommand {
  std::string directory;  // of a run that failed
  std::uint64_t times = 5;
  double rate = 0.8;  // of them that must fail in the same way
  std::uint64_t most_runs = 500;
  std::string out;  // as of a run
  bool quiet = false;
};

struct CompareCommand {
  std::string before, after;   // run directories, or their result.json
  std::string markdown, html;  // files to write; empty: none
  bool json = false;
};

struct GateCommand {
  std::string directory;  // of a run or a series
  std::string baseline;   // a file
  std::optional<std::string> variant;
  bool json = false;
};

struct BaselineCommand {
  std::vector<std::string> directories;  // of runs or series
  std::string baseline;
  std::optional<std::string> variant;
};

struct ListCommand {
  bool json = false;
};

struct HoldCommand {
  std::string path;
  std::string duration;               // "2s"
  std::optional<std::string> access;  // letters of "rwd"; none: reading, and what its profile shares
  std::optional<std::string> share;
};

struct WhoCommand {
  std::string path;
  bool json = false;
};

struct ExecCommand {
  std::vector<std::string> argv;
  std::vector<std::string> directories;  // the domain
  bool enforce = false;
  bool opens = false;  // decide opens even if no profile makes it needful
  std::string profile = "auto";
  std::vector<std::string> injectors;     // KIND[:KEY=VALUE,...]
  std::vector<std::string> suppressions;  // files
  std::string json;                       // file to write; empty: none
  bool fail_on_refusal = false;
  bool allow_unjudged = false;
  bool quiet = false;
  std::uint64_t seed = 1;
};

struct RulesCommand {
  bool live = false;  // from real processes
  bool json = false;
};

struct DoctorCommand {
  std::string directory = ".";
  bool json = false;
};

struct SelftestCommand {
  std::string manifest;        // empty: the one that ships
  std::uint64_t attempts = 5;  // at each bug with each seed, at most
  std::uint64_t seeds = 1;     // so many, from `seed` on
  std::uint64_t seed = 1;
  std::vector<std::string> only;      // entries; none: all
  std::optional<std::uint64_t> jobs;  // runs of bugs side by side
  bool json = false;
  bool quiet = false;  // no progress
};

// What Holdfast starts itself as; not for people.
struct InternalCommand {
  enum class Role { launcher, agent, injector, reader, rules } role = Role::launcher;
  std::string run_directory;  // rules: where to open files
  std::uint32_t index = 0;
  std::uint32_t token = 0;
  std::string trap;        // launcher: what else to trap, "opens" or "store-calls"
  bool restarted = false;  // agent: goes on after one that was killed
  std::string mailboxes;   // reader: of these agents, once each
  bool posix = false;      // rules: see live_rules.h
  std::string output;      // rules: file for the rows
};

struct ServeCommand {
  std::string directory = "holdfast-runs";
  std::uint16_t port = 8480;  // 0: a free one
};

// Nothing left to do: help or the version was printed, or the command line was wrong.
struct NoCommand {
  int exit_code = 0;
};

using Command = std::variant<NoCommand, RunCommand, SweepCommand, CheckCommand, ReportCommand, ReplayCommand,
                             ShrinkCommand, CompareCommand, GateCommand, BaselineCommand, ListCommand,
                             HoldCommand, WhoCommand, ExecCommand, RulesCommand, DoctorCommand,
                             SelftestCommand, ServeCommand, InternalCommand>;

Command parse_command_line(int argc, char** argv);

// Exit codes; a run's own (0 to 3) come from exit_code(Summary), a gate's (0, 2, 4) from GateResult.
inline constexpr int exit_sweep_cut_short = 2;
inline constexpr int exit_usage = 64;
inline constexpr int exit_internal = 70;

int carry_out(const RunCommand& command);
int carry_out(const SweepCommand& command);
int carry_out(const CheckCommand& command);
int carry_out(const ReportCommand& command);
int carry_out(const ReplayCommand& command);
int carry_out(const ShrinkCommand& command);
int carry_out(const CompareCommand& command);
int carry_out(const GateCommand& command);
int carry_out(const BaselineCommand& command);
int carry_out(const ListCommand& command);
int carry_out(const HoldCommand& command);
int carry_out(const WhoCommand& command);
int carry_out(const ExecCommand& command);
int carry_out(const RulesCommand& command);
int carry_out(const DoctorCommand& command);
int carry_out(const SelftestCommand& command);
int carry_out(const ServeCommand& command);

}  // namespace holdfast
