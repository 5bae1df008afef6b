// A resolved scenario and seed: everything that agents, injectors, checks and reports need to know in advance. What
// each operation and fault does is a pure function of the plan; only the scheduling is up to the kernel.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "harness/history/message_id.h"
#include "harness/scenario/scenario.h"

namespace holdfast {

struct Plan {
  Scenario scenario;
  std::string variant;  // of the scenario; empty: none
  std::uint64_t seed = 1;
  std::uint64_t run_id = 0;  // from the seed and the start time; in every event file's header
  std::string started_at;    // ISO 8601, UTC
  std::string version;       // of Holdfast
  std::string kernel;        // uname: system, release, machine
  std::string filesystem;    // of the store directory: ext4, tmpfs, …
  std::string command;       // repeats this run; shell-quoted
  std::vector<std::pair<std::string, std::string>> labels{};  // by --label: product, commit, …

  bool operator==(const Plan&) const = default;
};

// plan.json, {"schema":"holdfast.plan/1",…}: readable, and the same bytes for the same plan.
std::string to_json(const Plan& plan);
Result<Plan> parse_plan(std::string_view json, const std::string& file_name);
Result<Plan> load_plan(const std::filesystem::path& run_directory);  // run_directory/plan.json
// For a process of a run: the plan that it inherited, or else that file.
Result<Plan> load_plan(const std::optional<std::string>& inherited,
                       const std::filesystem::path& run_directory);

// The body of message `id`. A plain one is printable ASCII, body_bytes long (at least 17). A mixed one is UTF-8
// without NUL, or any bytes if the subject takes them, and mostly of that length: some are empty, one character or
// 4096 bytes long.
std::string message_body(const Plan& plan, MessageId id);

// Open loop: when message `id` is due, ns after the barrier. Closed loop: 0.
std::int64_t intended_start_ns(const Plan& plan, MessageId id);

// The seed of agent `agent`'s store; operation n of that store jitters with derive_seed(seed, n), n from 1.
std::uint64_t agent_seed(const Plan& plan, std::uint32_t agent);

// Hold number n (from 0) of an injector: how long, and, of kinds that watch, whether it acts on this trigger.
// Lognormal holds are sampled from the distribution cut at max, so their median is slightly below the configured one.
Duration planned_hold(const Plan& plan, std::uint32_t injector, std::uint64_t number);
// How long agent `agent` keeps the queue open at its attempt `number` (from 0); 0 without subject.read_for.
Duration planned_read(const Plan& plan, std::uint32_t agent, std::uint64_t number);
bool acts_on_trigger(const Plan& plan, std::uint32_t injector, std::uint64_t number);

// Kill number n (from 0) of an injector that kills at random: the file call of its victim before which it kills,
// counted from 1. Its victim is victims[n % victims.size()].
std::uint64_t planned_kill(const Plan& plan, std::uint32_t injector, std::uint64_t number);

}  // namespace holdfast
