#include "harness/crowd/agents/queue.h"

#include <unistd.h>

#include <utility>

#include "harness/crowd/agents/command_queue.h"
#include "harness/crowd/agents/store_queue.h"
#include "harness/history/event.h"

namespace holdfast {

std::array<std::uint64_t, 4> seen_value(const Plan& plan, const Entry& entry, std::uint64_t position,
                                        bool told_bodies) {
  // An id that nobody can have sent keeps its place as a message that was never sent.
  const MessageId id = parse_message_id(entry.id).value_or(no_message);
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
  StoreRequest request{plan, agent, directory, std::move(sleep)};
  switch (plan.scenario.subject.store) {
#define HOLDFAST_STORE(name, word, retry) \
  case StoreKind::name:                   \
    return make_##name##_queue(std::move(request));
#include "harness/scenario/stores.def"
#undef HOLDFAST_STORE
  }
  return nullptr;
}

}  // namespace holdfast
