#include <charconv>

#include "harness/history/recorder.h"

namespace holdfast {
namespace {

constexpr std::string_view event_file_suffix = ".events";

}  // namespace

std::string event_file_name(Role role, std::uint32_t index) {
  const std::string suffix(event_file_suffix);
  switch (role) {
    case Role::conductor:
      return "conductor" + suffix;
    case Role::supervisor:
      return "supervisor" + suffix;
    case Role::agent:
      return "agent-" + std::to_string(index) + suffix;
    case Role::injector:
      return "injector-" + std::to_string(index) + suffix;
    case Role::reader:
      return "reader-" + std::to_string(index) + suffix;
  }
  return "unknown" + suffix;
}

std::optional<EventFileName> parse_event_file_name(std::string_view name) {
  for (const Role role : {Role::conductor, Role::supervisor}) {
    if (name == event_file_name(role)) return EventFileName{role, no_process};
  }
  for (const Role role : {Role::agent, Role::injector, Role::reader}) {
    const std::string_view prefix = role == Role::agent      ? "agent-"
                                    : role == Role::injector ? "injector-"
                                                             : "reader-";
    if (!name.starts_with(prefix)) continue;
    std::uint32_t index = 0;
    const auto [rest, problem] =
        std::from_chars(name.data() + prefix.size(), name.data() + name.size(), index);
    // Only the one spelling that is written: no leading zeros, nothing behind.
    if (problem == std::errc() && index != no_process && name == event_file_name(role, index)) {
      return EventFileName{role, index};
    }
  }
  return std::nullopt;
}

}  // namespace holdfast
