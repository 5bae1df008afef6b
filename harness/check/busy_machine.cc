#include "harness/check/busy_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/check/prose.h"
#include "harness/check/tolerances.h"

namespace holdfast {
namespace {

std::int64_t overlap_ns(std::int64_t begin_ns, std::int64_t end_ns, std::int64_t from_ns,
                        std::int64_t to_ns) {
  return std::max<std::int64_t>(0, std::min(end_ns, to_ns) - std::max(begin_ns, from_ns));
}

double share_of(std::int64_t part, std::int64_t whole) {
  return whole <= 0 ? 0 : std::clamp(static_cast<double>(part) / static_cast<double>(whole), 0.0, 1.0);
}

// What strangers had of the processors; all of them if this system does not tell.
double strangers_share(const Contention& use) {
  return use.strangers_ns ? share_of(*use.strangers_ns, use.busy_ns) : 1;
}

// What of each moment strangers kept from the run. While somebody of it was ready to run, one part of that was waiting,
// and of this no more than strangers had of the processors: a crowd that fills them waits for itself.
double kept_from_run(const Contention& use) {
  if (!use.waited_ns) return strangers_share(use);
  const std::int64_t ready_ns = use.run_ns + *use.waited_ns;
  return share_of(ready_ns, use.end_ns - use.begin_ns) *
         std::min(share_of(*use.waited_ns, ready_ns), strangers_share(use));
}

// How long the disk has to work for what the run gave it, at the speed that it had before the load. Flushes are counted
// for the whole disk; the run's share of them is that of its bytes.
double work_for_disk_ns(const History& history, const Contention& use) {
  const double bytes_ns = history.disk_bytes_per_s > 0 ? static_cast<double>(use.run_bytes.value_or(0)) /
                                                             (history.disk_bytes_per_s * 1e-9)
                                                       : 0;
  const double own_flushes =
      static_cast<double>(use.disk_flushes) * share_of(use.run_bytes.value_or(0), use.disk_bytes.value_or(0));
  return bytes_ns + own_flushes * static_cast<double>(history.disk_flush_ns);
}

}  // namespace

BusyMachine::BusyMachine(const Plan& plan, const History& history)
    : history_(history),
      waits_(waits_for_strangers(history)),
      standstills_(standstills_by_others(history)),
      held_up_(calls_held_up(plan, history)) {}

BusyMachine::Spans BusyMachine::waits_for_strangers(const History& history) {
  constexpr double exactness = 1 + tolerance::looks_percent / 100.0;
  Spans spans;
  for (const Contention& use : history.machine)
    spans.push_back({use.begin_ns, use.end_ns, std::min(1.0, kept_from_run(use) * exactness)});
  return spans;
}

BusyMachine::Spans BusyMachine::standstills_by_others(const History& history) {
  Spans spans;
  for (const Standstill& standstill : history.standstills) {
    const double own =
        share_of(explained_by_run_ns(history, standstill), standstill.end_ns - standstill.begin_ns);
    spans.push_back({standstill.begin_ns, standstill.end_ns, 1 - own});
  }
  return spans;
}

// When an injector delayed somebody's call, or somebody's call waited for one and was done then. A call that was still
// waiting when its caller died has no end on record, but it has a plan.
BusyMachine::Spans BusyMachine::calls_held_up(const Plan& plan, const History& history) {
  Spans spans;
  for (const InjectorRecord& injector : history.injectors) {
    if (injector.index >= plan.scenario.injectors.size() ||
        plan.scenario.injectors[injector.index].kind != InjectorKind::delay)
      continue;
    for (const Fault& fault : injector.faults) {
      if (fault.fired_ns == 0) continue;
      const std::int64_t planned_ns = fault.fired_ns + fault.planned_hold_ns;
      spans.push_back({fault.fired_ns, fault.released_ns != 0 ? fault.released_ns : planned_ns});
    }
  }
  for (const Call& call : history.calls) {
    if (call.windows_code == 0 && !call.holders.empty())
      spans.push_back({call.received_ns, call.answered_ns});
  }
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.begin_ns < b.begin_ns; });
  Spans apart;
  for (const Span& span : spans) {
    if (apart.empty() || span.begin_ns > apart.back().end_ns) {
      apart.push_back(span);
    } else {
      apart.back().end_ns = std::max(apart.back().end_ns, span.end_ns);
    }
  }
  return apart;
}

std::int64_t BusyMachine::excused_ns(const Spans& spans, std::int64_t from_ns, std::int64_t to_ns) {
  auto it = std::lower_bound(spans.begin(), spans.end(), from_ns,
                             [](const Span& span, std::int64_t time_ns) { return span.end_ns < time_ns; });
  // When it was within a span is not known: all of it may have been where an operation was, which a look that came late
  // does not show.
  double sum_ns = 0;
  for (; it != spans.end() && it->begin_ns < to_ns; ++it)
    sum_ns += std::min(static_cast<double>(overlap_ns(it->begin_ns, it->end_ns, from_ns, to_ns)),
                       it->excused * static_cast<double>(it->end_ns - it->begin_ns));
  return static_cast<std::int64_t>(sum_ns);
}

Excuse BusyMachine::excuse(std::int64_t from_ns, std::int64_t to_ns) const {
  return {excused_ns(waits_, from_ns, to_ns), excused_ns(standstills_, from_ns, to_ns),
          excused_ns(held_up_, from_ns, to_ns)};
}

std::string BusyMachine::in_words(std::int64_t from_ns, std::int64_t to_ns) const {
  const Excuse excused = excuse(from_ns, to_ns);
  std::string words;
  const auto add = [&](std::int64_t time_ns, std::string reason) {
    if (time_ns != 0) words += (words.empty() ? "; but " : ", and ") + std::move(reason);
  };
  const bool told = std::all_of(history_.machine.begin(), history_.machine.end(), [&](const Contention& use) {
    return use.strangers_ns || overlap_ns(use.begin_ns, use.end_ns, from_ns, to_ns) == 0;
  });
  add(excused.processor_ns,
      told ? fmt::format("programs outside the run kept it from the processors for {} of that",
                         in_seconds(excused.processor_ns))
           : fmt::format("it waited for a processor for {} of that, and this system does not tell who had it",
                         in_seconds(excused.processor_ns)));
  add(excused.disk_ns, fmt::format("the disk stood still for {} of that, beyond what the run wrote",
                                   in_seconds(excused.disk_ns)));
  add(excused.held_up_ns,
      fmt::format("injectors held calls up for {} of that", in_seconds(excused.held_up_ns)));
  return words;
}

std::int64_t explained_by_run_ns(const History& history, const Standstill& standstill) {
  const std::int64_t before_ns = standstill.begin_ns - tolerance::written_before_ns;
  double queued_ns = 0;  // what the disk still has to do for the run, at the speed that it had
  double work_ns = 0;    // that the run gave it, likewise
  double disk_busy_ns = 0;
  double crowd_ns = 0;  // those who write for the disk wait for a processor, too
  std::int64_t run_bytes = 0, disk_bytes = 0;
  bool seen = true;
  for (const Contention& use : history.machine) {
    if (use.begin_ns >= standstill.end_ns) break;
    const std::int64_t within_ns =
        overlap_ns(use.begin_ns, use.end_ns, standstill.begin_ns, standstill.end_ns);
    const double given_ns = work_for_disk_ns(history, use);
    // Only until the standstill does it write at its speed.
    queued_ns =
        std::max(0.0, queued_ns + given_ns - static_cast<double>(use.end_ns - use.begin_ns - within_ns));
    if (use.end_ns <= before_ns) continue;
    work_ns += given_ns;
    run_bytes += use.run_bytes.value_or(0);
    disk_bytes += use.disk_bytes.value_or(0);
    seen = seen && use.run_bytes.has_value();
    const double waiting = share_of(use.waited_ns.value_or(0), use.end_ns - use.begin_ns);
    crowd_ns += static_cast<double>(within_ns) * waiting * (1 - strangers_share(use));
    disk_busy_ns += static_cast<double>(use.disk_busy_ns) * share_of(within_ns, use.end_ns - use.begin_ns);
  }
  // Whose bytes may not be seen wrote them all: nobody is excused by hiding.
  double by_share_ns = disk_busy_ns * (seen ? share_of(run_bytes, disk_bytes) : 1);
  // A disk that somebody else slows down is busy, too, and with nobody's bytes but the run's.
  if (seen && history.disk_bytes_per_s > 0)
    by_share_ns = std::min(by_share_ns, work_ns * tolerance::slower_disk);
  return std::min(standstill.end_ns - standstill.begin_ns,
                  static_cast<std::int64_t>(std::max({by_share_ns, queued_ns, crowd_ns})));
}

}  // namespace holdfast
