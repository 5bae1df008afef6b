// All reads of each agent's mail, by the agent itself (during the run and at the end) or by a reader.
//
// Mail that was read only once is left out.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "harness/check/check.h"

namespace holdfast {

// A successful read.
struct MailRead {
  std::uint32_t reader = no_process;  // no_process: the agent itself
  std::int64_t invoke_ns = 0;
  std::int64_t complete_ns = 0;
  std::span<const Seen> entries;
};

struct Mailbox {
  std::uint32_t agent = 0;
  std::vector<MailRead> reads;  // by invoke time; at least two
};

// By agent.
std::vector<Mailbox> mailboxes_read_often(const Evidence& evidence);

// Calls `visit` with the agent and each successful read of its mail except the final one.
void for_each_other_read(const Evidence& evidence,
                         const std::function<void(std::uint32_t, const MailRead&)>& visit);

// Whether the plan has any mail read more than once: if not, checks of repeated reads have nothing to do.
bool reads_are_planned(const Evidence& evidence);

// "agent 0's read at 1.204 s", "reader 1's read of agent 0's mail at 1.204 s", "a fresh process's read of …"; the time is a mark
// for told().
std::string name_of(const Evidence& evidence, std::uint32_t agent, const MailRead& read);

// The entry's message among those sent to this agent, or not_there, which is for `phantom` to judge.
inline std::uint32_t ordinal_of(const Evidence& evidence, std::uint32_t agent, const Seen& seen) {
  const std::uint32_t ordinal = evidence.delivery.sent().find(seen.message);
  return ordinal != not_there && Audience(evidence.plan, seen.message).has(agent) ? ordinal : not_there;
}

}  // namespace holdfast
