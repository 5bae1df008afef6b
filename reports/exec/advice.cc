// What to do about a group of refusals: the cure depends on the rule, and on whose the handle is.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reports/exec/groups.h"
#include "reports/exec/idioms.h"
#include "reports/exec/words.h"

namespace holdfast {
namespace {

// When to let go of the file: "before the file is replaced".
std::string before_the_call(const ExecRefusal& refusal) {
  switch (refusal.call) {
    case Function::rename:
      return is_replace(refusal) ? "before the file is replaced" : "before the file is renamed";
    case Function::link:
      return "before the link is made";
    case Function::open:
      return "before it is opened again";
    case Function::truncate:
      return "before the file is truncated";
    case Function::rmdir:
      return "before the directory is removed";
    default:
      return "before the file is removed";
  }
}

// The alternative to closing the file, for a holder whose code can be changed.
std::string share_instead(const ExecRefusal& refusal, const Idiom& idiom) {
  if (refusal.call == Function::open)
    return "or open with a share mode that grants what the other asks for, on both sides";
  const bool can_share = idiom.share.starts_with("or ");
  if (!is_replace(refusal) || !can_share) return std::string(idiom.share);
  return "sharing deletion helps only if the rename uses POSIX semantics (FileRenameInfoEx)";
}

std::string let_go(const ExecRefusal& refusal, const ExecHolder& holder, const Idiom& idiom) {
  if (holder.descriptor < 0) return std::string(idiom.unmap) + " " + before_the_call(refusal);
  return std::string(idiom.close) + " " + before_the_call(refusal) + "; " + share_instead(refusal, idiom);
}

std::string about_holder(const ExecRefusal& refusal, const ExecHolder& holder) {
  const Idiom& of_holder = idiom_of(holder.program, holder.runtime);
  const Idiom& of_caller = idiom_of(refusal.program, refusal.runtime);
  const auto inherited = [&] {
    return "A child inherited the descriptor: " + std::string(of_holder.child) + ".";
  };
  switch (holder.kind) {
    case HolderKind::self:
      if (holder.inherited) return inherited();
      return "You hold it yourself: " + let_go(refusal, holder, of_holder) + ".";
    case HolderKind::agent:
      if (holder.inherited) return inherited();
      return "The command's own processes collide: hold " + std::string(of_caller.lock) +
             " from reading the file to replacing it, or have the holder " +
             let_go(refusal, holder, of_holder) + ".";
    case HolderKind::posix_only:
      return "A forked child that never called exec still holds a copy of the handle. Windows has no fork: "
             "close the copy in the child, or make sure that the Windows code starts its workers in another "
             "way.";
    case HolderKind::injector:
    case HolderKind::stranger:
      return "Other programs may hold files at any time: retry " + std::string(of_caller.retry) +
             " for several seconds, with growing waits and jitter, and keep the old state if the last retry "
             "fails.";
    case HolderKind::unseen:
      break;
  }
  return "The holder could not be seen: run as its user, or as root, to name it.";
}

// First the handles that the reader of the advice can do most about.
int rank_of(const ExecHolder& holder) {
  constexpr std::array order{HolderKind::self,     HolderKind::agent,    HolderKind::posix_only,
                             HolderKind::injector, HolderKind::stranger, HolderKind::unseen};
  return static_cast<int>(std::find(order.begin(), order.end(), holder.kind) - order.begin());
}

std::string about_held(const ExecGroup& group) {
  constexpr std::size_t most_sentences = 2;
  std::vector<ExecHolder> holders = group.holders;
  if (holders.empty()) holders.emplace_back();
  std::stable_sort(holders.begin(), holders.end(),
                   [](const ExecHolder& a, const ExecHolder& b) { return rank_of(a) < rank_of(b); });
  std::vector<std::string> said;
  for (const ExecHolder& holder : holders) {
    std::string sentence = about_holder(*group.first, holder);
    if (said.size() < most_sentences && std::find(said.begin(), said.end(), sentence) == said.end())
      said.push_back(std::move(sentence));
  }
  std::string text;
  for (const std::string& sentence : said) text += (text.empty() ? "" : " ") + sentence;
  return text;
}

}  // namespace

std::string enforce_offer(const ExecReport& report) {
  std::string got;
  for (const ExecRefusal& refusal : report.refusals) {
    const Idiom& idiom = idiom_of(refusal.program, refusal.runtime);
    if (idiom.refusal.empty()) continue;
    const std::string clause = fmt::format("{} gets {}", idiom.language, idiom.refusal);
    if (got.find(clause) == std::string::npos) got += (got.empty() ? ": " : ", ") + clause;
  }
  return fmt::format("Run it with --enforce, and each of these calls fails where it is made{}.", got);
}

std::string advice(const ExecGroup& group) {
  switch (group.key.reason) {
    case Obstacle::held:
      return about_held(group);
    case Obstacle::read_only:
      return "The file is READONLY: clear that first (chmod u+w). Retrying does not help.";
    case Obstacle::running_program:
      return "The program is running: end it first, or rename its file away, which Windows allows, and put "
             "the new "
             "one in its place.";
    case Obstacle::current_directory:
      return "A process has the directory as its current directory: have it leave (chdir) first.";
    case Obstacle::open_child:
      return "Something beneath the directory is open: close it before the directory is renamed or removed.";
    case Obstacle::delete_pending:
      return "The file was deleted, but its name stays taken until the last handle is closed: close that "
             "handle first, or use a different name.";
    case Obstacle::mapped:
      return "The file is mapped: unmap it before it is truncated, or write a new file and replace this one.";
  }
  return "";
}

}  // namespace holdfast
