// How each agent fared, by the strict definition of "an agent succeeded" that result.json promises.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/check/busy_machine.h"
#include "harness/check/delivery.h"

namespace holdfast {

struct AgentOutcome {
  enum class Kind : std::uint8_t { succeeded, failed, unknown };
  // Why it did not succeed, gravest first.
  enum class Reason : std::uint8_t {
    none,
    not_delivered,  // acknowledged, and a recipient lacks it or has it twice
    died,           // ended on its own before it had attempted everything, or with an operation open
    program_fault,  // its program died on its own or broke the protocol
    stopped_short,  // attempted fewer than planned, though nothing cut it short
    refused,        // an operation failed
    cut,            // attempted fewer than planned, since the run was cut short
    unanswered,     // an operation may or may not be done
    starved,        // an operation failed at its deadline, on a machine too busy to blame the store for it
    unread,         // a recipient's mail could not be read
  };

  Kind kind = Kind::succeeded;
  Reason reason = Reason::none;
  std::uint32_t attempted = 0;
  std::uint32_t acknowledged = 0;
  std::uint32_t ordinal = not_there;    // the first message concerned, if any
  std::uint32_t recipient = not_there;  // likewise
  std::uint32_t read = not_there;       // the first read concerned, of History::operations
};

// Operations that failed or were not answered but are held against no agent.
struct Forgiven {
  bool broadcasts = false;
  bool reads = false;
};

// Whether it failed at its deadline, with a large part of the time lost to causes outside the store.
bool may_be_starved(const Plan& plan, const Operation& operation, const BusyMachine& machine);

// By agent, including those that only read. Operations cut short by a planned kill are held against no agent.
std::vector<AgentOutcome> agent_outcomes(const Plan& plan, const History& history, const Delivery& delivery,
                                         Forgiven forgiven);

// What became of agent `agent`, in words.
std::string describe(const Plan& plan, const History& history, const Delivery& delivery, std::uint32_t agent,
                     const AgentOutcome& outcome);

}  // namespace holdfast
