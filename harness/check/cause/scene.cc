#include "harness/check/cause/scene.h"

#include <algorithm>
#include <map>

namespace holdfast {

Scene::Scene(const Evidence& the_evidence, const std::vector<Finding>& the_findings)
    : evidence(the_evidence), history(the_evidence.history), names(history), findings_(the_findings) {
  constexpr std::size_t most_lost = 1000;
  const Delivery& delivery = evidence.delivery;
  for (std::uint32_t ordinal = 0; ordinal < delivery.sent().size() && lost_.size() < most_lost; ++ordinal) {
    if (!delivery.sent().acknowledged(ordinal) || delivery.was_read(ordinal)) continue;
    const Operation& broadcast = delivery.sent().operation(ordinal);
    const auto to = recipients(evidence.plan, delivery.sent().id(ordinal));
    const bool looked_for = std::any_of(to.begin(), to.end(), [&](std::uint32_t recipient) {
      const std::uint32_t read = delivery.final_read(recipient);
      return read != not_there && must_hold(history.operations[read], broadcast);
    });
    if (looked_for) lost_.push_back(&broadcast);
  }
  std::map<std::string_view, std::uint64_t> times_put;
  for (const Call& call : history.calls) {
    if (puts_a_name(call) && is_done(call)) ++times_put[call.destination];
  }
  std::uint64_t most = 0;
  for (const auto& [path, times] : times_put) {
    if (times <= most) continue;
    const std::string name(path);
    const auto& changes = names.changes_of(name);
    const bool by_broadcasts = std::any_of(changes.begin(), changes.end(), [&](const NameChange& change) {
      return change.puts && change.operation != nullptr &&
             change.operation->function == Function::broadcast &&
             names.main_put(*change.operation) == change.call;
    });
    if (!by_broadcasts) continue;
    most = times;
    queue_ = name;
  }
}

const Finding* Scene::failed(std::string_view check) const {
  for (const Finding& finding : findings_) {
    if (finding.name == check && decides(finding, Verdict::fail)) return &finding;
  }
  return nullptr;
}

bool Scene::is_read_in_the_end(const Operation* operation) const {
  if (operation == nullptr || operation->function != Function::broadcast) return false;
  const std::uint32_t ordinal = evidence.delivery.sent().find({operation->agent, operation->number});
  return ordinal != not_there && evidence.delivery.was_read(ordinal);
}

std::string message_name(const Operation& broadcast) {
  return to_string(MessageId{broadcast.agent, broadcast.number});
}

}  // namespace holdfast
