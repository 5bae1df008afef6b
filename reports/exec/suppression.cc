#include "reports/exec/suppression.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/base/path_text.h"
#include "reports/exec/fold_name.h"
#include "reports/exec/words.h"
#include "reports/format/text.h"

namespace holdfast {
namespace {

std::vector<std::string_view> words_of(std::string_view line) {
  constexpr std::string_view blanks = " \t\r";
  std::vector<std::string_view> words;
  for (auto begin = line.find_first_not_of(blanks); begin != std::string_view::npos;) {
    const auto end = std::min(line.find_first_of(blanks, begin), line.size());
    words.push_back(line.substr(begin, end - begin));
    begin = line.find_first_not_of(blanks, end);
  }
  return words;
}

// What a person wrote, short and harmless enough for a message.
std::string quoted(std::string_view word) {
  return "'" + cut_to(one_line(word), 60) + "'";
}

tl::unexpected<std::string> wrong(std::string message) {
  return tl::unexpected<std::string>(std::move(message));
}

std::optional<std::uint16_t> parse_code(std::string_view word) {
  std::uint16_t code = 0;
  const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), code);
  const bool whole = problem == std::errc() && end == word.data() + word.size() && code > 0;
  return whole ? std::optional(code) : std::nullopt;
}

tl::expected<HolderPattern, std::string> parse_holder(std::string_view word) {
  const auto colon = word.find(':');
  if (colon == std::string_view::npos)
    return wrong(quoted(word) + " is not a holder: write KIND:PROGRAM, for instance self:python3");
  HolderPattern holder;
  const std::string_view kind = word.substr(0, colon);
  if (kind != "*") {
    holder.kind = find_holder_kind(kind);
    if (!holder.kind) {
      return wrong(quoted(kind) +
                   " is not a kind of holder: injector, process, self, posix-only, stranger, unseen or *");
    }
  }
  auto program = Glob::parse(word.substr(colon + 1));
  if (!program || word.size() == colon + 1)
    return wrong(quoted(word) + " has no pattern for a program after its colon");
  holder.program = *std::move(program);
  return holder;
}

tl::expected<Suppression, std::string> parse_words(const std::vector<std::string_view>& words) {
  if (words.size() < 4) return wrong("a suppression is CALL CODE REASON PATH [by KIND:PROGRAM …]");
  Suppression suppression;
  if (words[0] != "*") {
    suppression.call = find_call(words[0]);
    if (!suppression.call)
      return wrong(quoted(words[0]) + " is not a call: rename, unlink, rmdir, link, open, truncate or *");
  }
  if (words[1] != "*") {
    suppression.code = parse_code(words[1]);
    if (!suppression.code) return wrong(quoted(words[1]) + " is not a Windows code: write a number, or *");
  }
  if (words[2] != "*") {
    suppression.reason = find_reason(words[2]);
    if (!suppression.reason) {
      return wrong(quoted(words[2]) +
                   " is not a reason: held, read-only, running-program, current-directory, open-child, "
                   "delete-pending, mapped or *");
    }
  }
  auto path = Glob::parse(words[3]);
  if (!path)
    return wrong(quoted(words[3]) + " is not a pattern: a backslash needs a character, or xNN, after it");
  suppression.path = *std::move(path);
  suppression.whole_path = words[3].starts_with('/');
  std::size_t at = 4;
  if (words.size() > at && words[at] == "from") {
    if (words.size() == at + 1) return wrong("'from' needs a program after it");
    suppression.caller = Glob::parse(words[at + 1]);
    if (!suppression.caller) return wrong(quoted(words[at + 1]) + " is not a pattern for a program");
    at += 2;
  }
  if (words.size() == at) return suppression;
  if (words[at] != "by")
    return wrong(quoted(words[at]) + " is unexpected: only 'from' and 'by' may follow the path");
  if (words.size() == ++at) return wrong("'by' needs holders after it: KIND:PROGRAM …, or nobody");
  suppression.holders.emplace();
  if (words.size() == at + 1 && words[at] == "nobody") return suppression;
  for (; at < words.size(); ++at) {
    auto holder = parse_holder(words[at]);
    if (!holder) return wrong(holder.error());
    suppression.holders->push_back(*std::move(holder));
  }
  return suppression;
}

bool matches(const HolderPattern& pattern, const HolderKey& holder) {
  return (!pattern.kind || *pattern.kind == holder.first) && pattern.program.matches(holder.second);
}

bool all_matched(const std::vector<HolderPattern>& patterns, const std::set<HolderKey>& holders) {
  const bool each_holder = std::all_of(holders.begin(), holders.end(), [&](const HolderKey& holder) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const auto& p) { return matches(p, holder); });
  });
  return each_holder && std::all_of(patterns.begin(), patterns.end(), [&](const HolderPattern& pattern) {
           return std::any_of(holders.begin(), holders.end(),
                              [&](const auto& h) { return matches(pattern, h); });
         });
}

}  // namespace

Result<std::vector<Suppression>> parse_suppressions(std::string_view text, const std::string& file) {
  std::vector<Suppression> suppressions;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const auto words = words_of(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (words.empty() || words[0].front() == '#') continue;
    auto suppression = parse_words(words);
    if (!suppression) return fail(Code::invalid, fmt::format("{}:{}: {}", file, line, suppression.error()));
    for (const auto word : words) suppression->text.append(suppression->text.empty() ? "" : " ").append(word);
    suppressions.push_back(*std::move(suppression));
  }
  return suppressions;
}

bool suppresses(const Suppression& suppression, const ExecReport& report, const ExecRefusal& refusal) {
  if (suppression.call && *suppression.call != refusal.call) return false;
  if (suppression.code && *suppression.code != refusal.code) return false;
  if (suppression.reason && *suppression.reason != refusal.reason) return false;
  if (suppression.caller && !suppression.caller->matches(file_name(refusal.program))) return false;
  const ExecGroupKey key = group_key(report, refusal);
  const PathBelow below = path_below(report, refused_path(refusal));
  const auto matches = [&](const std::string& rest) {
    return suppression.path.matches(suppression.whole_path ? below.whole(rest) : rest);
  };
  return (matches(below.rest) || matches(key.place)) &&
         (!suppression.holders || all_matched(*suppression.holders, key.holders));
}

void suppress(ExecReport& report, const std::vector<Suppression>& suppressions) {
  report.suppressions.clear();
  for (const Suppression& suppression : suppressions)
    report.suppressions.push_back({suppression.text, suppression.shipped, 0});
  const auto gone = [&](const ExecRefusal& refusal) {
    for (std::size_t at = 0; at < suppressions.size(); ++at) {
      if (!suppresses(suppressions[at], report, refusal)) continue;
      ++report.suppressions[at].count;
      ++report.suppressed;
      return true;
    }
    return false;
  };
  report.refusals.erase(std::remove_if(report.refusals.begin(), report.refusals.end(), gone),
                        report.refusals.end());
}

std::string suppression_line(const ExecGroupKey& group) {
  std::string line =
      fmt::format("{} {} {} {} by", call_word(group.call), group.code, reason_word(group.reason),
                  group.root.empty() ? glob_of(group.place) : glob_of_folded(group.place));
  for (const auto& [kind, program] : group.holders) {
    line += fmt::format(" {}:{}", holder_kind_word(kind), glob_of(program));
  }
  return group.holders.empty() ? line + " nobody" : line;
}

}  // namespace holdfast
