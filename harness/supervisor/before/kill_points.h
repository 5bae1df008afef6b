// Decides before which of its file calls a victim is killed: pure, from the calls as they come.
//
// A point of a save is a call on a file, distinguished from others of its kind by its number within the save: the
// second write of the temporary file is a different point from the first. Repeated calls are the same point if chance
// alone decides how many there are: a lock requested again and again while another process has it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

// What the plan asks of the injectors that kill.
struct KillRule {
  std::uint32_t injector = 0;
  bool every_call = true;
  std::vector<std::uint32_t> victims;
  std::vector<std::uint64_t> before_call{};  // at random: kill n comes right before this call of victim
      // n % victims.size(), counted from 1 since its start or last kill
  std::uint32_t broadcasts = 0;  // per victim
};

// One victim. Kills begin after its first acknowledged broadcast, so that every save that is cut short finds a queue;
// its last broadcast is spared, so that a save follows the last kill.
class KillPoints {
 public:
  // Every call of a save, once each.
  static KillPoints every_call(std::uint32_t broadcasts);
  // Before these calls, each counted from 1 since the last kill.
  static KillPoints at_random(std::uint32_t broadcasts, std::deque<std::uint64_t> before_call);

  // The victim is about to do `call` on `file`: whether to kill it instead. A kill ends its broadcast.
  bool kills_before(std::string_view call, std::string_view file);

  // A broadcast was answered: whether to kill the victim right then, before it does anything else.
  bool kills_after_broadcast(bool acknowledged);

  // Whether nothing is left to do.
  [[nodiscard]] bool over() const { return over_; }

  // For every_call(): a complete save had no call before which the victim had not been killed.
  [[nodiscard]] bool complete() const { return complete_; }
  // The file calls of a complete save, the longest seen; and before how many of them the victim was killed.
  [[nodiscard]] const std::vector<std::string>& points() const { return points_; }
  [[nodiscard]] std::uint64_t visited() const;

 private:
  KillPoints(bool every_call, std::uint32_t broadcasts, std::deque<std::uint64_t> before_call);
  std::string point_of(std::string_view call, std::string_view file);
  bool kills_at(const std::string& point);
  void end_broadcast();

  bool every_call_;
  std::uint64_t broadcasts_left_;
  std::deque<std::uint64_t> before_call_;
  std::uint64_t calls_ = 0;  // since the start or the last kill
  bool begun_ = false;
  bool over_ = false;
  bool complete_ = false;
  std::set<std::string> killed_before_;
  std::vector<std::string> points_;

  std::vector<std::string> save_;  // points of the save under way, in order
  std::map<std::string, std::uint32_t> times_;
  std::uint32_t lock_runs_ = 0;
  std::string lock_file_;  // of the current series of lock calls; empty: none
};

}  // namespace holdfast
