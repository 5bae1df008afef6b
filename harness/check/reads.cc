#include "harness/check/reads.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/check/prose.h"

namespace holdfast {

namespace {

// For successful reads; for an agent's own, also the operation.
template <typename Visit>
void for_each_read(const Evidence& evidence, Visit visit) {
  const History& history = evidence.history;
  const std::uint32_t agents = evidence.plan.scenario.agents.everyone();
  for (const Operation& operation : history.operations) {
    const bool counts =
        operation.function == Function::read && operation.outcome == Outcome::ok && operation.agent < agents;
    if (!counts) continue;
    visit(operation.agent,
          MailRead{no_process, operation.invoke_ns, operation.complete_ns, seen_by(history, operation)},
          &operation);
  }
  for (const Reading& reading : history.readings) {
    if (reading.outcome != Outcome::ok || reading.mailbox >= agents) continue;
    visit(reading.mailbox,
          MailRead{reading.reader, reading.invoke_ns, reading.complete_ns,
                   std::span(history.seen).subspan(reading.first_seen, reading.seen)},
          static_cast<const Operation*>(nullptr));
  }
}

}  // namespace

void for_each_other_read(const Evidence& evidence,
                         const std::function<void(std::uint32_t, const MailRead&)>& visit) {
  for_each_read(evidence, [&](std::uint32_t agent, const MailRead& read, const Operation* operation) {
    const std::uint32_t last = evidence.delivery.final_read(agent);
    if (operation == nullptr || last == not_there || operation != &evidence.history.operations[last])
      visit(agent, read);
  });
}

std::vector<Mailbox> mailboxes_read_often(const Evidence& evidence) {
  const std::uint32_t agents = evidence.plan.scenario.agents.everyone();
  std::vector<std::uint32_t> times(agents, 0);
  const auto each = [&](auto&& visit) {
    for_each_read(evidence,
                  [&](std::uint32_t agent, const MailRead& read, const Operation*) { visit(agent, read); });
  };
  each([&](std::uint32_t agent, const MailRead&) { ++times[agent]; });
  std::vector<Mailbox> mailboxes;
  std::vector<std::size_t> place(agents, 0);
  for (std::uint32_t agent = 0; agent < agents; ++agent) {
    if (times[agent] < 2) continue;
    place[agent] = mailboxes.size();
    mailboxes.push_back({agent, {}});
    mailboxes.back().reads.reserve(times[agent]);
  }
  if (mailboxes.empty()) return mailboxes;
  each([&](std::uint32_t agent, const MailRead& read) {
    if (times[agent] >= 2) mailboxes[place[agent]].reads.push_back(read);
  });
  for (Mailbox& mailbox : mailboxes) {
    std::stable_sort(mailbox.reads.begin(), mailbox.reads.end(),
                     [](const MailRead& a, const MailRead& b) { return a.invoke_ns < b.invoke_ns; });
  }
  return mailboxes;
}

bool reads_are_planned(const Evidence& evidence) {
  const Agents& agents = evidence.plan.scenario.agents;
  return agents.read_every != 0 || agents.readers != 0 || !evidence.history.readings.empty();
}

std::string name_of(const Evidence& evidence, std::uint32_t agent, const MailRead& read) {
  const std::string when = moment(read.complete_ns);  // as everywhere: what it lacks was gone by then
  if (read.reader == no_process) return fmt::format("agent {}'s read at {}", agent, when);
  const bool fresh = read.invoke_ns >= evidence.history.quiesced_ns;
  return fmt::format("{}'s read of agent {}'s mail at {}",
                     fresh ? std::string("a fresh process") : fmt::format("reader {}", read.reader), agent,
                     when);
}

}  // namespace holdfast
