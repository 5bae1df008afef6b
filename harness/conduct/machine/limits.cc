#include "harness/conduct/machine/limits.h"

#include <fmt/core.h>

#include <algorithm>

namespace holdfast {
namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1024} * 1024;

// What a run takes whatever its size, and what each agent or injector adds.
struct Need {
  std::uint64_t fixed = 0;
  std::uint64_t each = 0;
};

Need need(Resource resource) {
  switch (resource) {
    case Resource::processes:
      return {2, 1};  // the launcher, the supervisor's thread
    case Resource::descriptors:
      return {128, 0};  // the supervisor makes do with what there is beyond that
    case Resource::memory:
      return {128 * mebibyte, mebibyte / 2};  // measured with a thousand agents
  }
  return {};
}

std::string amount(Resource resource, std::uint64_t number) {
  if (resource == Resource::memory) return fmt::format("{} MiB", (number + mebibyte - 1) / mebibyte);
  return fmt::format("{}", number);
}

const char* name_of(Resource resource) {
  switch (resource) {
    case Resource::processes:
      return "processes";
    case Resource::descriptors:
      return "descriptors";
    case Resource::memory:
      return "of memory";
  }
  return "";
}

}  // namespace

std::uint64_t need_of(Resource resource, std::uint64_t members) {
  const Need needed = need(resource);
  return needed.fixed + members * needed.each;
}

std::vector<std::string> shortages(const std::vector<Limit>& limits, std::uint64_t agents,
                                   std::uint64_t injectors, std::uint64_t processes_each) {
  std::vector<std::string> sentences;
  for (const Limit& limit : limits) {
    const std::uint64_t each = limit.resource == Resource::processes ? processes_each : 1;
    const std::uint64_t needed = need_of(limit.resource, agents * each + injectors);
    if (needed <= limit.left()) continue;
    const auto text = [&](std::uint64_t number) { return amount(limit.resource, number); };
    std::string sentence =
        fmt::format("{} agent{} {} {}, and {} has {} left", agents, agents == 1 ? " needs" : "s need",
                    text(needed), name_of(limit.resource), limit.whose, text(limit.left()));
    if (limit.used > 0) sentence += fmt::format(" of {}", text(limit.most));
    sentence += fmt::format(": {} too {}", text(needed - limit.left()),
                            limit.resource == Resource::memory ? "little" : "few");
    std::string advice = limit.advice;
    if (const auto gap = advice.find("{}"); gap != std::string::npos) {
      advice.replace(gap, 2, fmt::format("{}", limit.used + needed));
    }
    if (!advice.empty()) sentence += "; " + advice;
    sentences.push_back(std::move(sentence));
  }
  return sentences;
}

std::uint64_t room_for_agents(const std::vector<Limit>& limits) {
  constexpr std::uint64_t most_agents = 100'000;  // a scenario may ask for no more
  constexpr std::uint64_t injectors = 2;
  std::uint64_t room = most_agents;
  for (const Limit& limit : limits) {
    const Need needed = need(limit.resource);
    const std::uint64_t fixed = needed.fixed + injectors * needed.each;
    if (limit.left() < fixed) return 0;
    if (needed.each > 0) room = std::min(room, (limit.left() - fixed) / needed.each);
  }
  return room;
}

}  // namespace holdfast
