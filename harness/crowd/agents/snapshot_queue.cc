#include "core/store/snapshot_store.h"
#include "harness/crowd/agents/store_queue.h"

namespace holdfast {

std::unique_ptr<Queue> make_snapshot_queue(StoreRequest request) {
  const Scenario& scenario = request.plan.scenario;
  StoreOptions options;
  options.retry = scenario.subject.retry;
  options.durability = scenario.subject.durability;
  options.lock_timeout = scenario.agents.operation_deadline;
  options.seed = agent_seed(request.plan, request.agent);
  options.hooks.sleep = std::move(request.sleep);
  return std::make_unique<StoreQueue<SnapshotStore>>(request.directory, std::move(options));
}

}  // namespace holdfast
