#include "harness/scenario/figures.h"

#include "harness/scenario/check_names.h"

namespace holdfast {
namespace {

std::vector<Figure> all_figures() {
  std::vector<Figure> all = {
      {"agents.succeeded", "count",
       "agents whose every broadcast was acknowledged and reached every recipient once"},
      {"agents.total", "count", "agents that broadcast; readers are not counted"},
      {"success_rate", "share", "acknowledged of attempted broadcasts"},
      {"success_rate.lower", "share", "lower end of its 95 % interval"},
      {"success_rate.upper", "share", "upper end of its 95 % interval"},
      {"runs_needed", "count", "broadcasts without a failure that would show 99.9 %"},
      {"planned", "count", "broadcasts the scenario asks for"},
      {"attempted", "count", "broadcasts"},
      {"ok", "count", "broadcasts acknowledged"},
      {"failed", "count", "broadcasts that were definitely not done"},
      {"unknown", "count", "broadcasts that may or may not have been done"},
  };
  for (const CheckRow& check : check_rows) {
    if (!check.figure.empty()) all.push_back({check.name, "count", check.figure});
  }
  const std::vector<Figure> more = {
      {"retries.total", "count", "retries of all broadcasts"},
      {"retries.max", "count", "retries of the worst broadcast"},
      {"retries.p99", "count", "99th percentile of a broadcast's retries"},
      {"wait.p50", "ms", "median time a broadcast spent waiting to retry"},
      {"wait.p90", "ms", "90th percentile of it"},
      {"wait.p99", "ms", "99th percentile of it"},
      {"wait.max", "ms", "the longest"},
      {"latency.p50", "ms", "median time from a broadcast's intended start to its acknowledgement"},
      {"latency.p90", "ms", "90th percentile of it"},
      {"latency.p99", "ms", "99th percentile of it"},
      {"latency.p999", "ms", "99.9th percentile of it"},
      {"latency.max", "ms", "the longest"},
      {"refusals.total", "count", "calls that were refused because somebody held the file"},
      {"refusals.5", "count", "those refused as access denied"},
      {"refusals.32", "count", "those refused as a sharing violation"},
      {"injectors.fired", "count", "holds, kills and delays that really happened"},
      {"throughput", "1/s", "broadcasts acknowledged a second, while there was load"},
      {"fairness.share", "share",
       "what the worst-served agent got while all were asking, as a multiple of an even share"},
      {"fairness.gap", "ms", "the longest time that an agent went without an acknowledged broadcast"},
      {"load", "ms", "from the barrier to the last answer to a broadcast"},
      {"duration", "ms", "from the barrier to the end of the run"},
  };
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace

const std::vector<Figure>& figures() {
  static const std::vector<Figure> table = all_figures();
  return table;
}

const std::vector<std::string_view>& figure_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const Figure& figure : figures()) all.push_back(figure.name);
    return all;
  }();
  return names;
}

const Figure* find_figure(std::string_view name) {
  for (const Figure& figure : figures()) {
    if (figure.name == name) return &figure;
  }
  return nullptr;
}

}  // namespace holdfast
