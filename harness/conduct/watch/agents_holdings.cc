#include "harness/conduct/watch/agents_holdings.h"

#include <fcntl.h>

#include <algorithm>
#include <map>
#include <utility>

#include "harness/history/text_fields.h"
#include "harness/linux/proc.h"

namespace holdfast {
namespace {

constexpr std::size_t locks_told_max = 100;

// How much a handle tells: on a file that another took the name of, on one that has none, on one that is there.
int gravity(const StoreHandle& handle) {
  return handle.replaced ? 2 : handle.gone ? 1 : 0;
}

Event idle_event(std::uint32_t agent, const std::vector<StoreHandle>& handles) {
  Event event{.type = EventType::idle, .process = agent, .pid = handles.front().process};
  const StoreHandle* worst = &handles.front();
  for (const StoreHandle& handle : handles) {
    if (gravity(handle) > gravity(*worst)) worst = &handle;
  }
  const GoneHandles gone = gone_handles(handles);
  event.value = {handles.size(), gone.replaced, gone.removed, most_of_one_file(handles)};
  event.text = in_fields(program_of_process(event.pid), worst->path);
  return event;
}

}  // namespace

std::vector<AgentHandles> holdings_of(const std::vector<AgentProcess>& agents,
                                      const std::filesystem::path& store) {
  std::vector<AgentHandles> held;
  held.reserve(agents.size());
  for (const AgentProcess& agent : agents) held.push_back({agent.agent, tree_handles(store, agent.process)});
  return held;
}

std::vector<Event> lock_events(const std::vector<AgentHandles>& held, const std::filesystem::path& store,
                               bool idle) {
  const Descriptor proc(::open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
  auto locks = lock_table(read_proc_file(proc.get(), "locks"), held, store);
  if (locks.size() > locks_told_max) locks.resize(locks_told_max);
  std::vector<Event> events;
  events.push_back({.type = EventType::locks, .value = {idle ? 1U : 0U, 0, 0, 0}});
  for (const LockSeen& seen : locks) {
    Event event{.type = EventType::lock, .process = seen.agent, .pid = seen.pid, .op = seen.number};
    event.value = {static_cast<std::uint64_t>(seen.state) | static_cast<std::uint64_t>(seen.kind) << 8U |
                       (seen.exclusive ? std::uint64_t{1} << 16U : 0U),
                   seen.first_byte, seen.last_byte, 0};
    event.text = in_fields(seen.program, seen.path);
    events.push_back(std::move(event));
  }
  return events;
}

std::vector<Event> idle_events(const std::vector<AgentHandles>& held) {
  std::vector<Event> events;
  for (const AgentHandles& agent : held) {
    std::map<pid_t, std::vector<StoreHandle>> by_process;
    for (const StoreHandle& handle : agent.handles) by_process[handle.process].push_back(handle);
    for (const auto& [process, handles] : by_process) events.push_back(idle_event(agent.agent, handles));
  }
  return events;
}

std::vector<AgentHandles> kept(const std::vector<AgentHandles>& before, std::vector<AgentHandles> after) {
  for (AgentHandles& agent : after) {
    const auto same_agent = std::find_if(
        before.begin(), before.end(), [&](const AgentHandles& other) { return other.agent == agent.agent; });
    std::erase_if(agent.handles, [&](const StoreHandle& handle) {
      return same_agent == before.end() ||
             std::none_of(same_agent->handles.begin(), same_agent->handles.end(),
                          [&](const StoreHandle& other) {
                            return other.process == handle.process && other.descriptor == handle.descriptor &&
                                   other.path == handle.path && other.gone == handle.gone;
                          });
    });
  }
  return after;
}

}  // namespace holdfast
