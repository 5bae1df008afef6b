#include "harness/cli/exec/exec_log.h"

#include <linux/kcmp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/base/clock.h"
#include "core/base/path_text.h"
#include "harness/cli/exec/exec_domain.h"
#include "harness/linux/proc.h"
#include "harness/supervisor/look/lineage.h"
#include "reports/exec/groups.h"

namespace holdfast {
namespace {

constexpr std::size_t most_refusals = 10'000;
constexpr std::size_t most_holders = 16;
constexpr std::size_t most_warnings = 100;
constexpr std::size_t most_spared = 100;

// The parent has the same open file description under the same number.
bool is_inherited(const FoundHolder& holder) {
  if (holder.descriptor < 0) return false;
  const pid_t parent = parent_of(holder.process);
  return parent > 1 &&
         ::syscall(SYS_kcmp, holder.process, parent, KCMP_FILE, holder.descriptor, holder.descriptor) == 0;
}

}  // namespace

ExecLog::ExecLog(ExecReport& report, std::vector<std::string> injector_names, bool stacks)
    : report_(report),
      injector_names_(std::move(injector_names)),
      stacks_(stacks ? std::make_unique<StackReader>() : nullptr) {
  report_.begun_ns = monotonic_ns();
  for (const auto& directory : temporary_directories()) shared_places_.push_back(directory.string());
}

// By what there is to look at: a place for temporary files is one, whatever the program calls its own in it.
void ExecLog::outside(const std::string& directory) {
  const auto place = std::find_if(shared_places_.begin(), shared_places_.end(),
                                  [&](const std::string& shared) { return is_within(directory, shared); });
  const std::string& named = place == shared_places_.end() ? directory : *place;
  const bool is_new = std::none_of(report_.outside.begin(), report_.outside.end(),
                                   [&](const auto& known) { return is_within(named, known.first); });
  count_place(report_.outside, named);
  if (injector_was_in_the_way_ && (is_new || report_.moved.contains(named)))
    count_place(report_.moved, named);
}

void ExecLog::decided(const DecidedCall& call) {
  ++report_.decided;
  const Decision& decision = call.decision;
  if (const std::string* const watched = nearest_watched(report_, decision.path)) ++report_.judged[*watched];
  if (decision.spared && ++report_.spared_count <= most_spared) {
    const Ruling& spared = *decision.spared;
    report_.spared.push_back(refusal_of(call, spared.code, spared.obstacle, spared.holders));
  }
  if (decision.windows_code == 0) return;
  injector_was_in_the_way_ =
      injector_was_in_the_way_ ||
      std::any_of(decision.holders.begin(), decision.holders.end(),
                  [](const NamedHolder& holder) { return holder.kind == HolderKind::injector; });
  if (report_.refusals.size() >= most_refusals) {
    ++report_.refusals_beyond;
    return;
  }
  report_.refusals.push_back(refusal_of(call, decision.windows_code, decision.obstacle, decision.holders));
  if (stacks_) report_.refusals.back().stack = stacks_->read(call.thread, call.process);
}

ExecRefusal ExecLog::refusal_of(const DecidedCall& call, std::uint16_t code, Obstacle reason,
                                const std::vector<NamedHolder>& holders) {
  ExecRefusal refusal;
  refusal.call = call.function;
  refusal.path = call.decision.path;
  refusal.destination = call.decision.destination;
  refusal.code = code;
  refusal.error = call.decision.error;
  refusal.reason = reason;
  refusal.pid = call.process;
  if (const Descriptor proc = open_process(call.process)) {
    refusal.program = program_of(proc.get());
    refusal.runtime = runtimes_.of(proc.get());
  }
  refusal.at_ns = call.received_ns - report_.begun_ns;
  for (const NamedHolder& holder : holders) {
    if (refusal.holders.size() == most_holders) break;
    refusal.holders.push_back(holder_of(holder));
  }
  return refusal;
}

ExecHolder ExecLog::holder_of(const NamedHolder& holder) {
  const FoundHolder& found = holder.found;
  ExecHolder named;
  named.kind = holder.kind;
  named.pid = found.process;
  named.program = found.program;
  named.path = found.path;
  named.descriptor = found.descriptor;
  named.access = found.access;
  named.share = holder.share;
  if (holder.kind == HolderKind::injector && holder.index < injector_names_.size())
    named.program = injector_names_[holder.index];
  if (named.kind != HolderKind::agent && named.kind != HolderKind::self) return named;
  named.inherited = is_inherited(found);
  if (const Descriptor proc = open_process(found.process)) named.runtime = runtimes_.of(proc.get());
  return named;
}

// Directories that the command removed since cannot be watched next time.
Result<> ExecLog::close() {
  for (Places* places : {&report_.outside, &report_.moved}) {
    Places there;
    for (const auto& [directory, calls] : *places) {
      std::filesystem::path existing = directory;
      std::error_code ignored;
      while (existing.has_relative_path() && !std::filesystem::is_directory(existing, ignored))
        existing = existing.parent_path();
      there[existing.string()] += calls;
    }
    *places = std::move(there);
  }
  return {};
}

void ExecLog::warned(const Doubt& doubt, bool doubtful) {
  if (doubtful) {
    auto& all = report_.unjudged;
    auto found = std::find_if(all.begin(), all.end(),
                              [&](const Unjudged& unjudged) { return unjudged.kind == doubt.kind; });
    if (found == all.end()) found = all.insert(all.end(), {doubt.kind, 0, doubt.text});
    found->count += doubt.times;
    return;
  }
  auto& warnings = report_.warnings;
  if (warnings.size() < most_warnings &&
      std::find(warnings.begin(), warnings.end(), doubt.text) == warnings.end())
    warnings.push_back(doubt.text);
}

}  // namespace holdfast
