#include "harness/crowd/agents/store_queue.h"
#include "scenarios/mutants/mutant_store.h"

namespace holdfast {

std::unique_ptr<Queue> make_mutant_queue(StoreRequest request) {
  const Scenario& scenario = request.plan.scenario;
  MutantOptions options;
  options.fault = scenario.subject.fault;
  options.retry = scenario.subject.retry;
  options.lock_timeout = scenario.agents.operation_deadline;
  options.seed = agent_seed(request.plan, request.agent);
  options.sleep = std::move(request.sleep);
  return std::make_unique<StoreQueue<MutantStore>>(request.directory, std::move(options));
}

}  // namespace holdfast
