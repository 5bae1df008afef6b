#include "harness/supervisor/look/file_use.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

#include "harness/linux/proc.h"
#include "harness/linux/share_mark.h"
#include "harness/supervisor/look/lineage.h"

namespace holdfast {

std::vector<Handle> handles_of(const std::vector<NamedHolder>& holders) {
  std::vector<Handle> handles;
  handles.reserve(holders.size());
  for (const NamedHolder& holder : holders) {
    handles.push_back({holder.found.access, holder.share, holder.found.running});
  }
  return handles;
}

bool some_run(const std::vector<NamedHolder>& holders) {
  return std::any_of(holders.begin(), holders.end(),
                     [](const NamedHolder& holder) { return holder.found.running; });
}

bool is_read_only(const Lease& lease) {
  constexpr mode_t any_write = 0222;
  if (lease.openness() == Openness::absent || !S_ISREG(lease.identity().st_mode)) return false;
  return (lease.identity().st_mode & any_write) == 0;
}

NamedHolder FileUses::name(FoundHolder found, const Caller& caller) {
  NamedHolder holder;
  const auto participant = nearest_participant(participants_, found.process);
  if (participant && participant->role == Role::injector) {
    holder.kind = HolderKind::injector;
    holder.share = participant->share;
  } else {
    holder.share = profiles_.of(found.process).share;
    const bool ours = participant || (family_ != 0 && descends_from(found.process, family_));
    if (found.process == caller.process) {
      holder.kind = HolderKind::self;
    } else if (found.forked_copy && (ours || family_ == 0)) {
      holder.kind = HolderKind::posix_only;
    } else {
      holder.kind = ours ? HolderKind::agent : HolderKind::stranger;
    }
  }
  if (marked_ && found.descriptor >= 0) {
    const Handle mode =
        marked_mode(found.process, found.descriptor).value_or(Handle{found.access, holder.share});
    found.access = mode.access;
    holder.share = mode.share;
  }
  if (participant && participant->role != Role::reader) holder.index = participant->index;
  holder.found = std::move(found);
  return holder;
}

void FileUses::add(FileUse& use, FoundHolder found, const Caller& caller, Ground ground) {
  NamedHolder named = name(std::move(found), caller);
  const bool bystander = ground == Ground::shared && named.kind == HolderKind::stranger;
  (bystander ? use.bystanders : use.holders).push_back(std::move(named));
}

FileUse FileUses::of_directory(const struct stat& identity, const std::string& path, const Caller& caller,
                               Ground ground, LookFor what) {
  FileUse use;
  for (FoundHolder& user : find_directory_users(identity, path, what))
    add(use, std::move(user), caller, ground);
  return use;
}

NamedHolder FileUses::unseen() const {
  NamedHolder holder;
  holder.share = profiles_.unknown().share;
  return holder;
}

namespace {

// The caller, its parent and its children: with whom it shares most files.
std::vector<pid_t> family_of(const Caller& caller) {
  std::vector<pid_t> family{caller.process, read_process_stat(caller.proc.get()).parent};
  const std::string list = fmt::format("task/{}/children", caller.thread);
  std::istringstream children(read_proc_file(caller.proc.get(), list.c_str()));
  for (pid_t child = 0; children >> child;) family.push_back(child);
  return family;
}

}  // namespace

// Only where the lease does not answer "free" is /proc read: reading it always made saves ten times slower.
FileUse FileUses::of(const Lease& lease, const Caller& caller, Ground ground, bool mappings_matter,
                     const Refuses& refuses, bool others_agree) {
  FileUse use;
  const bool free = lease.openness() == Openness::free;
  if (lease.openness() == Openness::absent || lease.openness() == Openness::special) return use;
  if (free && !mappings_unseen_) return use;

  bool passing = false;
  std::set<pid_t> seen;  // none twice: a process may have thousands of descriptors
  const auto look = [&](std::vector<pid_t> processes, LookAt what) {
    if (what == LookAt::descriptors)
      std::erase_if(processes, [&](pid_t process) { return !seen.insert(process).second; });
    for (FoundHolder& holder : find_holders(lease.identity(), processes, what)) {
      const auto same = [&](const NamedHolder& other) { return other.found.process == holder.process; };
      // Who still has the descriptor of what it mapped is named once.
      if (what == LookAt::mappings && !holder.running &&
          std::any_of(use.holders.begin(), use.holders.end(), same))
        continue;
      passing = passing || holder.between_fork_and_exec || holder.probe;
      if (holder.between_fork_and_exec || holder.probe) continue;
      add(use, std::move(holder), caller, ground);
    }
  };
  if (free) {
    look(all_processes(), LookAt::mappings);
  } else {
    // Injectors first, who hold files on purpose, then whose fault it often is: a look at a thousand agents takes
    // 70 ms.
    const auto unexplained = [&] { return !refuses(handles_of(use.holders)); };
    look(participants_.processes(Role::injector), LookAt::descriptors);
    if (others_agree && unexplained()) {
      for (const pid_t process : family_of(caller)) {
        auto holder = use.holders.empty() ? find_latest_holder(lease.identity(), process) : std::nullopt;
        if (holder && !holder->between_fork_and_exec) add(use, std::move(*holder), caller, ground);
      }
      if (!use.holders.empty()) return use;
    }
    if (unexplained()) look(family_of(caller), LookAt::descriptors);
    if (unexplained()) {
      look(participants_.processes(Role::agent), LookAt::descriptors);
      look(participants_.processes(Role::reader), LookAt::descriptors);
    }
    if (unexplained()) look(all_processes(), LookAt::descriptors);
    const bool nobody = use.holders.empty() && use.bystanders.empty() && !passing;
    if (nobody || (mappings_matter && !use.holders.empty() && unexplained()))
      look(all_processes(), LookAt::mappings);
  }
  use.only_passing = passing && use.holders.empty();
  use.known = free || passing || !use.holders.empty() || !use.bystanders.empty() ||
              lease.openness() == Openness::ask_scan;
  return use;
}

}  // namespace holdfast
