#include "harness/supervisor/before/kill_points.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace holdfast {
namespace {

const std::string after_the_answer = "its answer";

bool is_lock_call(std::string_view call) {
  return call == "lock" || call == "unlock" || call == "flock";
}

}  // namespace

KillPoints KillPoints::every_call(std::uint32_t broadcasts) {
  return {true, broadcasts, {}};
}

KillPoints KillPoints::at_random(std::uint32_t broadcasts, std::deque<std::uint64_t> before_call) {
  return {false, broadcasts, std::move(before_call)};
}

KillPoints::KillPoints(bool every_call, std::uint32_t broadcasts, std::deque<std::uint64_t> before_call)
    : every_call_(every_call), broadcasts_left_(broadcasts), before_call_(std::move(before_call)) {
  over_ = broadcasts_left_ <= 1 || (!every_call_ && before_call_.empty());
}

// "write *.tmp", "write *.tmp (2nd time)". Lock calls on one file that follow each other are a run; in a run
// each kind is one point, however often it is tried.
std::string KillPoints::point_of(std::string_view call, std::string_view file) {
  std::string point = fmt::format("{} {}", call, file);
  if (!is_lock_call(call)) {
    lock_file_.clear();
    const std::uint32_t time = ++times_[point];
    return time == 1 ? point : fmt::format("{}, number {}", point, time);
  }
  if (lock_file_ != file) {
    ++lock_runs_;
    lock_file_ = file;
  }
  return lock_runs_ == 1 ? point : fmt::format("{}, number {}", point, lock_runs_);
}

bool KillPoints::kills_before(std::string_view call, std::string_view file) {
  if (over_) return false;
  const std::string point = point_of(call, file);
  if (std::find(save_.begin(), save_.end(), point) == save_.end()) save_.push_back(point);
  if (!kills_at(point)) return false;
  end_broadcast();
  return true;
}

bool KillPoints::kills_after_broadcast(bool acknowledged) {
  if (over_) return false;
  if (acknowledged && save_.size() > points_.size()) points_ = save_;
  const bool killed = acknowledged && kills_at(after_the_answer);
  if (acknowledged && !killed && begun_ && every_call_) {
    points_ = save_;
    complete_ = over_ = true;
  }
  begun_ = begun_ || acknowledged;
  end_broadcast();
  return killed;
}

bool KillPoints::kills_at(const std::string& point) {
  if (!begun_ || over_) return false;
  if (every_call_) return killed_before_.insert(point).second;
  if (++calls_ < before_call_.front()) return false;
  before_call_.pop_front();
  calls_ = 0;
  return true;
}

void KillPoints::end_broadcast() {
  save_.clear();
  times_.clear();
  lock_runs_ = 0;
  lock_file_.clear();
  --broadcasts_left_;
  if (broadcasts_left_ <= 1 || (!every_call_ && before_call_.empty())) over_ = true;
}

std::uint64_t KillPoints::visited() const {
  return static_cast<std::uint64_t>(std::count_if(
      points_.begin(), points_.end(), [&](const auto& point) { return killed_before_.contains(point); }));
}

}  // namespace holdfast
