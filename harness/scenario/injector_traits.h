// Traits of the kinds of injectors: which keys they take, and whether they are processes.
#pragma once

#include "harness/scenario/scenario.h"

namespace holdfast {

namespace injector_trait {
inline constexpr unsigned process = 1U
                                    << 0U;  // it opens files itself; otherwise it is a rule of the supervisor
inline constexpr unsigned holds = 1U << 1U;        // for a time: hold
inline constexpr unsigned by_time = 1U << 2U;      // period, start_delay
inline constexpr unsigned watches = 1U << 3U;      // triggers, chance, delay
inline constexpr unsigned names_files = 1U << 4U;  // path
inline constexpr unsigned needs_path = 1U << 5U;   // and path is required
inline constexpr unsigned counts = 1U << 6U;       // count
inline constexpr unsigned shares = 1U << 7U;       // share
inline constexpr unsigned has_victims = 1U << 8U;  // victim
}  // namespace injector_trait

constexpr unsigned traits_of(InjectorKind kind) {
  using namespace injector_trait;
  switch (kind) {
#define HOLDFAST_INJECTOR(name, word, traits) \
  case InjectorKind::name:                    \
    return traits;
#include "harness/scenario/injectors.def"
#undef HOLDFAST_INJECTOR
  }
  return 0;
}

constexpr bool has(InjectorKind kind, unsigned trait) {
  return (traits_of(kind) & trait) != 0;
}

// Whether it is a process; the others are rules in the supervisor.
constexpr bool has_process(InjectorKind kind) {
  return has(kind, injector_trait::process);
}

}  // namespace holdfast
