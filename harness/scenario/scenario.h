// A scenario, as written in TOML.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/retry/retry_policy.h"
#include "core/store/snapshot_store.h"
#include "harness/sharing/sharing.h"
#include "scenarios/mutants/fault.h"

namespace holdfast {

enum class StoreKind {
#define HOLDFAST_STORE(name, word, retry) name,
#include "harness/scenario/stores.def"
#undef HOLDFAST_STORE
};

// Occasional longer holds: uniform in the logarithm of their time.
struct RareHolds {
  double chance = 0;  // of each hold
  Duration min{0}, max{0};

  bool operator==(const RareHolds&) const = default;
};

// A hold time: constant (median only) or lognormal with this median and p99, cut at max; some holds may be rare ones.
struct HoldTime {
  Duration median{0};
  std::optional<Duration> p99;
  std::optional<Duration> max;
  std::optional<RareHolds> rare{};

  bool operator==(const HoldTime&) const = default;
};

enum class SubjectKind { core, command };

// What a command accepts as a body: text, or any bytes.
enum class BodyBytes { text, bytes };

struct Subject {
  SubjectKind kind = SubjectKind::core;
  StoreKind store = StoreKind::snapshot;  // core
  RetryPolicy retry;                      // as configured (core), or as claimed (origin-*, command)
  bool policy_stated = true;              // command: true only if the scenario states one
  Durability durability = Durability::process;
  std::optional<HoldTime> read_for;         // unlocked: how long a writer keeps its handle before it writes
  PlantedFault fault = PlantedFault::none;  // mutant: the planted fault

  // command: a program that speaks the protocol of harness/crowd/agents/protocol.h, one per agent
  std::vector<std::string> command;                                    // argv; no shell
  std::string directory;                                               // to run in; absolute once loaded
  std::vector<std::pair<std::string, std::string>> environment;        // overrides ours, by name
  std::vector<std::string> files = {"queue.json", "queue.json.lock"};  // globs: may stay in the store
  BodyBytes bodies = BodyBytes::text;

  bool operator==(const Subject&) const = default;
};

// Mixed bodies contain what breaks programs that quote, cut or escape by hand, and some are empty or a page long.
enum class Bodies { mixed, plain };

struct Agents {
  std::uint32_t count = 8;
  std::uint32_t broadcasts = 25;            // each
  std::optional<std::uint32_t> neighbours;  // none = all; n = the next n agents of the ring
  bool mixed_recipients = false;            // a set per message, by seed; excludes neighbours
  std::uint32_t body_bytes = 120;
  Bodies bodies = Bodies::mixed;
  std::optional<double> rate_per_s;  // per agent; none = closed loop
  Duration operation_deadline = std::chrono::seconds(30);
  std::uint32_t read_every = 0;  // an agent reads its mail after every Nth broadcast; 0: only at the end
  std::uint32_t readers = 0;     // agents that only read: numbered after the others, addressed like them
  Duration reader_pause = std::chrono::milliseconds(5);  // between two reads of one reader

  // All possible recipients. The first `count` also send.
  [[nodiscard]] std::uint32_t everyone() const { return count + readers; }

  bool operator==(const Agents&) const = default;
};

enum class Rules { windows, posix };

// For the subject; under Windows' rules injectors' opens are always decided.
enum class Opens { decided, untrapped };

struct Sharing {
  Rules rules = Rules::windows;
  std::string profile = "python";
  Deletion deletion = Deletion::posix;
  std::optional<Opens> opens{};  // none: see opens_are_decided()

  bool operator==(const Sharing&) const = default;
};

enum class InjectorKind {
#define HOLDFAST_INJECTOR(name, word, traits) name,
#include "harness/scenario/injectors.def"
#undef HOLDFAST_INJECTOR
};

// What makes an antivirus or an indexer open a file.
struct Triggers {
  bool close = true;    // a writer closed it
  bool replace = true;  // it was renamed into place
  bool open = false;    // somebody opened it, and it has changed since its last scan

  bool operator==(const Triggers&) const = default;
};

// What happens to calls on a file that an antivirus is scanning.
enum class WhileScanning { refuse, delay };

enum class KillAt { every_call, random };

struct Injector {
  InjectorKind kind = InjectorKind::open_handle;
  std::string name;  // default: the kind; unique
  HoldTime hold;
  std::string path = "*";   // open-handle, backup, delay: name or glob in the store directory
  Duration period{0};       // open-handle, backup: start to start
  std::uint32_t count = 1;  // open-handle: holds; backup: passes; kill at random: kills
  Duration start_delay{0};  // open-handle, backup: after the barrier
  Triggers triggers;        // of kinds that watch (injector_traits.h), as are the two below
  double chance = 1.0;      // of each trigger
  Duration delay{0};        // from trigger to open
  Duration yield_after{0};  // indexer: from another's request to the close
  WhileScanning mode = WhileScanning::refuse;  // antivirus
  std::string share = "rw";                    // what the handle lets others do; an indexer's, everything
  KillAt kill_at = KillAt::every_call;         // kill
  std::vector<std::uint32_t> victims = {0};    // kill, delay: agents, in the order written
  std::uint32_t within = 60;                   // kill at random: before one of this many file calls
  std::string call;                            // delay: which of the victim's calls, as "rename"
  std::uint32_t every = 1;                     // delay: every Nth of these
  std::uint64_t min_fired = 1;                 // fewer: inconclusive

  bool operator==(const Injector&) const = default;
};

enum class Relation { at_least, at_most, equals };

struct Expectation {
  std::string figure;  // a dotted name: agents.succeeded, success_rate.lower, lost, wait.max (ms)
  Relation relation = Relation::at_least;
  double value = 0;

  bool operator==(const Expectation&) const = default;
};

// A check that is known to fail in this scenario and does not count: its result is still shown.
struct Waiver {
  std::string check;   // "lost"
  std::string reason;  // a sentence, for every report

  bool operator==(const Waiver&) const = default;
};

struct Scenario {
  std::string name;  // file name without .toml
  std::string title;
  Subject subject;
  Agents agents;
  Sharing sharing;
  std::vector<Injector> injectors;
  std::vector<Expectation> expectations;
  std::vector<Waiver> waivers;
  Duration run_deadline = std::chrono::minutes(5);
  double allowed_failures = 0;  // share of broadcasts that may fail without failing `delivered`

  bool operator==(const Scenario&) const = default;
};

// Whether an injector kills this agent by plan.
bool is_victim(const Scenario& scenario, std::uint32_t agent);
bool any_kills(const Scenario& scenario);

// Whether calls wait for this injector to release the file instead of being refused.
bool makes_wait(const Injector& injector);

// Whether every open in the store is decided, as set by the scenario or else as needed, so that an open comes before
// or after a replace and never during its decision.
bool opens_are_decided(const Scenario& scenario);

// Whether some share mode can make Windows refuse opens, which then must be decided.
bool opens_can_be_refused(const Scenario& scenario);

// A scenario with some other settings; see [[variant]] in scenarios/KEYS.md.
struct Variant {
  std::string name;                   // empty: the scenario has no variants
  bool judged = true;                 // false: a control, which is run and compared but does not count
  std::vector<std::string> settings;  // what it overrides, "key = value"
  Scenario scenario;                  // with these applied

  bool operator==(const Variant&) const = default;
};

// `settings` are "dotted.key=value" from --set, applied over the file; the value is TOML or a bare word, taken as a
// string. Errors are Code::invalid and begin "file:line:column: "; an unknown key names the nearest valid one. If the
// scenario has variants, returns the first.
Result<Scenario> parse_scenario(std::string_view toml, const std::string& file_name,
                                const std::vector<std::string>& settings = {});

// Every variant, in the file's order; at least one. Settings are applied before variants; a setting that a variant
// would override is an error.
Result<std::vector<Variant>> parse_variants(std::string_view toml, const std::string& file_name,
                                            const std::vector<std::string>& settings = {});

// `name_or_path`: a file, or the name of a shipped scenario (looked up in scenario_directories(), in order).
Result<std::filesystem::path> find_scenario(const std::string& name_or_path);
Result<Scenario> load_scenario(const std::filesystem::path& path,
                               const std::vector<std::string>& settings = {});
Result<std::vector<Variant>> load_variants(const std::filesystem::path& path,
                                           const std::vector<std::string>& settings = {});
std::vector<std::filesystem::path> scenario_directories();

// A file that parse_scenario() reads back, except for the name, which is the file's.
std::string to_toml(const Scenario& scenario);

// A short name of what is under test: "snapshot", "python3 queue.py".
std::string subject_text(const Subject& subject);

std::string_view to_string(StoreKind kind);     // "snapshot", "origin-before", …
std::string_view to_string(InjectorKind kind);  // "open-handle", "antivirus", …

}  // namespace holdfast
