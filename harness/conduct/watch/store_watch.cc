#include "harness/conduct/watch/store_watch.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "core/base/clock.h"
#include "harness/conduct/watch/leftovers.h"

namespace holdfast {
namespace {

constexpr std::int64_t first_use_look_ns = 10'000'000;  // after the load began

}  // namespace

StoreWatch::StoreWatch(const Plan& plan, std::filesystem::path store)
    : plan_(plan),
      store_(std::move(store)),
      use_(std::filesystem::weakly_canonical(store_)),
      locks_(plan.scenario.agents.operation_deadline) {}

void StoreWatch::load_begins() {
  released_ns_ = monotonic_ns();
  if (plan_.scenario.subject.kind == SubjectKind::command) look_at_use_ns_ = released_ns_ + first_use_look_ns;
}

std::vector<Event> StoreWatch::look(const std::vector<AgentProcess>& agents) {
  const auto store = std::filesystem::canonical(store_);
  std::vector<Event> events;
  const std::int64_t now_ns = monotonic_ns();
  if (now_ns >= locks_.due_ns()) {
    events = lock_events(holdings_of(agents, store), store, false);
    locks_.looked(now_ns, monotonic_ns());
  }
  if (now_ns >= look_at_use_ns_) {
    constexpr std::int64_t later = 3;  // times as late as before
    use_.look_at_work(holdings_of(agents, store));
    look_at_use_ns_ = now_ns + later * (now_ns - released_ns_);
  }
  return events;
}

std::vector<Event> StoreWatch::look_at_rest(const std::vector<AgentProcess>& agents) {
  const auto store = std::filesystem::canonical(store_);
  auto held = holdings_of(agents, store);
  const auto is_gone = [](const StoreHandle& handle) { return handle.gone; };
  const bool doubtful = std::any_of(held.begin(), held.end(), [&](const AgentHandles& agent) {
    return most_of_one_file(agent.handles) > 1 ||
           std::any_of(agent.handles.begin(), agent.handles.end(), is_gone);
  });
  if (doubtful) {
    constexpr std::chrono::milliseconds later(100);
    std::this_thread::sleep_for(later);
    held = kept(held, holdings_of(agents, store));
  }
  use_.look_at_rest(held);
  use_.watch(find_leftovers(store, false, files_of(plan_.scenario.subject)).paths);
  auto events = lock_events(held, store, true);
  for (Event& event : idle_events(held)) events.push_back(std::move(event));
  return events;
}

}  // namespace holdfast
