#include "reports/page/timeline.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <unordered_map>

#include "core/base/path_text.h"
#include "harness/check/attempts.h"
#include "reports/format/text.h"
#include "reports/page/timeline_choice.h"
#include "reports/summary/holder_words.h"
#include "reports/summary/operation_facts.h"

namespace holdfast {
namespace {

constexpr std::uint32_t most_lanes = 64;
constexpr std::int64_t most_bins = 240;

class Drawing {
 public:
  Drawing(const Plan& plan, const History& history, const TimelineLimits& limits)
      : plan_(plan), history_(history), limits_(limits), zero_ns_(zero_ns_of(history)) {}

  Timeline drawn() && {
    timeline_.agents = plan_.scenario.agents.everyone();
    timeline_.all_operations = history_.operations.size();
    if (history_.quiesced_ns != 0) timeline_.quiesced_us = us(history_.quiesced_ns);
    add_injectors();
    const std::vector<std::uint32_t> lacking = lacking_recipients(plan_, history_);
    const TimelineChoice choice = chosen_operations(history_, lacking, limits_.items);
    timeline_.all_refused = choice.refused;
    timeline_.all_unsuccessful = choice.unsuccessful;
    timeline_.all_refusals = choice.refusals;
    for (const std::uint32_t index : choice.operations) add_operation(index, lacking[index]);
    add_holds();
    for (const Kill& kill : history_.kills) {
      if (timeline_.kills.size() == limits_.holds) break;
      timeline_.kills.push_back({kill.agent, us(kill.time_ns), text(kill.call), text(file_name(kill.path))});
    }
    add_waits();
    find_first();
    find_span();
    if (!timeline_.whole()) add_bins();
    return std::move(timeline_);
  }

 private:
  [[nodiscard]] std::int64_t us(std::int64_t time_ns) const { return (time_ns - zero_ns_) / 1000; }

  // A message may be a MiB long, and nothing of it is looked at that is not shown.
  [[nodiscard]] std::string shown(std::string_view said) const {
    return cut_to(one_line(said.substr(0, limits_.text_columns * 4)), limits_.text_columns);
  }

  std::uint32_t text(std::string_view said) {
    if (said.empty()) return 0;
    const auto [place, added] =
        text_at_.try_emplace(shown(said), static_cast<std::uint32_t>(timeline_.texts.size()));
    if (added) timeline_.texts.push_back(place->first);
    return place->second;
  }

  std::uint32_t holder_number(const Holder& holder) {
    const bool seen = holder.kind != HolderKind::unseen;
    const bool one_of_us = holder.kind == HolderKind::injector || holder.kind == HolderKind::agent ||
                           holder.kind == HolderKind::self;
    TimelineHolder named{shown(holder_name(plan_, holder)),     holder.kind,
                         one_of_us ? holder.index : no_process, seen ? holder.pid : 0,
                         shown(program_name(holder.program)),   seen ? share_letters(holder.share) : ""};
    // Whether an agent met itself or another: it has one lane.
    const auto [place, added] =
        holder_at_.try_emplace(std::pair(named.pid, named.name), timeline_.holders.size());
    if (added) {
      timeline_.holders.push_back(std::move(named));
    } else if (timeline_.holders[place->second].program.empty()) {
      timeline_.holders[place->second].program = named.program;
    }
    return static_cast<std::uint32_t>(place->second);
  }

  void add_injectors() {
    for (const InjectorRecord& record : history_.injectors) {
      Holder holder;
      holder.kind = HolderKind::injector;
      holder.index = record.index;
      holder.pid = record.pid;
      const auto& injectors = plan_.scenario.injectors;
      if (record.index >= injectors.size() || injectors[record.index].kind == InjectorKind::kill) continue;
      for (const char letter : injectors[record.index].share) {
        holder.share |= letter == 'r' ? 4U : letter == 'w' ? 2U : letter == 'd' ? 1U : 0U;
      }
      injector_holder_[record.index] = holder_number(holder);
      auto& fired = fired_[record.index];
      for (const Fault& fault : record.faults) {
        if (fault.fired_ns != 0) fired.push_back(&fault);
      }
      std::stable_sort(fired.begin(), fired.end(),
                       [](const Fault* a, const Fault* b) { return a->fired_ns < b->fired_ns; });
    }
  }

  TimelineMention mention_of(const Holder& holder, const Call& call) {
    TimelineMention mention;
    mention.holder = holder_number(holder);
    mention.access = holder.kind == HolderKind::unseen ? "" : share_letters(holder.access);
    if (holder.kind == HolderKind::injector) {
      if (const Fault* fault = hold_at(holder.index, call, holder.path)) {
        mention.since_us = us(fault->fired_ns);
        if (fault->released_ns != 0) mention.until_us = us(fault->released_ns);
      }
    } else if (holder.kind == HolderKind::agent) {
      if (const Operation* operation = operation_at(holder.index, call.received_ns)) {
        mention.since_us = us(operation->invoke_ns);
        mention.during = operation->function == Function::broadcast
                             ? to_string(MessageId{operation->agent, operation->number})
                             : "a read";
      }
    }
    return mention;
  }

  // The hold that the holder's handle is of: one that covers the call, rather of the same file, rather late.
  [[nodiscard]] const Fault* hold_at(std::uint32_t injector, const Call& call,
                                     const std::string& path) const {
    constexpr int most_looked_at = 64;  // a handful of holds overlap
    const auto fired = fired_.find(injector);
    if (fired == fired_.end()) return nullptr;
    const auto& holds = fired->second;
    auto at = std::upper_bound(holds.begin(), holds.end(), call.answered_ns,
                               [](std::int64_t time, const Fault* fault) { return time < fault->fired_ns; });
    const Fault* found = nullptr;
    for (int looked = 0; at != holds.begin() && looked < most_looked_at; ++looked) {
      const Fault* fault = *--at;
      if (fault->released_ns != 0 && fault->released_ns < call.received_ns) continue;
      if (fault->path == path) return fault;
      if (found == nullptr) found = fault;
    }
    return found;
  }

  [[nodiscard]] const Operation* operation_at(std::uint32_t agent, std::int64_t time_ns) const {
    const auto after =
        std::upper_bound(history_.operations.begin(), history_.operations.end(), std::pair(agent, time_ns),
                         [](const auto& key, const Operation& operation) {
                           return key < std::pair(operation.agent, operation.invoke_ns);
                         });
    if (after == history_.operations.begin()) return nullptr;
    const Operation& operation = *std::prev(after);
    const bool open = operation.complete_ns == 0 || operation.complete_ns >= time_ns;
    return operation.agent == agent && open ? &operation : nullptr;
  }

  void add_operation(std::uint32_t index, std::uint32_t lacking) {
    const Operation& from = history_.operations[index];
    TimelineOperation to;
    to.function = from.function;
    to.outcome = from.outcome;
    to.code = from.code;
    to.agent = from.agent;
    to.number = from.number;
    to.lacking = lacking;
    to.error = text(history_.texts[from.error]);
    to.intended_us = us(from.intended_ns);
    to.invoke_us = us(from.invoke_ns);
    if (from.complete_ns != 0) to.complete_us = us(from.complete_ns);
    const auto attempts = attempts_of(history_, from).calls;
    bool refused = false;
    for (const Call& call : calls_of(history_, from)) {
      TimelineCall drawn;
      drawn.function = call.function;
      drawn.windows_code = call.windows_code;
      drawn.os_error = call.os_error;
      drawn.observed = call.observed;
      drawn.attempt = std::find(attempts.begin(), attempts.end(), &call) != attempts.end();
      drawn.received_us = us(call.received_ns);
      drawn.answered_us = us(call.answered_ns);
      drawn.path = text(file_name(call.path));
      drawn.destination = text(file_name(call.destination));
      if (call.windows_code != 0) {
        refused = true;
        ++timeline_.kept_refusals;
        for (const Holder& holder : call.holders) drawn.holders.push_back(mention_of(holder, call));
        if (call.holders.empty()) drawn.holders.push_back(mention_of(Holder{}, call));
      }
      to.calls.push_back(std::move(drawn));
    }
    if (refused) ++timeline_.kept_refused;
    if (from.outcome != Outcome::ok || lacking > 0) ++timeline_.kept_unsuccessful;
    timeline_.operations.push_back(std::move(to));
  }

  void add_holds() {
    for (const auto& [injector, fired] : fired_) timeline_.all_holds += fired.size();
    const std::uint64_t step = timeline_.all_holds / std::max<std::size_t>(limits_.holds, 1) + 1;
    std::uint64_t number = 0;
    for (const auto& [injector, fired] : fired_) {
      for (const Fault* fault : fired) {
        if (number++ % step != 0) continue;
        TimelineHold hold{injector_holder_[injector], us(fault->fired_ns), std::nullopt,
                          fault->planned_hold_ns / 1000, text(file_name(fault->path))};
        if (fault->released_ns != 0) hold.until_us = us(fault->released_ns);
        timeline_.holds.push_back(hold);
      }
    }
  }

  void add_waits() {
    std::map<std::pair<int, int>, std::uint64_t> bars;  // retry, quarter octave
    for (const ObservedWait& wait : observed_waits(history_)) {
      const double ms = std::max(static_cast<double>(wait.wait_ns) / 1e6, 1e-3);
      ++bars[{std::min(wait.retry, 1000), static_cast<int>(std::floor(std::log2(ms) * 4))}];
    }
    for (const auto& [key, count] : bars) {
      timeline_.waits.push_back({key.first, std::exp2(key.second / 4.0), count});
    }
  }

  void find_first() {
    const auto& operations = timeline_.operations;
    const auto note = [&](std::optional<std::size_t>& first, std::size_t at) {
      if (!first || operations[at].invoke_us < operations[*first].invoke_us) first = at;
    };
    for (std::size_t at = 0; at < operations.size(); ++at) {
      const TimelineOperation& operation = operations[at];
      if (operation.outcome != Outcome::ok || operation.lacking > 0) note(timeline_.first_failure, at);
      const bool refused = std::any_of(operation.calls.begin(), operation.calls.end(),
                                       [](const TimelineCall& call) { return call.windows_code != 0; });
      if (refused) note(timeline_.first_refusal, at);
    }
  }

  void find_span() {
    bool any = false;
    const auto reach = [&](std::int64_t time_us) {
      timeline_.from_us = any ? std::min(timeline_.from_us, time_us) : std::min<std::int64_t>(0, time_us);
      timeline_.until_us = any ? std::max(timeline_.until_us, time_us) : time_us;
      any = true;
    };
    for (const Operation& operation : history_.operations) {
      reach(us(operation.invoke_ns));
      if (operation.complete_ns != 0) reach(us(operation.complete_ns));
    }
    for (const TimelineHold& hold : timeline_.holds) {
      reach(hold.from_us);
      if (hold.until_us) reach(*hold.until_us);
    }
    for (const TimelineKill& kill : timeline_.kills) reach(kill.at_us);
    if (history_.finished_ns != 0) reach(us(history_.finished_ns));
    timeline_.until_us = std::max(timeline_.until_us, timeline_.from_us + 1);
  }

  void add_bins() {
    timeline_.agents_a_lane = (std::max(timeline_.agents, 1U) + most_lanes - 1) / most_lanes;
    timeline_.bin_us = (timeline_.until_us - timeline_.from_us) / most_bins + 1;
    std::map<std::pair<std::uint32_t, std::uint32_t>, TimelineBin> bins;
    for (const Operation& operation : history_.operations) {
      const std::uint32_t lane = operation.agent / timeline_.agents_a_lane;
      const auto at =
          static_cast<std::uint32_t>((us(operation.invoke_ns) - timeline_.from_us) / timeline_.bin_us);
      TimelineBin& bin = bins[{lane, at}];
      ++(operation.outcome == Outcome::ok     ? bin.ok
         : operation.outcome == Outcome::fail ? bin.failed
                                              : bin.unknown);
      for (const Call& call : calls_of(history_, operation)) bin.refused += call.windows_code != 0 ? 1 : 0;
    }
    for (auto& [key, bin] : bins) {
      std::tie(bin.lane, bin.at) = key;
      timeline_.bins.push_back(bin);
    }
  }

  const Plan& plan_;
  const History& history_;
  const TimelineLimits& limits_;
  std::int64_t zero_ns_;
  Timeline timeline_;
  std::unordered_map<std::string, std::uint32_t> text_at_;
  std::map<std::pair<std::int32_t, std::string>, std::size_t> holder_at_;
  std::map<std::uint32_t, std::uint32_t> injector_holder_;
  std::map<std::uint32_t, std::vector<const Fault*>> fired_;  // by injector, in the order of time
};

}  // namespace

Timeline timeline_of(const Plan& plan, const History& history, const TimelineLimits& limits) {
  return Drawing(plan, history, limits).drawn();
}

}  // namespace holdfast
