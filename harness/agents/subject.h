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

class Subject {
 public:
  Subject() = default;
  virtual ~Subject() = default;
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  // An error means definitely not done, except Code::indefinite.
  virtual Result<> broadcast(const Entry& message, const std::vector<std::string>& recipients) = 0;

  // The entries addressed to `recipient`, in queue order.
  virtual Result<std::vector<Entry>> receive(const std::string& recipient) = 0;

  // Attempts and waits so far, as the subject counts them itself.
  [[nodiscard]] virtual RetryCounters counters() const = 0;

  // The last call met bytes that do not parse, and went on as if nothing were there: what it saw.
  [[nodiscard]] virtual std::optional<std::string> swallowed_corruption() { return std::nullopt; }
};

// The subject that the plan names, on the store in `directory`. `sleep` returns false to cut an operation short.
std::unique_ptr<Subject> make_subject(const Plan& plan, std::uint32_t agent, const std::filesystem::path& directory,
                                      Sleep sleep);

}  // namespace holdfast
