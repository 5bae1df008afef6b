#include "harness/conduct/watch/files_in_use.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace holdfast {

std::string FilesInUse::relative(const std::string& path) const {
  const std::string inside = store_.native() + "/";
  return path.starts_with(inside) ? path.substr(inside.size()) : path;
}

void FilesInUse::look_at_work(const std::vector<AgentHandles>& held) {
  std::map<std::string, std::uint32_t> first_agent;
  for (const AgentHandles& agent : held) {
    for (const StoreHandle& handle : agent.handles) {
      if (handle.gone) continue;
      const std::string name = relative(handle.path);
      const auto [known, is_new] = first_agent.try_emplace(name, agent.agent);
      if (!is_new && known->second != agent.agent) share(name);
    }
  }
}

void FilesInUse::look_at_rest(const std::vector<AgentHandles>& held) {
  for (const AgentHandles& agent : held) {
    for (const StoreHandle& handle : agent.handles) {
      if (handle.gone) continue;
      const std::string name = relative(handle.path);
      const auto [known, is_new] = used_.try_emplace(name, Use{LeftoverUse::alone, agent.agent});
      if (known->second.agent != agent.agent || !handle.locks.empty()) share(name);
    }
  }
}

void FilesInUse::watch(const std::vector<std::string>& names) {
  notices_ = Descriptor(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  for (const std::string& name : names) {
    const int watch = ::inotify_add_watch(notices_.get(), (store_ / name).c_str(), IN_OPEN | IN_DONT_FOLLOW);
    if (watch >= 0) watched_[watch] = name;
  }
}

std::map<std::string, FilesInUse::Use> FilesInUse::files() {
  alignas(inotify_event) std::array<char, 65536> buffer;
  for (ssize_t got = 0; (got = ::read(notices_.get(), buffer.data(), buffer.size())) > 0;) {
    for (ssize_t at = 0; at < got;) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      at += static_cast<ssize_t>(sizeof event + event.len);
      const auto known = watched_.find(event.wd);
      if ((event.mask & IN_OPEN) != 0 && known != watched_.end()) share(known->second);
    }
  }
  return used_;
}

}  // namespace holdfast
