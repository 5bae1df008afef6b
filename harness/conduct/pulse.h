// How long the disk stood still while the load ran: every half second a round of the reference work (reference.h),
// beside everybody else's. Journals that wait for another program's writes hold up all of a filesystem for seconds,
// the most correct store too, and no other clock of ours shows it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <thread>

namespace holdfast {

class Pulse {
 public:
  Pulse(std::filesystem::path directory, bool flushed);  // begins; as time_reference does
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;
  ~Pulse() { stop(); }

  // Ends it, after the round that is under way, and leaves no file. All the time of rounds that took longer than a disk
  // takes that is only busy; rounds that failed are the store's to tell. From the thread that began it.
  std::int64_t stop();

 private:
  void beat();

  const std::filesystem::path directory_;
  const bool flushed_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::int64_t stood_still_ns_ = 0;  // read once the thread is gone
  std::thread thread_;
};

// What a round counts for.
std::int64_t standstill_ns(std::int64_t round_ns);

}  // namespace holdfast
