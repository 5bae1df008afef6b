// Any bytes as a scenario, as a plan.json and as a manifest: an error is a sentence with its place, and what is taken can be
// written down and read again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/check.h"
#include "harness/scenario/manifest.h"
#include "harness/scenario/plan/plan.h"

using namespace holdfast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto variants = parse_variants(text, "/s.toml");
  if (!variants) {
    HOLDFAST_CHECK(variants.error().code == Code::invalid);
    HOLDFAST_CHECK(variants.error().message.starts_with("/s.toml"));
    HOLDFAST_CHECK(variants.error().message.size() < 10'000);
  } else {
    HOLDFAST_CHECK(!variants->empty());
    for (const Variant& variant : *variants) {
      Plan plan;
      plan.scenario = variant.scenario;
      const auto read = parse_plan(to_json(plan), "plan.json");
      HOLDFAST_CHECK(read && *read == plan);
    }
  }
  if (const auto plan = parse_plan(text, "plan.json")) {
    const auto again = parse_plan(to_json(*plan), "plan.json");
    HOLDFAST_CHECK(again && to_json(*again) == to_json(*plan));
  }
  if (const auto manifest = parse_manifest(text, "/m.toml")) {
    HOLDFAST_CHECK(!right_subjects(*manifest).empty() || !manifest->mutants.empty());
  } else {
    HOLDFAST_CHECK(manifest.error().code == Code::invalid);
    HOLDFAST_CHECK(manifest.error().message.starts_with("/m.toml"));
    HOLDFAST_CHECK(manifest.error().message.size() < 10'000);
  }
  return 0;
}
