#include "harness/cli/exec/exec_log.h"

#include <linux/kcmp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "core/base/clock.h"
#include "harness/linux/proc.h"

namespace holdfast {
namespace {

constexpr std::size_t most_refusals = 10'000;
constexpr std::size_t most_holders = 16;
constexpr std::size_t most_warnings = 100;

pid_t parent_of(pid_t process) {
  const Descriptor proc = open_process(process);
  return proc ? read_process_stat(proc.get()).parent : 0;
}

// All that the command starts stays below this process, which is a subreaper.
bool is_below_us(pid_t process) {
  constexpr int most_generations = 1000;
  for (int generation = 0; process > 1 && generation < most_generations; ++generation) {
    process = parent_of(process);
    if (process == ::getpid()) return true;
  }
  return false;
}

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
  const char* const chosen = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe)
  for (const char* place : {chosen, "/tmp", "/var/tmp"}) {
    std::error_code error;
    if (place == nullptr || *place == '\0') continue;
    if (const auto found = std::filesystem::canonical(place, error); !error)
      shared_places_.push_back(found.string());
  }
}

// By what there is to look at: a place for temporary files is one, whatever the program calls its own in it.
void ExecLog::outside(const std::string& directory) {
  constexpr std::size_t most_places = 64;
  const auto place = std::find_if(
      shared_places_.begin(), shared_places_.end(),
      [&](const std::string& shared) { return directory == shared || directory.starts_with(shared + "/"); });
  const std::string& named = place == shared_places_.end() ? directory : *place;
  if (report_.outside.size() < most_places || report_.outside.contains(named)) ++report_.outside[named];
}

void ExecLog::decided(const DecidedCall& call) {
  ++report_.decided;
  const Decision& decision = call.decision;
  if (decision.windows_code == 0) return;
  if (report_.refusals.size() >= most_refusals) {
    ++report_.refusals_beyond;
    return;
  }
  ExecRefusal& refusal = report_.refusals.emplace_back();
  refusal.call = call.function;
  refusal.path = decision.path;
  refusal.destination = decision.destination;
  refusal.code = decision.windows_code;
  refusal.error = decision.error;
  refusal.reason = decision.obstacle;
  refusal.pid = call.process;
  if (const Descriptor proc = open_process(call.process)) refusal.program = program_of(proc.get());
  refusal.at_ns = call.received_ns - report_.begun_ns;
  for (const NamedHolder& holder : decision.holders) {
    if (refusal.holders.size() == most_holders) break;
    refusal.holders.push_back(holder_of(holder));
  }
  if (stacks_) refusal.stack = stacks_->read(call.thread, call.process);
}

ExecHolder ExecLog::holder_of(const NamedHolder& holder) const {
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
  if (holder.kind == HolderKind::stranger && is_below_us(found.process)) named.kind = HolderKind::agent;
  if (named.kind == HolderKind::agent || named.kind == HolderKind::self)
    named.inherited = is_inherited(found);
  return named;
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
