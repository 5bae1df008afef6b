// The tables behind keys.h, one a section, so that each stands in a file of its own.
#pragma once

#include "harness/scenario/fields.h"
#include "harness/scenario/scenario.h"

namespace holdfast {

// Agents and holds multiply durations by counts of up to 100,000: a day a time keeps that within 63 bits of
// ns.
inline constexpr Duration longest_duration = std::chrono::hours(24);
inline constexpr std::int64_t most_agents = 100'000;
inline constexpr std::int64_t most_broadcasts = 10'000'000;
inline constexpr std::int64_t most_holds = 100'000;

const Keys<Scenario>& scenario_keys();
const Keys<Subject>& subject_keys();
const Keys<RetryPolicy>& retry_keys();
const Keys<Agents>& agents_keys();
const Keys<Sharing>& sharing_keys();
const Keys<Injector>& injector_keys();
const Keys<HoldTime>& hold_keys();
const Keys<Expectation>& expectation_keys();
const Keys<Waiver>& waiver_keys();
const Keys<Variant>& variant_keys();
const Keys<Scenario>& run_keys();
const Keys<Scenario>& delivered_keys();

extern const Words<StoreKind> store_words;
extern const Words<InjectorKind> injector_words;

// What the store retries if nobody says otherwise: the core's default, or what the origin claimed.
RetryPolicy default_retry(StoreKind store);

std::string_view injector_kind_word(const Injector& injector);

// [[inject]]: an array of tables, names made and checked.
Field<Scenario> injectors_field();

}  // namespace holdfast
