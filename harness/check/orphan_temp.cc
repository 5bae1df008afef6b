// Orphan temp: after the run, a file is left in the store directory that does not belong there.
//
// A save must remove its temporary file on every path, also when it fails; what is left fills the disk and, under a
// name that all share, is published by somebody else's save. Sound only when all saves have ended: before the run was
// quiet, a temporary file may be in use. A file is not an orphan if the store put it in place again and again, by
// renames or links that outlived their operation (what a save moves aside and removes again is temporary); if more than
// one operation wrote to it; or if the store still uses it: it is locked between operations, opened by two agents, or
// opened by the final reads, and no rename has it for its source. What one agent alone has open between operations may
// be a log of its own; it counts as used if there is one such, or if it was made in the first half of that agent's
// broadcasts: files that become more are a leak (leaks.cc), and here unknown. Core stores have no such files.
//
// Nor is what a process left that the harness ended, late or by plan, because it had no chance to remove it; but
// stores of the core promise to sweep what the dead left, so there a planned death is not an excuse. Who left a file
// is taken from the last call that names it, else from a pid in its name, else from when it was made: if that was
// while somebody was cut short, and all others at work then are known to have had a temporary file of another name,
// it is the dead one's; otherwise it is unknown. Also unknown is a file of a command that was there from the first
// operation on: it may be a lock file that the scenario does not name. Indefinite outcomes leave no file either.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/path_text.h"
#include "harness/check/attempts.h"
#include "harness/check/call_words.h"
#include "harness/check/checks.h"
#include "harness/check/cut_short.h"
#include "harness/check/fate.h"
#include "harness/check/name_changes.h"
#include "harness/check/prose.h"
#include "harness/check/tolerances.h"

namespace holdfast {
namespace {

enum class Judged { in_use, perhaps, excused, orphan };

struct LeftFile {
  Judged judged = Judged::orphan;
  std::string maker{};   // "agent 0's broadcast 0-3"; empty: unknown
  std::string reason{};  // why it may be in use or excused
};

bool moves(const Call& call) {
  return call.function == Function::rename || call.function == Function::link;
}

// "queue.4711.tmp" holds 4711. The small numbers of a container's processes are those of messages and agents, too.
bool holds_pid(const std::string& name, std::int32_t pid) {
  constexpr std::int32_t least_telling = 1000;
  if (pid < least_telling) return false;
  const std::string digits = std::to_string(pid);
  const auto is_digit = [&](std::size_t at) {
    return at < name.size() && name[at] >= '0' && name[at] <= '9';
  };
  for (auto at = name.find(digits); at != std::string::npos; at = name.find(digits, at + 1)) {
    if ((at == 0 || !is_digit(at - 1)) && !is_digit(at + digits.size())) return true;
  }
  return false;
}

// Many spans of time, asked whether any one of them has all of another.
class Spans {
 public:
  void add(std::int64_t begin_ns, std::int64_t end_ns) { spans_.emplace_back(begin_ns, end_ns); }

  // Once all are added.
  void sort() {
    std::sort(spans_.begin(), spans_.end());
    for (std::size_t i = 1; i < spans_.size(); ++i)
      spans_[i].second = std::max(spans_[i].second, spans_[i - 1].second);
  }

  [[nodiscard]] bool any_has(std::int64_t begin_ns, std::int64_t end_ns) const {
    const auto later =
        std::upper_bound(spans_.begin(), spans_.end(), begin_ns,
                         [](std::int64_t time_ns, const auto& span) { return time_ns < span.first; });
    return later != spans_.begin() && std::prev(later)->second >= end_ns;
  }

 private:
  std::vector<std::pair<std::int64_t, std::int64_t>> spans_;  // begin, latest end of those up to it
};

std::int64_t end_of(const Operation& operation) {
  return operation.complete_ns != 0 ? operation.complete_ns : std::numeric_limits<std::int64_t>::max();
}

class Leftovers {
 public:
  explicit Leftovers(const Evidence& evidence)
      : history_(evidence.history),
        fates_(evidence),
        names_(evidence.history),
        core_sweeps_(evidence.plan.scenario.subject.kind == SubjectKind::core),
        names_its_files_(evidence.plan.scenario.subject.kind != SubjectKind::command),
        cut_(cut_short(evidence.history)) {
    if (history_.leftovers.empty()) return;
    for (const HalfwayHandles& halfway : history_.halfway) halfway_ns_[halfway.agent] = halfway.time_ns;
    for (const Leftover& file : history_.leftovers) {
      calls_by_name_[file_name(file.name)];
      if (file.use == LeftoverUse::alone) ++used_alone_[file.user];
    }
    look_at_operations();
    for (const Call& call : history_.calls) {
      for (const std::string* path : {&call.path, &call.destination}) {
        const auto found = calls_by_name_.find(file_name(*path));
        if (found == calls_by_name_.end()) continue;
        if (found->second.empty() || found->second.back() != &call) found->second.push_back(&call);
      }
    }
  }

  // What the record says of how the file came to stay.
  std::string story_of(const Leftover& file) { return fates_.of_leftover(file.name); }

  [[nodiscard]] LeftFile judge(const Leftover& file) const {
    const Call* last = nullptr;  // that names it
    std::vector<const Call*> changes;
    bool is_source = false;
    for (const Call* call : calls_by_name_.at(file_name(file.name))) {
      const bool from = is_path_of(call->path, file.name), onto = is_path_of(call->destination, file.name);
      if (!from && !onto) continue;
      if (is_done(*call) && (onto ? puts_a_name(*call) : takes_a_name(*call))) changes.push_back(call);
      is_source = is_source || (from && moves(*call));
      if (last == nullptr || call->received_ns >= last->received_ns) last = call;
    }
    const bool in_place = !changes.empty() && last != nullptr && is_path_of(last->destination, file.name);
    if (in_place && stays_in_place(std::move(changes), file.name)) return {Judged::in_use};
    if (in_place || !is_source) {
      if (file.use == LeftoverUse::shared) return {Judged::in_use};
      if (file.use == LeftoverUse::alone && !names_its_files_) return by_its_user(file);
    }
    if (!is_source && !names_its_files_ && is_of_many(file)) return {Judged::in_use};
    if (const Kill* kill = fates_.kill_that_left(file.name, last)) {
      for (const CutShort& cut : cut_) {
        if (cut.by_plan && cut.agent == kill->agent && cut.until_ns == kill->time_ns) return by_death(cut);
      }
    }
    // What was renamed away or removed is gone: the file that is there was made by somebody else, after that.
    const bool is_gone = last != nullptr && last->os_error == 0 && is_path_of(last->path, file.name) &&
                         (last->function == Function::rename || last->function == Function::unlink);
    if (last != nullptr && last->agent != no_process && !is_gone) return by_call(*last);
    for (const CutShort& cut : cut_) {
      if (holds_pid(file.name, cut.pid)) return by_death(cut);
    }
    LeftFile left = by_time(file);
    const bool by_nobody = left.judged == Judged::orphan && left.maker.empty();
    if (by_nobody && !names_its_files_ && file.made_ns() <= first_answer_ns_ + tolerance::file_clock_ns)
      return {Judged::perhaps, {}, "and was there from the first operation on"};
    return left;
  }

 private:
  void look_at_operations() {
    for (const Operation& operation : history_.operations) {
      first_answer_ns_ = std::min(first_answer_ns_, end_of(operation));
      all_.add(operation.invoke_ns, end_of(operation));
      if (cut_.empty() || operation.function == Function::read) continue;
      const bool was_cut = std::any_of(cut_.begin(), cut_.end(), [&](const CutShort& cut) {
        return cut.agent == operation.agent && cut.from_ns <= operation.invoke_ns &&
               operation.invoke_ns <= cut.until_ns;
      });
      const auto calls = calls_of(history_, operation);
      if (!was_cut && std::none_of(calls.begin(), calls.end(), moves))
        may_have_made_.add(operation.invoke_ns, end_of(operation));
    }
    all_.sort();
    may_have_made_.sort();
  }

  // Whether a name that was put more than once mostly outlived the operation that put it.
  [[nodiscard]] bool stays_in_place(std::vector<const Call*> changes, const std::string& name) const {
    std::sort(changes.begin(), changes.end(),
              [](const Call* one, const Call* other) { return one->answered_ns < other->answered_ns; });
    std::size_t puts = 0, removed_again = 0;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if (!is_path_of(changes[i]->destination, name)) continue;
      ++puts;
      const bool taken = i + 1 < changes.size() && !is_path_of(changes[i + 1]->destination, name);
      const Operation* operation = taken ? names_.operation_of(*changes[i]) : nullptr;
      if (operation != nullptr && operation == names_.operation_of(*changes[i + 1])) ++removed_again;
    }
    return puts > 1 && puts > 2 * removed_again;
  }

  // One that an agent alone has open.
  [[nodiscard]] LeftFile by_its_user(const Leftover& file) const {
    const auto halfway = halfway_ns_.find(file.user);
    if (used_alone_.at(file.user) == 1 || (halfway != halfway_ns_.end() && file.made_ns() <= halfway->second))
      return {Judged::in_use};
    return {Judged::perhaps, {}, fmt::format("and agent {} had it open, and others like it", file.user)};
  }

  // Whether no one operation can have both made and written it last.
  [[nodiscard]] bool is_of_many(const Leftover& file) const {
    return file.born_ns != 0 &&
           !all_.any_has(file.born_ns + tolerance::file_clock_ns,
                         file.changed_ns - tolerance::file_clock_ns) &&
           file.changed_ns - file.born_ns > 2 * tolerance::file_clock_ns;
  }

  [[nodiscard]] LeftFile by_call(const Call& call) const {
    for (const CutShort& cut : cut_) {
      if (cut.agent == call.agent && cut.from_ns <= call.received_ns && call.received_ns <= cut.until_ns)
        return by_death(cut);
    }
    return {Judged::orphan, actor_of(names_.operation_of(call), call)};
  }

  [[nodiscard]] LeftFile by_death(const CutShort& cut) const {
    if (cut.by_plan && core_sweeps_)
      return {Judged::orphan, fmt::format("agent {}, killed at {}, and nobody swept it", cut.agent,
                                          at_time(history_, cut.until_ns))};
    return {Judged::excused};
  }

  [[nodiscard]] LeftFile by_time(const Leftover& file) const {
    const std::int64_t made = file.made_ns();
    const CutShort* dead = nullptr;
    for (const CutShort& cut : cut_) {
      if (made == 0 ||
          (cut.from_ns - tolerance::file_clock_ns <= made && made <= cut.until_ns + tolerance::file_clock_ns))
        dead = &cut;
    }
    if (dead == nullptr) return {};
    LeftFile left = by_death(*dead);
    const bool by_another =
        may_have_made_.any_has(made + tolerance::file_clock_ns, made - tolerance::file_clock_ns);
    if (left.judged != Judged::excused || !by_another) return left;
    return {Judged::perhaps,
            {},
            "while a program that was ended for being late was at work, and others were too"};
  }

  const History& history_;
  Fates fates_;
  NameChanges names_;
  bool core_sweeps_;
  bool names_its_files_;
  std::int64_t first_answer_ns_ = std::numeric_limits<std::int64_t>::max();
  std::vector<CutShort> cut_;
  std::map<std::string_view, std::vector<const Call*>> calls_by_name_;  // of the files left; of those alone
  std::map<std::uint32_t, std::int64_t> halfway_ns_;                    // by agent
  std::map<std::uint32_t, std::uint64_t> used_alone_;                   // files left, by agent
  Spans all_;                                                           // operations
  Spans may_have_made_;  // of these, where somebody was cut short: who was not, and moved nothing
};

std::string in_no_list(const std::string& name, const Subject& subject) {
  if (subject.kind != SubjectKind::command) return {};
  std::string files;
  for (const std::string& file : subject.files) files += (files.empty() ? "" : ", ") + file;
  return fmt::format("; {} is not in subject.files ({}): if it belongs to your store, add it", name, files);
}

}  // namespace

Finding check_orphan_temp(const Evidence& evidence) {
  const History& history = evidence.history;
  Finding finding;
  if (history.quiesced_ns == 0) {
    finding.witness = "the agents never all finished, so a temporary file may still have been in use";
    return finding;
  }
  Leftovers leftovers(evidence);
  const Subject& subject = evidence.plan.scenario.subject;
  std::string perhaps;
  const Leftover* first = nullptr;
  std::string maker;
  for (const Leftover& file : history.leftovers) {
    LeftFile left = leftovers.judge(file);
    if (left.judged == Judged::perhaps && perhaps.empty())
      perhaps = fmt::format("{} was left in the store directory, {}{}", file.name, left.reason,
                            in_no_list(file.name, subject));
    if (left.judged != Judged::orphan || finding.count++ != 0) continue;
    first = &file;
    maker = std::move(left.maker);
  }
  if (!history.complete && finding.count == 0) {
    finding.witness = "the run did not finish, so its store directory was not looked at";
    return finding;
  }
  finding.checked = std::max<std::uint64_t>({1, history.files_left, history.leftovers.size()});
  if (first != nullptr) {
    finding.verdict = Verdict::fail;
    std::string story = leftovers.story_of(*first);
    if (story.empty() && !maker.empty()) story = ", by " + maker;
    if (first->use == LeftoverUse::alone)
      story += fmt::format("; agent {} alone had it open between operations", first->user);
    finding.witness = told(
        history, fmt::format("{} left in the store directory after the run, {}{}{}{}",
                             finding.count == 1 ? "1 file was" : counted(finding.count, "file") + " were",
                             finding.count == 1 ? "" : "for example ", first->name, story,
                             in_no_list(first->name, subject)));
  } else if (!perhaps.empty()) {
    finding.witness = perhaps;
  } else {
    finding.verdict = Verdict::pass;
  }
  return finding;
}

}  // namespace holdfast
