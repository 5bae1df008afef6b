// Adapts a store in the agent's own process to the queue that it drives. Each store has its own file, which defines
// `make_NAME_queue`, and a row in stores.def.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/crowd/agents/queue.h"

namespace holdfast {

struct StoreRequest {
  const Plan& plan;
  std::uint32_t agent = 0;
  const std::filesystem::path& directory;
  Sleep sleep;
};

#define HOLDFAST_STORE(name, word, retry) std::unique_ptr<Queue> make_##name##_queue(StoreRequest request);
#include "harness/scenario/stores.def"
#undef HOLDFAST_STORE

// `Store` has broadcast(), receive() and counters().
template <typename Store>
class StoreQueue : public Queue {
 public:
  template <typename... Arguments>
  explicit StoreQueue(Arguments&&... arguments) : store_(std::forward<Arguments>(arguments)...) {}

  Result<> broadcast(const Entry& message, const std::vector<std::string>& recipients) override {
    return store_.broadcast(message, recipients);
  }
  Result<std::vector<Entry>> receive(const std::string& recipient) override {
    return store_.receive(recipient);
  }
  [[nodiscard]] RetryCounters counters() const override { return store_.counters(); }

 protected:
  Store store_;
};

}  // namespace holdfast
