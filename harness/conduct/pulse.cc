#include "harness/conduct/pulse.h"

#include <chrono>
#include <utility>

#include "harness/conduct/reference.h"

namespace holdfast {
namespace {

constexpr std::chrono::milliseconds rest(500);
constexpr std::int64_t busy_ns = 250'000'000;  // a flush behind a few others still takes less

}  // namespace

std::int64_t standstill_ns(std::int64_t round_ns) {
  return round_ns < busy_ns ? 0 : round_ns;
}

Pulse::Pulse(std::filesystem::path directory, bool flushed)
    : directory_(std::move(directory)), flushed_(flushed), thread_([this] { beat(); }) {}

std::int64_t Pulse::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  return stood_still_ns_;
}

void Pulse::beat() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, rest, [&] { return stopping_; })) {
    lock.unlock();
    const auto round_ns = time_round(directory_, "pulse", flushed_);
    lock.lock();
    if (round_ns) stood_still_ns_ += standstill_ns(*round_ns);
  }
}

}  // namespace holdfast
