#include <algorithm>

#include "harness/sharing/not_modelled.h"
#include "reports/exec/groups.h"
#include "reports/exec/render.h"
#include "reports/exec/suppression.h"
#include "reports/exec/words.h"
#include "reports/format/code_points.h"
#include "reports/format/ordered_json.h"
#include "reports/summary/milliseconds.h"

namespace holdfast {
namespace {

template <typename Values, typename Layout>
OrderedJson array_json(const Values& values, const Layout& layout) {
  OrderedJson array = OrderedJson::array();
  for (const auto& value : values) array.push_back(layout(value));
  return array;
}

OrderedJson or_null(bool there, OrderedJson value) {
  return there ? std::move(value) : OrderedJson(nullptr);
}

OrderedJson holder_json(const ExecHolder& holder) {
  return {{"pid", holder.pid},
          {"program", holder.program},
          {"path", holder.path},
          {"access", to_set(holder.access)},
          {"share", to_letters(holder.share)},
          {"kind", holder_kind_word(holder.kind)},
          {"inherited", holder.inherited},
          {"descriptor", or_null(holder.descriptor >= 0, holder.descriptor)},
          {"open_ms", or_null(holder.open_ns.has_value(), milliseconds(holder.open_ns.value_or(0)))}};
}

OrderedJson stack_json(const CodeStack& stack) {
  return array_json(stack.frames, [](const CodeFrame& frame) -> OrderedJson {
    return {{"function", or_null(!frame.function.empty(), frame.function)},
            {"file", or_null(!frame.file.empty(), frame.file)},
            {"line", or_null(frame.line > 0, frame.line)},
            {"module", or_null(!frame.module.empty(), frame.module)},
            {"offset", or_null(!frame.module.empty(), frame.offset)}};
  });
}

OrderedJson places_json(const Places& places) {
  return array_json(places, [](const auto& place) -> OrderedJson {
    return {{"directory", place.first}, {"calls", place.second}};
  });
}

OrderedJson refusal_json(const ExecRefusal& refusal) {
  return {{"call", call_word(refusal.call)},
          {"path", refusal.path},
          {"to", or_null(!refusal.destination.empty(), refusal.destination)},
          {"code", refusal.code},
          {"pid", refusal.pid},
          {"program", refusal.program},
          {"at_ms", milliseconds(refusal.at_ns)},
          {"errno", refusal.error},
          {"reason", reason_word(refusal.reason)},
          {"holders", array_json(refusal.holders, holder_json)},
          {"stack", stack_json(refusal.stack)},
          {"test", or_null(!refusal.stack.test.empty(), refusal.stack.test)}};
}

OrderedJson group_json(const ExecGroup& group) {
  return {
      {"call", call_word(group.key.call)},
      {"code", group.key.code},
      {"reason", reason_word(group.key.reason)},
      {"place", group.key.place},
      {"count", group.count},
      {"several_paths", group.several_paths},
      {"holders", array_json(group.key.holders,
                             [](const HolderKey& holder) -> OrderedJson {
                               return {{"kind", holder_kind_word(holder.first)}, {"program", holder.second}};
                             })},
      {"stack", stack_json(group.first->stack)},
      {"test", or_null(!group.first->stack.test.empty(), group.first->stack.test)},
      {"stack_note", or_null(!group.first->stack.note.empty(), group.first->stack.note)},
      {"code_places", group.code_places},
      {"advice", advice(group)},
      {"suppression", suppression_line(group.key)}};
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    if (!point.valid) return false;
    text.remove_prefix(point.bytes.size());
  }
  return true;
}

// Whether any text in it will be altered by dump().
bool has_broken_text(const OrderedJson& json) {
  if (json.is_string()) return !is_utf8(json.get_ref<const std::string&>());
  return json.is_structured() && std::any_of(json.begin(), json.end(), has_broken_text);
}

}  // namespace

std::string exec_json(const ExecReport& report) {
  std::vector<std::string> warnings;
  for (const Unjudged& unjudged : report.unjudged) warnings.push_back(unjudged.example);
  if (std::string moved = moved_sentence(report); !moved.empty()) warnings.push_back(std::move(moved));
  warnings.insert(warnings.end(), report.warnings.begin(), report.warnings.end());
  const int signal = report.wait_status & 0x7F;  // as Linux lays wait statuses out
  OrderedJson json{{"schema", "holdfast.exec/1"},
                   {"exit", signal != 0 ? 128 + signal : (report.wait_status >> 8) & 0xFF},
                   {"signal", or_null(signal != 0, signal)},
                   {"command", report.command},
                   {"directories", report.directories},
                   {"temporary", report.temporary},
                   {"enforced", report.enforced},
                   {"duration_ms", milliseconds(report.duration_ns)},
                   {"opens", report.opens_decided ? "decided" : "untrapped"},
                   {"decided", report.decided},
                   {"judged", places_json(report.judged)},
                   {"outside", places_json(report.outside)},
                   {"moved", places_json(report.moved)},
                   {"refused", counted_refusals(report)},
                   {"missed_refusals", report.missed_refusals},
                   {"refusals_beyond", report.refusals_beyond},
                   {"suppressed", report.suppressed},
                   {"spared", report.spared_count},
                   {"spared_refusals", array_json(report.spared, refusal_json)},
                   {"groups", array_json(group_refusals(report), group_json)},
                   {"refusals", array_json(report.refusals, refusal_json)},
                   {"injectors", array_json(report.injectors,
                                            [](const ExecInjector& injector) -> OrderedJson {
                                              return {{"name", injector.name},
                                                      {"planned", injector.planned},
                                                      {"fired", injector.fired},
                                                      {"min_fired", injector.min_fired}};
                                            })},
                   {"suppressions",
                    array_json(report.suppressions,
                               [](const SuppressionUse& use) -> OrderedJson {
                                 return {{"text", use.text}, {"count", use.count}, {"shipped", use.shipped}};
                               })},
                   {"unjudged", array_json(report.unjudged,
                                           [](const Unjudged& unjudged) -> OrderedJson {
                                             return {{"kind", doubt_word(unjudged.kind)},
                                                     {"meaning", doubt_meaning(unjudged.kind)},
                                                     {"count", unjudged.count},
                                                     {"example", unjudged.example}};
                                           })},
                   {"warnings", warnings},
                   {"not_modelled", not_modelled(true, report.opens_decided, report.enforced)}};
  json["bytes_replaced"] = has_broken_text(json);
  return dumped(json);
}

}  // namespace holdfast
