#include "harness/agents/queue.h"

#include <unistd.h>

#include "core/store/snapshot_store.h"
#include "harness/agents/command_queue.h"
#include "harness/history/event.h"
#include "scenarios/mutants/mutant_store.h"
#include "scenarios/subjects/origin_store.h"
#include "scenarios/subjects/unlocked_store.h"

namespace holdfast {
namespace {

class CoreQueue final : public Queue {
 public:
  CoreQueue(const std::filesystem::path& directory, StoreOptions options)
      : store_(directory, std::move(options)) {}

  Result<> broadcast(const Entry& message, const std::vector<std::string>& recipients) override {
    return store_.broadcast(message, recipients);
  }
  Result<std::vector<Entry>> receive(const std::string& recipient) override {
    return store_.receive(recipient);
  }
  [[nodiscard]] RetryCounters counters() const override { return store_.counters(); }

 private:
  SnapshotStore store_;
};

class OriginQueue final : public Queue {
 public:
  OriginQueue(const std::filesystem::path& directory, OriginVariant variant, Sleep sleep)
      : store_(directory, variant, std::move(sleep)) {}

  Result<> broadcast(const Entry& message, const std::vector<std::string>& recipients) override {
    return store_.broadcast(message, recipients);
  }
  Result<std::vector<Entry>> receive(const std::string& recipient) override {
    return store_.receive(recipient);
  }
  [[nodiscard]] RetryCounters counters() const override { return store_.counters(); }
  [[nodiscard]] std::optional<std::string> swallowed_corruption() override {
    const auto& problem = store_.last_load_problem();
    if (!problem || problem->code != Code::corrupt) return std::nullopt;
    return problem->message;
  }

 private:
  OriginStore store_;
};

class UnlockedQueue final : public Queue {
 public:
  UnlockedQueue(const std::filesystem::path& directory, UnlockedOptions options)
      : store_(directory, std::move(options)) {}

  Result<> broadcast(const Entry& message, const std::vector<std::string>& recipients) override {
    return store_.broadcast(message, recipients);
  }
  Result<std::vector<Entry>> receive(const std::string& recipient) override {
    return store_.receive(recipient);
  }
  [[nodiscard]] RetryCounters counters() const override { return store_.counters(); }

 private:
  UnlockedStore store_;
};

class MutantQueue final : public Queue {
 public:
  MutantQueue(const std::filesystem::path& directory, MutantOptions options)
      : store_(directory, std::move(options)) {}

  Result<> broadcast(const Entry& message, const std::vector<std::string>& recipients) override {
    return store_.broadcast(message, recipients);
  }
  Result<std::vector<Entry>> receive(const std::string& recipient) override {
    return store_.receive(recipient);
  }
  [[nodiscard]] RetryCounters counters() const override { return store_.counters(); }

 private:
  MutantStore store_;
};

}  // namespace

std::array<std::uint64_t, 4> seen_value(const Plan& plan, const Entry& entry, std::uint64_t position,
                                        bool told_bodies) {
  // An id that nobody can have sent keeps its place as a message that was never sent.
  const MessageId id = parse_message_id(entry.id).value_or(MessageId{no_process, no_process});
  const SeenBody body = entry.body != message_body(plan, id) ? SeenBody::torn
                        : told_bodies                        ? SeenBody::whole
                                                             : SeenBody::untold;
  return {id.packed(), position, static_cast<std::uint64_t>(body),
          body == SeenBody::torn ? entry.body.size() + 1 : 0};
}

std::unique_ptr<Queue> make_queue(const Plan& plan, std::uint32_t agent,
                                  const std::filesystem::path& directory, Sleep sleep) {
  if (plan.scenario.subject.kind == SubjectKind::command)
    return std::make_unique<CommandQueue>(plan, agent, directory, STDERR_FILENO);
  const auto origin = [&](OriginVariant variant) {
    return std::make_unique<OriginQueue>(directory, variant, std::move(sleep));
  };
  switch (plan.scenario.subject.store) {
    case StoreKind::origin_before:
      return origin(OriginVariant::before);
    case StoreKind::origin_after:
      return origin(OriginVariant::after);
    case StoreKind::origin_enhanced:
      return origin(OriginVariant::enhanced);
    case StoreKind::unlocked: {
      UnlockedOptions options;
      options.retry = plan.scenario.subject.retry;
      options.read_for = [plan, agent](std::uint64_t attempt) { return planned_read(plan, agent, attempt); };
      options.durability = plan.scenario.subject.durability;
      options.seed = agent_seed(plan, agent);
      options.sleep = std::move(sleep);
      return std::make_unique<UnlockedQueue>(directory, std::move(options));
    }
    case StoreKind::mutant: {
      MutantOptions options;
      options.fault = plan.scenario.subject.fault;
      options.retry = plan.scenario.subject.retry;
      options.lock_timeout = plan.scenario.agents.operation_deadline;
      options.seed = agent_seed(plan, agent);
      options.sleep = std::move(sleep);
      return std::make_unique<MutantQueue>(directory, std::move(options));
    }
    case StoreKind::snapshot:
      break;
  }
  StoreOptions options;
  options.retry = plan.scenario.subject.retry;
  options.durability = plan.scenario.subject.durability;
  options.lock_timeout = plan.scenario.agents.operation_deadline;
  options.seed = agent_seed(plan, agent);
  options.hooks.sleep = std::move(sleep);
  return std::make_unique<CoreQueue>(directory, std::move(options));
}

}  // namespace holdfast
