// What an agent drives: a queue that broadcasts and receives.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/retry/retry.h"
#include "core/store/entry.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

class Queue {
 public:
  Queue() = default;
  virtual ~Queue() = default;
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  // Called before the run begins. An error means that there is no subject to test.
  virtual Result<> begin() { return {}; }

  // An error means definitely not done, except Code::indefinite.
  virtual Result<> broadcast(const Entry& message, const std::vector<std::string>& recipients) = 0;

  // The entries addressed to `recipient`, in queue order.
  virtual Result<std::vector<Entry>> receive(const std::string& recipient) = 0;

  // Whether the last receive returned bodies; if not, only the ids are the subject's, and the bodies are the plan's.
  [[nodiscard]] virtual bool told_bodies() const { return true; }

  // Attempts and waits so far, by its own count.
  [[nodiscard]] virtual RetryCounters counters() const = 0;

  // If the last call found bytes that do not parse and treated them as empty: what it found.
  [[nodiscard]] virtual std::optional<std::string> swallowed_corruption() { return std::nullopt; }

  // Observations about the subject since the last call, apart from outcomes of operations.
  [[nodiscard]] virtual std::vector<std::string> take_warnings() { return {}; }

  // Pids of the subject's programs that had to be ended since the last call.
  [[nodiscard]] virtual std::vector<pid_t> take_ended() { return {}; }

  // No more requests follow: releases everything.
  virtual void finish() {}
};

// The values of an entry's `seen` event: its message, its position, and whether its body is the one that was sent.
std::array<std::uint64_t, 4> seen_value(const Plan& plan, const Entry& entry, std::uint64_t position,
                                        bool told_bodies);

// The queue that the plan names as its subject, on the store in `directory`. `sleep` returns false to cut an
// operation short.
std::unique_ptr<Queue> make_queue(const Plan& plan, std::uint32_t agent,
                                  const std::filesystem::path& directory, Sleep sleep);

}  // namespace holdfast
