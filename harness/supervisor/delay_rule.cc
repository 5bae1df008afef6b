#include "harness/supervisor/delay_rule.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "harness/supervisor/store_glob.h"
#include "harness/supervisor/touched_file.h"

namespace holdfast {
namespace {

Event delay_event(EventType type, const Delay& delay, std::int64_t now_ns) {
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

Delayer::Delayer(std::vector<DelayRule> rules, const std::filesystem::path& store,
                 std::function<void(const Event&)> record)
    : rules_(std::move(rules)), store_(store.native()), record_(std::move(record)) {
  for (const DelayRule& rule : rules_) HOLDFAST_CHECK(!rule.hold_ns.empty() && rule.every > 0);
}

Delay Delayer::delay_of(const seccomp_data& data, const Caller& caller, std::int64_t now_ns) {
  const auto& participant = caller.participant;
  if (!participant || participant->role != Role::agent) return {};
  const auto call = describe_store_call(data);
  if (!call) return {};
  std::string name;
  std::string path;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const DelayRule& rule = rules_[i];
    if (std::find(rule.victims.begin(), rule.victims.end(), participant->index) == rule.victims.end())
      continue;
    if (name.empty()) name = call_name(*call, caller);
    if (name != rule.call) continue;
    if (path.empty()) path = touched_file(*call, caller, store_);
    if (path.size() <= store_.size()) return {};
    if (!glob_fits(rule.file, std::string_view(path).substr(store_.size() + 1))) continue;
    if (++met_[{i, participant->index}] % rule.every != 0) continue;

    Delay delay{rule.injector, participant->index, fired_[rule.injector]++, 0};
    const std::int64_t hold_ns = rule.hold_ns[std::min<std::size_t>(delay.number, rule.hold_ns.size() - 1)];
    delay.until_ns = now_ns + hold_ns;
    Event planned = delay_event(EventType::planned, delay, now_ns);
    planned.value[0] = static_cast<std::uint64_t>(hold_ns);
    record_(planned);
    Event fired = delay_event(EventType::fired, delay, now_ns);
    fired.text = path;
    record_(fired);
    return delay;
  }
  return {};
}

void Delayer::passed(const Delay& delay, std::int64_t now_ns) {
  record_(delay_event(EventType::released, delay, now_ns));
}

}  // namespace holdfast
