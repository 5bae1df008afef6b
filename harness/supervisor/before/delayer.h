// Delays chosen calls of chosen agents: it widens the window in which others can interfere, without changing the
// subject.
//
// The caller waits for its answer, as it would for a busy disk. Other calls are answered in the meantime.
#pragma once

#include <linux/seccomp.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/history/event.h"
#include "harness/supervisor/before/call_rule.h"
#include "harness/supervisor/look/caller.h"
#include "harness/supervisor/trap/store_calls.h"

namespace holdfast {

struct DelayRule {
  std::uint32_t injector = 0;
  std::vector<std::uint32_t> victims;  // agents
  std::string call;                    // "rename"
  std::string file;                    // name or glob in the store
  std::uint32_t every = 1;             // every Nth of these calls, counted per victim
  std::vector<std::int64_t> hold_ns;   // of delay n; the last repeats; never empty
};

// Whether the rule needs more calls trapped than are decided.
bool needs_store_calls(const DelayRule& rule);

class Delayer : public CallRule {
 public:
  // `store` is absolute and canonical.
  Delayer(std::vector<DelayRule> rules, const std::filesystem::path& store);

  [[nodiscard]] bool concerns(pid_t) const override { return true; }
  CallFate before(const AskedCall& call, const Record& record) override;

  // A call being delayed.
  struct Delay {
    std::uint32_t injector = 0;
    std::uint32_t agent = 0;
    std::uint64_t number = 0;  // among the injector's delays
    std::int64_t until_ns = 0;
  };

 private:
  std::optional<Delay> delay_of(const AskedCall& call, const Record& record);

  std::vector<DelayRule> rules_;
  std::string store_;
  std::map<std::uint64_t, Delay> held_up_;                              // by the call's id
  std::map<std::pair<std::size_t, std::uint32_t>, std::uint64_t> met_;  // by rule and agent
  std::map<std::uint32_t, std::uint64_t> fired_;                        // by injector
};

}  // namespace holdfast
