// Any bytes as a result.json or a trials-plan.json: what is taken is written as it was read, and every format can be
// made of it.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/check.h"
#include "reports/compare/compare.h"
#include "reports/compare/render.h"
#include "reports/run/render.h"
#include "reports/trials/trials.h"

using namespace holdfast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto summary = parse_summary(text, "result.json")) {
    const std::string json = to_json(*summary);
    const auto again = parse_summary(json, "result.json");
    HOLDFAST_CHECK(again && to_json(*again) == json);
    HOLDFAST_CHECK(!render_terminal(*summary, true, 80).empty());
    HOLDFAST_CHECK(!render_markdown(*summary).empty());
    HOLDFAST_CHECK(!render_junit(*summary).empty());
    HOLDFAST_CHECK(!render_comparison_terminal(compare(*summary, *summary), false, 40).empty());
  }
  if (const auto plan = parse_trials_plan(text, "trials-plan.json")) {
    const auto again = parse_trials_plan(to_json(*plan), "trials-plan.json");
    HOLDFAST_CHECK(again && to_json(*again) == to_json(*plan));
  }
  return 0;
}
