#include "harness/conduct/machine/neighbours.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "harness/check/tolerances.h"
#include "harness/conduct/machine/rest.h"

namespace holdfast {
namespace {

constexpr std::int64_t look_share =
    100;  // of its time the looking takes one part: with a thousand agents it is rarer

// Time on processors that processes took, of the run or not. Of children that ended, what is new is what their parents
// got for them, less what they had been seen to take before; of those that nobody waited for, nothing is known.
std::int64_t taken_ns(const Usage& before, const Usage& after, bool of_run) {
  std::int64_t own_ns = 0, ended_ns = 0;
  for (const auto& [process, use] : after.processes) {
    if (use.of_run != of_run) continue;
    const auto found = before.processes.find(process);
    const bool known = found != before.processes.end() && found->second.own_ns <= use.own_ns;
    own_ns += use.own_ns - (known ? found->second.own_ns : 0);
    ended_ns += use.ended_ns - (known ? found->second.ended_ns : 0);
  }
  for (const auto& [process, use] : before.processes) {
    if (use.of_run == of_run && after.processes.count(process) == 0) ended_ns -= use.own_ns + use.ended_ns;
  }
  return own_ns + std::max<std::int64_t>(0, ended_ns);
}

struct Waiting {
  std::int64_t run_ns = 0;
  std::int64_t waited_ns = 0;
  std::vector<std::int64_t> earlier_ns;
};

// The kernel counts what a thread waited when it gets its processor: what is more than the time between began before.
Waiting of_threads(const Usage& before, const Usage& after) {
  const std::int64_t between_ns = after.time_ns - before.time_ns;
  Waiting sum;
  for (const auto& [thread, use] : after.threads) {
    const auto found = before.threads.find(thread);
    const bool known = found != before.threads.end() && found->second.run_ns <= use.run_ns;
    const std::int64_t waited_ns = use.waited_ns - (known ? found->second.waited_ns : 0);
    sum.run_ns += use.run_ns - (known ? found->second.run_ns : 0);
    sum.waited_ns += std::min(waited_ns, between_ns);
    if (waited_ns > between_ns) sum.earlier_ns.push_back(waited_ns - between_ns);
  }
  return sum;
}

}  // namespace

Contention use_between(const Usage& before, const Usage& after) {
  Contention use{.begin_ns = before.time_ns, .end_ns = after.time_ns};
  const std::int64_t run_ns = taken_ns(before, after, true);
  use.run_ns = run_ns;
  const auto& [busy_before, stolen_before] = before.processors;
  const auto& [busy_after, stolen_after] = after.processors;
  if (busy_before && busy_after) {
    use.busy_ns = std::max<std::int64_t>(0, *busy_after - *busy_before);
    const std::int64_t stolen_ns = std::max<std::int64_t>(0, stolen_after - stolen_before);
    // Where nobody is hidden, strangers are who is seen to be one: what the run starts and does not wait for would
    // otherwise pass for strangers.
    const std::int64_t strangers_ns = after.everybody_seen ? taken_ns(before, after, false) + stolen_ns
                                                           : std::max<std::int64_t>(0, use.busy_ns - run_ns);
    use.strangers_ns = std::min(use.busy_ns, strangers_ns);
  }
  const Waiting waiting = of_threads(before, after);
  // How long those waited who came and went in between was not seen. Processes count in ticks, threads in nanoseconds.
  const std::int64_t unseen_ns = run_ns - waiting.run_ns;
  const bool seen =
      unseen_ns <= std::max(run_ns, (use.end_ns - use.begin_ns) / 5) / 100 * tolerance::unseen_percent;
  if (after.waits_counted && seen) use.waited_ns = waiting.waited_ns;
  if (before.run_bytes && after.run_bytes)
    use.run_bytes = std::max<std::int64_t>(0, *after.run_bytes - *before.run_bytes);
  if (before.disk_bytes && after.disk_bytes) {
    use.disk_bytes = std::max<std::int64_t>(0, *after.disk_bytes - *before.disk_bytes);
    use.disk_busy_ns = std::max<std::int64_t>(0, after.disk_busy_ns - before.disk_busy_ns);
    use.disk_flushes = std::max<std::int64_t>(0, after.disk_flushes - before.disk_flushes);
  }
  return use;
}

void add_earlier_waits(const Usage& before, const Usage& after, std::vector<Contention>& seen) {
  for (std::int64_t left_ns : of_threads(before, after).earlier_ns) {
    for (auto use = seen.rbegin(); use != seen.rend() && left_ns > 0; ++use) {
      const std::int64_t now_ns = std::min(left_ns, use->end_ns - use->begin_ns);
      if (use->waited_ns) *use->waited_ns += now_ns;
      left_ns -= now_ns;
    }
  }
}

std::array<Event, 2> machine_events(const Contention& use) {
  const auto count = [](const std::optional<std::int64_t>& known) {
    return known ? static_cast<std::uint64_t>(*known) : UINT64_MAX;
  };
  Event processors{.type = EventType::processors, .op = static_cast<std::uint64_t>(use.busy_ns)};
  processors.value = {static_cast<std::uint64_t>(use.begin_ns), static_cast<std::uint64_t>(use.end_ns),
                      count(use.strangers_ns), count(use.waited_ns)};
  Event disk{.type = EventType::disk, .op = static_cast<std::uint64_t>(use.disk_flushes)};
  disk.value = {count(use.run_bytes), count(use.disk_bytes), static_cast<std::uint64_t>(use.disk_busy_ns),
                static_cast<std::uint64_t>(use.run_ns)};
  return {std::move(processors), std::move(disk)};
}

Neighbours::Neighbours(const std::filesystem::path& directory)
    : disk_(disk_below(directory)),
      before_(read_usage(disk_)),
      thread_([this](const std::stop_token& stop) { look(stop); }) {}

std::vector<Contention> Neighbours::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  return seen_;
}

void Neighbours::look(const std::stop_token& stop) {
  std::chrono::nanoseconds rest(tolerance::look_ns);
  for (bool last = false; !last;) {
    last = stopped_within(stop, rest);
    const std::int64_t spent_before_ns = schedstat_here().run_ns;
    Usage after = read_usage(disk_);
    rest = std::chrono::nanoseconds(
        std::max(tolerance::look_ns, look_share * (schedstat_here().run_ns - spent_before_ns)));
    add_earlier_waits(before_, after, seen_);
    seen_.push_back(use_between(before_, after));
    before_ = std::move(after);
  }
}

}  // namespace holdfast
