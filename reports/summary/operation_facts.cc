#include "reports/summary/operation_facts.h"

#include <algorithm>
#include <limits>

#include "harness/check/delivery.h"

namespace holdfast {

std::int64_t zero_ns_of(const History& history) {
  if (history.started_ns != 0) return history.started_ns;
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  for (const Operation& operation : history.operations) first = std::min(first, operation.invoke_ns);
  return history.operations.empty() ? 0 : first;
}

std::vector<std::uint32_t> lacking_recipients(const Plan& plan, const History& history) {
  std::vector<std::uint32_t> lacking(history.operations.size());
  if (history.operations.empty()) return lacking;
  const Delivery delivery(plan, history);
  RecipientsOf recipients_of(plan);
  for (std::uint32_t ordinal = 0; ordinal < delivery.sent().size(); ++ordinal) {
    const Operation& broadcast = delivery.sent().operation(ordinal);
    if (broadcast.outcome != Outcome::ok) continue;
    const auto& recipients = recipients_of.sender(broadcast.agent);
    std::uint32_t& count = lacking[static_cast<std::size_t>(&broadcast - history.operations.data())];
    const Audience audience(plan, delivery.sent().id(ordinal));
    for (std::size_t place = 0; place < recipients.size(); ++place) {
      if (!audience.has(recipients[place])) continue;
      const std::uint32_t read = delivery.final_read(recipients[place]);
      if (read == not_there || delivery.times_read(broadcast.agent, ordinal, place) != 0) continue;
      if (must_hold(history.operations[read], broadcast)) ++count;
    }
  }
  return lacking;
}

}  // namespace holdfast
