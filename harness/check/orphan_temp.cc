// Orphan temp: after the run, a file is left in the store directory that does not belong there.
//
// A save must remove its temporary file on every path, also when it fails; what is left fills the disk and, under a
// name that all share, is published by somebody else's save. Sound only when all saves have ended: before the run was
// quiet, a temporary file may be in use. A file is not an orphan if the store put it in place, by two renames or links
// or more, or still uses it: it is open or locked between operations, open in two agents at once, or opened by the
// final reads, and no rename has it for its source.
//
// Nor is what a process left that the harness ended, late or by plan, because it had no chance to remove it; but stores
// of the core promise to sweep what the dead left, so there a planned death is no excuse. Who left a file is taken from
// the last call that names it, else from a pid in its name, else from when it was made: if that was while somebody was
// cut short, and all others at work then are known to have had a temporary file of another name, it is the dead one's;
// otherwise it is unknown. Also unknown is a file of a command that no call names and that was there from the first
// operation on: it may be a lock file that the scenario forgot. Indefinite outcomes leave no file either.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/check/attempts.h"
#include "harness/check/checks.h"
#include "harness/check/fate.h"
#include "harness/check/planned_kills.h"
#include "harness/check/prose.h"
#include "harness/check/tolerances.h"

namespace holdfast {
namespace {

enum class Judged { in_use, perhaps_in_use, excused, perhaps_excused, orphan };

struct LeftFile {
  Judged judged = Judged::orphan;
  std::string maker;  // "agent 0's broadcast 0-3"; empty: unknown
};

bool is_named(const std::string& path, const std::string& name) {
  return path.size() > name.size() && path.ends_with(name) && path[path.size() - name.size() - 1] == '/';
}

std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

bool moves(const Call& call) {
  return call.function == Function::rename || call.function == Function::link;
}

// "queue.123.tmp" holds 123.
bool holds_number(const std::string& name, std::int32_t number) {
  const std::string digits = std::to_string(number);
  const auto is_digit = [&](std::size_t at) {
    return at < name.size() && name[at] >= '0' && name[at] <= '9';
  };
  for (auto at = name.find(digits); at != std::string::npos; at = name.find(digits, at + 1)) {
    if ((at == 0 || !is_digit(at - 1)) && !is_digit(at + digits.size())) return true;
  }
  return false;
}

std::int64_t made_ns(const Leftover& file) {
  return file.born_ns != 0 ? file.born_ns : file.changed_ns;
}

class Leftovers {
 public:
  explicit Leftovers(const Evidence& evidence)
      : history_(evidence.history),
        core_sweeps_(evidence.plan.scenario.subject.kind == SubjectKind::core),
        names_its_files_(evidence.plan.scenario.subject.kind != SubjectKind::command),
        cut_(cut_short(evidence.history)) {
    for (const Operation& operation : history_.operations) {
      if (operation.complete_ns != 0) first_answer_ns_ = std::min(first_answer_ns_, operation.complete_ns);
    }
    for (const Leftover& file : history_.leftovers) calls_by_name_[last_part(file.name)];
    if (calls_by_name_.empty()) return;
    for (const Call& call : history_.calls) {
      for (const std::string* path : {&call.path, &call.destination}) {
        const auto found = calls_by_name_.find(last_part(*path));
        if (found == calls_by_name_.end()) continue;
        if (found->second.empty() || found->second.back() != &call) found->second.push_back(&call);
      }
    }
  }

  [[nodiscard]] LeftFile judge(const Leftover& file) const {
    const Call* last = nullptr;   // that names it
    std::uint64_t put_there = 0;  // moves onto it
    bool is_source = false;
    for (const Call* call : calls_by_name_.at(last_part(file.name))) {
      const bool from = is_named(call->path, file.name), onto = is_named(call->destination, file.name);
      if (!from && !onto) continue;
      put_there += onto && moves(*call) && call->os_error == 0 ? 1 : 0;
      is_source = is_source || (from && moves(*call));
      if (last == nullptr || call->received_ns >= last->received_ns) last = call;
    }
    const bool in_place = put_there != 0 && last != nullptr && is_named(last->destination, file.name);
    if ((in_place && (put_there > 1 || file.in_use)) || (file.in_use && !is_source))
      return {Judged::in_use, {}};
    if (last != nullptr && last->agent != no_process) return by_call(*last);
    for (const CutShort& cut : cut_) {
      if (holds_number(file.name, cut.pid)) return by_death(cut);
    }
    LeftFile left = by_time(file);
    const bool by_nobody = left.judged == Judged::orphan && left.maker.empty();
    if (by_nobody && !names_its_files_ && made_ns(file) <= first_answer_ns_ + tolerance::file_clock_ns)
      left.judged = Judged::perhaps_in_use;
    return left;
  }

 private:
  [[nodiscard]] LeftFile by_call(const Call& call) const {
    for (const CutShort& cut : cut_) {
      if (cut.agent == call.agent && cut.from_ns <= call.received_ns && call.received_ns <= cut.until_ns)
        return by_death(cut);
    }
    for (const Operation& operation : history_.operations) {
      if (operation.agent != call.agent || operation.invoke_ns > call.received_ns ||
          (operation.complete_ns != 0 && operation.complete_ns < call.received_ns))
        continue;
      const std::string what = operation.function == Function::read
                                   ? fmt::format("agent {}'s read", call.agent)
                                   : fmt::format("agent {}'s broadcast {}", call.agent,
                                                 to_string(MessageId{call.agent, operation.number}));
      return {Judged::orphan, what};
    }
    return {Judged::orphan, fmt::format("agent {}", call.agent)};
  }

  [[nodiscard]] LeftFile by_death(const CutShort& cut) const {
    if (cut.by_plan && core_sweeps_)
      return {Judged::orphan, fmt::format("agent {}, killed at {}, and nobody swept it", cut.agent,
                                          at_time(history_, cut.until_ns))};
    return {Judged::excused, {}};
  }

  [[nodiscard]] LeftFile by_time(const Leftover& file) const {
    const std::int64_t made = made_ns(file);
    const CutShort* dead = nullptr;
    for (const CutShort& cut : cut_) {
      if (made == 0 ||
          (cut.from_ns - tolerance::file_clock_ns <= made && made <= cut.until_ns + tolerance::file_clock_ns))
        dead = &cut;
    }
    if (dead == nullptr) return {};
    LeftFile left = by_death(*dead);
    if (left.judged == Judged::excused && anybody_else(made)) left.judged = Judged::perhaps_excused;
    return left;
  }

  // Whether an operation that nobody cut short may have made a file at that time.
  [[nodiscard]] bool anybody_else(std::int64_t made) const {
    return std::any_of(
        history_.operations.begin(), history_.operations.end(), [&](const Operation& operation) {
          if (operation.function == Function::read || operation.invoke_ns > made + tolerance::file_clock_ns ||
              (operation.complete_ns != 0 && operation.complete_ns < made - tolerance::file_clock_ns))
            return false;
          const bool was_cut = std::any_of(cut_.begin(), cut_.end(), [&](const CutShort& cut) {
            return cut.agent == operation.agent && cut.from_ns <= operation.invoke_ns &&
                   operation.invoke_ns <= cut.until_ns;
          });
          const auto calls = calls_of(history_, operation);
          return !was_cut && std::none_of(calls.begin(), calls.end(), moves);
        });
  }

  const History& history_;
  bool core_sweeps_;
  bool names_its_files_;
  std::int64_t first_answer_ns_ = std::numeric_limits<std::int64_t>::max();
  std::vector<CutShort> cut_;
  std::map<std::string_view, std::vector<const Call*>> calls_by_name_;  // of the files left; of those alone
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
    finding.witness = "the run never became quiet, so a temporary file may still have been in use";
    return finding;
  }
  const Leftovers leftovers(evidence);
  const Subject& subject = evidence.plan.scenario.subject;
  std::string perhaps;
  const Leftover* first = nullptr;
  std::string maker;
  for (const Leftover& file : history.leftovers) {
    LeftFile left = leftovers.judge(file);
    if (left.judged == Judged::perhaps_excused && perhaps.empty())
      perhaps = fmt::format(
          "{} was left in the store directory; it was made while a program was at work that was ended "
          "because it "
          "was late, and while others were",
          file.name);
    if (left.judged == Judged::perhaps_in_use && perhaps.empty())
      perhaps = fmt::format("{} was left in the store directory, and was there from the first operation on{}",
                            file.name, in_no_list(file.name, subject));
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
    finding.witness = told(
        history, fmt::format("{} left in the store directory after the run: {}{}{}{}{}",
                             counted(finding.count, "file"), finding.count == 1 ? "" : "such as ",
                             first->name, maker.empty() ? "" : ", by " + maker,
                             Fates(evidence).of_leftover(first->name), in_no_list(first->name, subject)));
  } else if (!perhaps.empty()) {
    finding.witness = perhaps;
  } else {
    finding.verdict = Verdict::pass;
  }
  return finding;
}

}  // namespace holdfast
