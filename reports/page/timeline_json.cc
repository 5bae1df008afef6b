// Columns of numbers, for as rows of objects they would be several times as long. Where a column holds
// differences, its name says to what.
#include "reports/page/timeline_json.h"

#include "harness/history/function_words.h"
#include "reports/format/html_text.h"
#include "reports/format/ordered_json.h"

namespace holdfast {
namespace {

template <typename Values, typename Take>
OrderedJson column(const Values& values, const Take& take) {
  OrderedJson array = OrderedJson::array();
  for (const auto& value : values) array.push_back(take(value));
  return array;
}

OrderedJson maybe(const std::optional<std::int64_t>& value) {
  return value ? OrderedJson(*value) : OrderedJson(nullptr);
}

OrderedJson holders_json(const std::vector<TimelineHolder>& holders) {
  return column(holders, [](const TimelineHolder& holder) {
    OrderedJson json = {{"name", holder.name},
                        {"kind", static_cast<unsigned>(holder.kind)},
                        {"pid", holder.pid},
                        {"program", holder.program},
                        {"share", holder.share}};
    if (holder.index != no_process) json["index"] = holder.index;
    return json;
  });
}

OrderedJson mention_json(const TimelineMention& mention) {
  OrderedJson row = {mention.holder, mention.access, maybe(mention.since_us), maybe(mention.until_us)};
  if (!mention.during.empty()) row.push_back(mention.during);
  return row;
}

// [function, code, errno, observed, attempt, after invoke, took, path, destination, holders?]
OrderedJson call_json(const TimelineCall& call, std::int64_t invoke_us) {
  OrderedJson row = {static_cast<unsigned>(call.function),
                     call.windows_code,
                     call.os_error,
                     call.observed ? 1 : 0,
                     call.attempt ? 1 : 0,
                     call.received_us - invoke_us,
                     call.answered_us - call.received_us,
                     call.path,
                     call.destination};
  if (!call.holders.empty()) row.push_back(column(call.holders, mention_json));
  return row;
}

OrderedJson operations_json(const std::vector<TimelineOperation>& operations) {
  OrderedJson json;
  const auto add = [&](const char* name, const auto& take) { json[name] = column(operations, take); };
  using Of = TimelineOperation;
  add("agent", [](const Of& of) { return of.agent; });
  add("number", [](const Of& of) { return of.number; });
  add("function", [](const Of& of) { return static_cast<unsigned>(of.function); });
  add("outcome", [](const Of& of) { return static_cast<unsigned>(of.outcome); });
  add("code", [](const Of& of) { return of.code; });
  add("lacking", [](const Of& of) { return of.lacking; });
  add("error", [](const Of& of) { return of.error; });
  add("invoke", [](const Of& of) { return of.invoke_us; });
  add("late", [](const Of& of) { return of.invoke_us - of.intended_us; });
  add("took", [](const Of& of) {
    return of.complete_us ? OrderedJson(*of.complete_us - of.invoke_us) : OrderedJson(nullptr);
  });
  add("calls", [](const Of& of) {
    return column(of.calls, [&](const TimelineCall& call) { return call_json(call, of.invoke_us); });
  });
  return json;
}

}  // namespace

std::string timeline_json(const Timeline& timeline) {
  OrderedJson json;
  json["agents"] = timeline.agents;
  json["from"] = timeline.from_us;
  json["until"] = timeline.until_us;
  json["quiesced"] = maybe(timeline.quiesced_us);
  json["whole"] = timeline.whole();
  json["firstFailure"] = timeline.first_failure ? OrderedJson(*timeline.first_failure) : OrderedJson(nullptr);
  json["firstRefusal"] = timeline.first_refusal ? OrderedJson(*timeline.first_refusal) : OrderedJson(nullptr);
  json["texts"] = timeline.texts;
  for (const auto& [function, word] : function_words)
    json["functions"][std::to_string(static_cast<unsigned>(function))] = word;
  json["holders"] = holders_json(timeline.holders);
  json["operations"] = operations_json(timeline.operations);
  json["holds"] = column(timeline.holds, [](const TimelineHold& hold) {
    return OrderedJson{hold.holder, hold.from_us, maybe(hold.until_us), hold.planned_us, hold.path};
  });
  json["kills"] = column(timeline.kills, [](const TimelineKill& kill) {
    return OrderedJson{kill.agent, kill.at_us, kill.call, kill.path};
  });
  if (!timeline.bins.empty()) {
    json["agentsALane"] = timeline.agents_a_lane;
    json["bin"] = timeline.bin_us;
    json["bins"] = column(timeline.bins, [](const TimelineBin& bin) {
      return OrderedJson{bin.lane, bin.at, bin.ok, bin.failed, bin.unknown, bin.refused};
    });
  }
  return script_json(json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
}

}  // namespace holdfast
