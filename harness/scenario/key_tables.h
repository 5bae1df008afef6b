// The tables behind keys.h, one per section, each in its own file.
#pragma once

#include "harness/scenario/fields.h"
#include "harness/scenario/scenario.h"

namespace holdfast {

// Agents and holds multiply durations by counts of up to 100,000: at most a day each keeps the product within 63 bits
// of ns.
inline constexpr Duration longest_duration = std::chrono::hours(24);
inline constexpr std::int64_t most_agents = 100'000;
inline constexpr std::int64_t most_broadcasts = 10'000'000;
inline constexpr std::int64_t most_holds = 100'000;
inline constexpr std::int64_t most_readers = 1'000;

const Keys<Scenario>& scenario_keys();
const Keys<Subject>& subject_keys();
const Keys<RetryPolicy>& retry_keys();
const Keys<Agents>& agents_keys();
const Keys<Sharing>& sharing_keys();
const Keys<Injector>& injector_keys();
const Keys<HoldTime>& hold_keys();
const Keys<RareHolds>& rare_keys();
const Keys<Expectation>& expectation_keys();
const Keys<Waiver>& waiver_keys();
const Keys<Variant>& variant_keys();
const Keys<Scenario>& run_keys();
const Keys<Scenario>& delivered_keys();

extern const Words<StoreKind> store_words;
extern const Words<InjectorKind> injector_words;

// Checks that the times of a hold read from `node` are consistent.
Result<> check_hold(const Node& node, const std::string& path, const HoldTime& hold);

// A constant duration or a distribution.
template <typename Section>
Field<Section> hold_time(HoldTime Section::*member) {
  const std::string wanted = "a duration such as \"400ms\", or { median, p99, max, rare }";
  return {wanted,
          [=](const Node& node, const std::string& path, Section& section) -> Result<> {
            HoldTime& hold = section.*member;
            if (node.type == Node::Type::table) {
              if (auto read = read_section(node, path, hold_keys(), hold); !read) return read;
              return check_hold(node, path, hold);
            }
            if (node.type != Node::Type::string) return mismatch(node, path, wanted);
            hold = {};
            return hold_keys().front().field.read(node, path, hold);
          },
          [=](const Section& section) -> std::optional<Node> {
            const HoldTime& hold = section.*member;
            if (hold.p99 || hold.max || hold.rare) return write_section(hold, hold_keys());
            return Node::of(format_duration(hold.median));
          },
          [] {
            return schema::any_of({schema::duration(), section_schema(hold_keys())});
          }};
}

// The default retry policy: the core's, or what the original application claimed.
RetryPolicy default_retry(StoreKind store);

// The schemas of [subject] and of an [[inject]], whose keys depend on their kind.
Node subject_schema();
Node injector_schema();

std::string_view subject_kind_word(const Subject& subject);
std::string_view injector_kind_word(const Injector& injector);

// [[inject]]: an array of tables, names filled in and checked.
Field<Scenario> injectors_field();

}  // namespace holdfast
