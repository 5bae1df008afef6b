#include "harness/conduct/watch/lock_watch.h"

#include <algorithm>
#include <limits>

namespace holdfast {
namespace {

// The first look comes after three quarters of the deadline, since an operation may be ended right after it; each
// next one when the silence has grown by a third, so the second comes at the deadline.
std::int64_t first_look(std::int64_t deadline_ns) {
  return deadline_ns / 4 * 3;
}
std::int64_t next_look(std::int64_t silence_ns) {
  return silence_ns / 3 * 4 + 1;
}

// Looks take at most a twentieth of the time.
constexpr std::int64_t rest_after_look = 19;

}  // namespace

void LockWatch::heard(std::uint32_t agent, std::int64_t now_ns) {
  silent_[agent] = {now_ns, now_ns + first_look(deadline_ns_)};
}

std::int64_t LockWatch::due_ns() const {
  std::int64_t due_ns = std::numeric_limits<std::int64_t>::max();
  for (const auto& [agent, silence] : silent_) due_ns = std::min(due_ns, silence.look_ns);
  return std::max(due_ns, not_before_ns_);
}

void LockWatch::looked(std::int64_t begin_ns, std::int64_t end_ns) {
  not_before_ns_ = end_ns + rest_after_look * (end_ns - begin_ns);
  for (auto& [agent, silence] : silent_) {
    if (silence.look_ns <= end_ns) silence.look_ns = silence.since_ns + next_look(end_ns - silence.since_ns);
  }
}

}  // namespace holdfast
