#include "harness/crowd/agents/store_queue.h"
#include "scenarios/subjects/unlocked_store.h"

namespace holdfast {

std::unique_ptr<Queue> make_unlocked_queue(StoreRequest request) {
  const Subject& subject = request.plan.scenario.subject;
  UnlockedOptions options;
  options.retry = subject.retry;
  options.read_for = [plan = request.plan, agent = request.agent](std::uint64_t attempt) {
    return planned_read(plan, agent, attempt);
  };
  options.durability = subject.durability;
  options.seed = agent_seed(request.plan, request.agent);
  options.sleep = std::move(request.sleep);
  return std::make_unique<StoreQueue<UnlockedStore>>(request.directory, std::move(options));
}

}  // namespace holdfast
