#include "harness/supervisor/before/delayer.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "harness/store/glob.h"
#include "harness/supervisor/before/touched_file.h"

namespace holdfast {
namespace {

Event delay_event(EventType type, const Delayer::Delay& delay, std::int64_t now_ns) {
  Event event;
  event.type = type;
  event.function = Function::delay;
  event.process = delay.injector;
  event.time_ns = now_ns;
  event.op = delay.number;
  event.value[1] = delay.agent;
  return event;
}

}  // namespace

bool needs_store_calls(const DelayRule& rule) {
  return rule.call != "rename" && rule.call != "unlink" && rule.call != "link";
}

Delayer::Delayer(std::vector<DelayRule> rules, const std::filesystem::path& store)
    : rules_(std::move(rules)), store_(store.native()) {
  for (const DelayRule& rule : rules_) HOLDFAST_CHECK(!rule.hold_ns.empty() && rule.every > 0);
}

CallFate Delayer::before(const AskedCall& call, const Record& record) {
  if (const auto held = held_up_.find(call.id); held != held_up_.end()) {
    record(delay_event(EventType::released, held->second, call.now_ns));
    held_up_.erase(held);
    return {};
  }
  const auto delay = delay_of(call, record);
  if (!delay) return {};
  held_up_.emplace(call.id, *delay);
  return {.kind = CallFate::Kind::wait, .until_ns = delay->until_ns};
}

std::optional<Delayer::Delay> Delayer::delay_of(const AskedCall& asked, const Record& record) {
  const Caller& caller = asked.caller;
  const std::int64_t now_ns = asked.now_ns;
  const auto& participant = caller.participant;
  if (!participant || participant->role != Role::agent) return std::nullopt;
  const auto call = describe_store_call(asked.data);
  if (!call) return std::nullopt;
  std::string name;
  std::string path;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const DelayRule& rule = rules_[i];
    if (std::find(rule.victims.begin(), rule.victims.end(), participant->index) == rule.victims.end())
      continue;
    if (name.empty()) name = call_name(*call, caller);
    if (name != rule.call) continue;
    if (path.empty()) path = touched_file(*call, caller, store_);
    if (path.size() <= store_.size()) return std::nullopt;
    if (!glob_fits(rule.file, std::string_view(path).substr(store_.size() + 1))) continue;
    if (++met_[{i, participant->index}] % rule.every != 0) continue;

    Delay delay{rule.injector, participant->index, fired_[rule.injector]++, 0};
    const std::int64_t hold_ns = rule.hold_ns[std::min<std::size_t>(delay.number, rule.hold_ns.size() - 1)];
    delay.until_ns = now_ns + hold_ns;
    Event planned = delay_event(EventType::planned, delay, now_ns);
    planned.value[0] = static_cast<std::uint64_t>(hold_ns);
    record(planned);
    Event fired = delay_event(EventType::fired, delay, now_ns);
    fired.text = path;
    record(fired);
    return delay;
  }
  return std::nullopt;
}

}  // namespace holdfast
