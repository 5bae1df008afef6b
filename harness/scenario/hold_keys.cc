// hold = …: how long a file stays open, or a call is held up.
#include <string>

#include "harness/scenario/key_tables.h"

namespace holdfast {
namespace {

Field<HoldTime> rare_field() {
  const std::string wanted = "{ chance, min, max }";
  return {wanted,
          [=](const Node& node, const std::string& path, HoldTime& hold) -> Result<> {
            if (node.type != Node::Type::table) return mismatch(node, path, wanted);
            RareHolds rare;
            if (auto read = read_section(node, path, rare_keys(), rare); !read) return read;
            hold.rare = rare;
            return {};
          },
          [](const HoldTime& hold) {
            return hold.rare ? std::optional<Node>(write_section(*hold.rare, rare_keys())) : std::nullopt;
          },
          [] { return section_schema(rare_keys()); }};
}

}  // namespace

Result<> check_hold(const Node& node, const std::string& path, const HoldTime& hold) {
  const auto refuse = [&](const char* key, const std::string& why) {
    return fail_at(node.find(key)->place, path + "." + key + " " + why);
  };
  const std::string median = "hold.median, " + format_duration(hold.median);
  if (hold.p99 && *hold.p99 < hold.median) {
    return refuse("p99", fmt::format("is {}, but must not be below {}", format_duration(*hold.p99), median));
  }
  if (hold.max && *hold.max < hold.median) {
    return refuse("max", fmt::format("is {}, but must not be below {}", format_duration(*hold.max), median));
  }
  if (hold.max && !hold.p99) return refuse("max", "cuts a distribution, so it needs hold.p99 beside it");
  if (hold.rare && hold.rare->max < hold.rare->min) {
    return fail_at(node.find("rare")->find("max")->place,
                   fmt::format("{}.rare.max is {}, but must not be below rare.min, {}", path,
                               format_duration(hold.rare->max), format_duration(hold.rare->min)));
  }
  return {};
}

const Keys<HoldTime>& hold_keys() {
  static const Keys<HoldTime> keys = {
      {"median", "median hold time: half of the holds are shorter",
       duration(&HoldTime::median, Duration(1), longest_duration), true},
      {"p99", "one hold in a hundred is longer: makes the holds lognormal; without it, all are equal",
       duration(&HoldTime::p99, Duration(1), longest_duration)},
      {"max", "the longest hold: the distribution is cut here",
       duration(&HoldTime::max, Duration(1), longest_duration)},
      {"rare", "some holds are much longer", rare_field()},
  };
  return keys;
}

const Keys<RareHolds>& rare_keys() {
  static const Keys<RareHolds> keys = {
      {"chance", "the probability that a hold is a rare one", real_number(&RareHolds::chance, 0, 1), true},
      {"min", "the shortest of them", duration(&RareHolds::min, Duration(1), longest_duration), true},
      {"max", "the longest of them; every order of magnitude between the two is equally likely",
       duration(&RareHolds::max, Duration(1), longest_duration), true},
  };
  return keys;
}

}  // namespace holdfast
