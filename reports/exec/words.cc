#include "reports/exec/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/path_text.h"
#include "harness/history/function_words.h"
#include "reports/format/number_format.h"
#include "reports/format/text.h"
#include "reports/summary/milliseconds.h"

namespace holdfast {
namespace {

template <typename Value>
using Word = std::pair<Value, std::string_view>;

constexpr std::array reasons{
    Word<Obstacle>{Obstacle::held, "held"},
    Word<Obstacle>{Obstacle::read_only, "read-only"},
    Word<Obstacle>{Obstacle::running_program, "running-program"},
    Word<Obstacle>{Obstacle::current_directory, "current-directory"},
    Word<Obstacle>{Obstacle::open_child, "open-child"},
    Word<Obstacle>{Obstacle::delete_pending, "delete-pending"},
    Word<Obstacle>{Obstacle::mapped, "mapped"},
};

constexpr std::array kinds{
    Word<HolderKind>{HolderKind::injector, "injector"},
    Word<HolderKind>{HolderKind::agent, "process"},
    Word<HolderKind>{HolderKind::self, "self"},
    Word<HolderKind>{HolderKind::posix_only, "posix-only"},
    Word<HolderKind>{HolderKind::stranger, "stranger"},
    Word<HolderKind>{HolderKind::unseen, "unseen"},
};

template <typename Table, typename Value>
std::string_view word_of(const Table& table, Value value) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.first == value; });
  return found == table.end() ? std::string_view("unknown") : found->second;
}

template <typename Value, typename Table>
std::optional<Value> value_of(const Table& table, std::string_view word) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.second == word; });
  return found == table.end() ? std::nullopt : std::optional<Value>(found->first);
}

std::string_view relation(const ExecHolder& holder) {
  switch (holder.kind) {
    case HolderKind::injector:
      return "an injector";
    case HolderKind::agent:
      return holder.inherited ? "a process that inherited it" : "another process of the command";
    case HolderKind::self:
      return holder.inherited ? "the caller itself, which inherited it" : "the caller itself";
    case HolderKind::posix_only:
      return "a forked copy that Windows would not have";
    case HolderKind::stranger:
      return "a process outside the command";
    case HolderKind::unseen:
      break;
  }
  return "";
}

}  // namespace

std::string_view call_word(Function call) {
  return word_of(function_words, call);
}
std::string_view reason_word(Obstacle reason) {
  return word_of(reasons, reason);
}
std::string_view holder_kind_word(HolderKind kind) {
  return word_of(kinds, kind);
}
std::optional<Function> find_call(std::string_view word) {
  return value_of<Function>(function_words, word);
}
std::optional<Obstacle> find_reason(std::string_view word) {
  return value_of<Obstacle>(reasons, word);
}
std::optional<HolderKind> find_holder_kind(std::string_view word) {
  return value_of<HolderKind>(kinds, word);
}

bool is_replace(const ExecRefusal& refusal) {
  if (refusal.destination.empty() || refusal.code == error_sharing_violation) return false;
  return refusal.reason != Obstacle::open_child && refusal.reason != Obstacle::current_directory;
}

const std::string& refused_path(const ExecRefusal& refusal) {
  return is_replace(refusal) ? refusal.destination : refusal.path;
}

std::string holder_sentence(const ExecHolder& holder) {
  if (holder.kind == HolderKind::unseen) return "an unseen holder";
  const std::string_view program = holder.program.empty() ? "?" : file_name(holder.program);
  std::string sentence = fmt::format("{} (pid {}), {}: ", program, holder.pid, relation(holder));
  sentence +=
      holder.descriptor < 0 ? std::string("a mapping") : fmt::format("descriptor {}", holder.descriptor);
  sentence += fmt::format(", access {}, shares {}", to_letters(holder.access), to_letters(holder.share));
  if (holder.open_ns) sentence += fmt::format(", open for {}", format_ms(milliseconds(*holder.open_ns)));
  return sentence;
}

std::string directories_text(const ExecReport& report) {
  std::vector<std::string> named = report.directories;
  for (const std::string& directory : report.temporary)
    if (report.judged.contains(directory)) named.push_back(directory);
  return fmt::format("{}", fmt::join(named.empty() ? report.temporary : named, ", "));
}

bool nothing_judged(const ExecReport& report) {
  return report.decided == 0 && counted_refusals(report) == 0;
}

std::string unjudged_sentence(const Unjudged& unjudged) {
  return fmt::format("{} {}", format_counted(unjudged.count, "call"), doubt_meaning(unjudged.kind));
}

std::string unjudged_sentence(const ExecReport& report) {
  std::string listed;
  for (const Unjudged& unjudged : report.unjudged) {
    listed += fmt::format("{}{} {}", listed.empty() ? "" : "; ", format_count(unjudged.count),
                          doubt_meaning(unjudged.kind));
  }
  return fmt::format("{} could not be judged: {}", format_counted(counted_unjudged(report), "call"), listed);
}

std::string nothing_judged_sentence(const ExecReport& report) {
  if (!report.unjudged.empty()) return "nothing was judged: " + unjudged_sentence(report);
  const std::string below = directories_text(report);
  const std::string outside = outside_sentence(report);
  const bool own_and_temporary = !report.directories.empty() && !report.temporary.empty();
  const std::string ask = report.directories.size() + report.temporary.size() == 1
                              ? "Is " + below + " the right directory (--dir)?"
                              : "Are these the right directories (--dir)?";
  return "nothing was judged: the command made no call below " + below +
         (own_and_temporary ? " or in a temporary directory" : "") + " that Windows could refuse. " +
         (outside.empty() ? ask : outside);
}

namespace {

// Those with the most calls, first.
std::vector<std::pair<std::uint64_t, std::string>> main_places(const Places& all) {
  constexpr std::size_t most_named = 3;
  std::vector<std::pair<std::uint64_t, std::string>> places;
  for (const auto& [directory, calls] : fewer_places(all, most_named)) places.emplace_back(calls, directory);
  std::stable_sort(places.begin(), places.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  if (places.size() > most_named) places.resize(most_named);
  return places;
}

// "25 below /tmp, 1 below /home/u/.cache"
std::string places_text(const Places& all) {
  std::string named;
  for (const auto& [calls, directory] : main_places(all)) {
    named +=
        fmt::format("{}{} below {}", named.empty() ? "" : ", ", format_count(calls), one_line(directory));
  }
  return named;
}

std::uint64_t all_calls(const Places& places) {
  std::uint64_t all = 0;
  for (const auto& [directory, calls] : places) all += calls;
  return all;
}

// What to type to watch these places, too: --dir narrows, so it names what is watched now as well.
std::string options_text(const ExecReport& report, const Places& more) {
  std::string options;
  const auto add = [&](const std::string& directory) { options += " --dir " + one_line(directory); };
  for (const std::string& directory : report.directories) add(directory);
  for (const std::string& directory : report.temporary)
    if (report.directories.empty() || report.judged.contains(directory)) add(directory);
  for (const auto& [calls, directory] : main_places(more)) add(directory);
  return options;
}

}  // namespace

std::string outside_sentence(const ExecReport& report) {
  const std::uint64_t all = all_calls(report.outside);
  if (all <= report.decided) return "";
  return fmt::format("{} {} made elsewhere, {}: watch them too with{}", format_counted(all, "call"),
                     all == 1 ? "was" : "were", places_text(report.outside),
                     options_text(report, report.outside));
}

std::string moved_sentence(const ExecReport& report) {
  const std::uint64_t all = all_calls(report.moved);
  if (all == 0) return "";
  return fmt::format(
      "after an injector was in its way, the command went on elsewhere, where nothing is judged: {} {} "
      "there, {}. "
      "Watch them too with{}",
      format_counted(all, "call"), all == 1 ? "was" : "were", places_text(report.moved),
      options_text(report, report.moved));
}

}  // namespace holdfast
