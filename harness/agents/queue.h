// What an agent drives: a queue that broadcasts and receives.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/retry/retry.h"
#include "core/store/entry.h"
#include "harness/scenario/plan.h"

namespace holdfast {

class Queue {
 public:
  Queue() = default;
  virtual ~Queue() = default;
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  // An error means definitely not done, except Code::indefinite.
  virtual Result<> broadcast(const Entry& message, const std::vector<std::string>& recipients) = 0;

  // The entries addressed to `recipient`, in queue order.
  virtual Result<std::vector<Entry>> receive(const std::string& recipient) = 0;

  // Attempts and waits so far, as it counts them itself.
  [[nodiscard]] virtual RetryCounters counters() const = 0;

  // The last call met bytes that do not parse, and went on as if nothing were there: what it saw.
  [[nodiscard]] virtual std::optional<std::string> swallowed_corruption() { return std::nullopt; }
};

// The queue that the plan names as its subject, on the store in `directory`. `sleep` returns false to cut an
// operation short.
std::unique_ptr<Queue> make_queue(const Plan& plan, std::uint32_t agent,
                                  const std::filesystem::path& directory, Sleep sleep);

}  // namespace holdfast
