#include "harness/check/prose.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <vector>

namespace holdfast {
namespace {

constexpr char mark_begins = '\x1e', mark_ends = '\x1f';

// A time in a text, as moment() writes it.
struct TimeMark {
  std::size_t at = 0, size = 0;
  std::int64_t time_ns = 0;
};

std::vector<TimeMark> marks_in(const std::string& text) {
  std::vector<TimeMark> marks;
  for (std::size_t at = 0; (at = text.find(mark_begins, at)) != std::string::npos; ++at) {
    TimeMark mark{at, 0, 0};
    const char* end = text.data() + text.size();
    const auto [after, error] = std::from_chars(text.data() + at + 1, end, mark.time_ns);
    if (error != std::errc() || after == end || *after != mark_ends) continue;
    mark.size = static_cast<std::size_t>(after + 1 - (text.data() + at));
    marks.push_back(mark);
  }
  return marks;
}

std::string seconds(std::int64_t duration_ns, int digits) {
  return fmt::format("{:.{}f} s", static_cast<double>(duration_ns) * 1e-9, digits);
}

// The fewest digits, three at least, with which different times look different.
int digits_apart(const std::vector<std::int64_t>& times_ns, std::int64_t zero_ns) {
  constexpr int least = 3, most = 9;
  for (int digits = least; digits < most; ++digits) {
    std::set<std::string> words;
    for (const std::int64_t time_ns : times_ns) words.insert(seconds(time_ns - zero_ns, digits));
    if (words.size() == times_ns.size()) return digits;
  }
  return most;
}

// The directory that all paths of the record have in common, with its last '/': the store's, or one below it.
std::string common_directory(const History& history) {
  std::string_view common;
  const auto add = [&](std::string_view path) {
    if (!path.starts_with('/')) return;
    if (common.empty()) common = path;
    const auto end = std::mismatch(common.begin(), common.end(), path.begin(), path.end()).first;
    common = common.substr(0, static_cast<std::size_t>(end - common.begin()));
    common = common.substr(0, common.rfind('/') + 1);
  };
  for (const Call& call : history.calls) {
    add(call.path);
    add(call.destination);
  }
  for (const Kill& kill : history.kills) add(kill.path);
  for (const InjectorRecord& injector : history.injectors) {
    for (const Fault& fault : injector.faults) add(fault.path);
  }
  return std::string(common);
}

}  // namespace

std::string with_commas(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

std::string counted(std::uint64_t number, std::string_view one) {
  std::string noun(one);
  if (number != 1) {
    const bool ends_in_y = noun.ends_with("ry");
    if (ends_in_y) noun.pop_back();
    noun += ends_in_y ? "ies" : "s";
  }
  return with_commas(number) + ' ' + noun;
}

std::string listed(const std::set<std::uint32_t>& agents) {
  std::string list = agents.size() == 1 ? "agent " : "agents ";
  std::size_t place = 0;
  for (const std::uint32_t agent : agents) {
    if (place != 0) list += place + 1 == agents.size() ? " and " : ", ";
    list += std::to_string(agent);
    ++place;
  }
  return list;
}

std::string in_seconds(std::int64_t duration_ns) {
  return fmt::format("{:.3f} s", static_cast<double>(duration_ns) * 1e-9);
}

std::string at_time(const History& history, std::int64_t time_ns) {
  return in_seconds(time_ns - history.started_ns);
}

std::string moment(std::int64_t time_ns) {
  return fmt::format("{}{}{}", mark_begins, time_ns, mark_ends);
}

std::string told(const History& history, std::string text) {
  const auto marks = marks_in(text);
  std::set<std::int64_t> different;
  for (const TimeMark& mark : marks) different.insert(mark.time_ns);
  const int digits = digits_apart({different.begin(), different.end()}, history.started_ns);
  for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark)
    text.replace(mark->at, mark->size, seconds(mark->time_ns - history.started_ns, digits));
  const std::string directory = text.find('/') != std::string::npos ? common_directory(history) : "";
  if (directory.size() < 2) return text;
  for (std::size_t at = 0; (at = text.find(directory, at)) != std::string::npos;)
    text.erase(at, directory.size());
  return text;
}

std::string how_ended(const ProcessRecord& process) {
  if (!process.exited) return "was not seen to end";
  if (WIFSIGNALED(process.wait_status))
    return fmt::format("was killed by signal {}", WTERMSIG(process.wait_status));
  return fmt::format("exited with {}", WEXITSTATUS(process.wait_status));
}

}  // namespace holdfast
