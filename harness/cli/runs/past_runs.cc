#include "harness/cli/runs/past_runs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "harness/linux/descriptor.h"
#include "harness/linux/proc_path.h"
#include "harness/scenario/input_file.h"
#include "harness/scenario/json_depth.h"
#include "reports/format/html_text.h"
#include "reports/format/number_format.h"
#include "reports/format/text.h"
#include "reports/summary/summary.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

constexpr int deepest = 3;
constexpr int deepest_json = 16;
constexpr std::size_t most_directories = 20'000;  // a mistyped root is not searched for ever
constexpr off_t most_json_bytes = off_t{16} << 20;
constexpr std::size_t most_text_columns = 500;  // of each text that is listed
constexpr const char* unreadable = "unreadable";

// The kernel follows no symbolic link on the way, whoever puts one there meanwhile. O_PATH waits for nothing.
Descriptor found(const Descriptor& root, const fs::path& below) {
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC | O_NOFOLLOW;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  return Descriptor(static_cast<int>(
      ::syscall(SYS_openat2, root.get(), below.empty() ? "." : below.c_str(), &how, sizeof how)));
}

// Of a regular file; none: it is something else, or nothing.
std::optional<off_t> bytes_of(const Descriptor& file) {
  struct stat status {};
  const bool is_file = file && ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode);
  return is_file ? std::optional(status.st_size) : std::nullopt;
}

Result<std::string> text_of(const Descriptor& file, const std::string& name) {
  const auto bytes = bytes_of(file);
  if (!bytes) return fail(Code::invalid, name + ": is not a regular file");
  if (*bytes > most_json_bytes) return fail(Code::invalid, name + ": is larger than 16 MiB");
  auto text = read_input(own_descriptor_path(file.get()).data(), most_json_bytes);
  return text ? text : fail(text.error().within(name));
}

Result<ListedRun> run_of(const std::string& text, const std::string& file) {
  const auto summary = parse_summary(text, file);
  if (!summary) return fail(summary.error());
  ListedRun run;
  run.scenario = summary->scenario;
  run.variant = summary->variant;
  run.started_at = summary->started_at;
  run.seed = summary->seed;
  run.verdict = summary->verdict;
  if (!summary->reasons.empty()) run.reason = summary->reasons.front();
  if (summary->attempted > 0) run.success_rate = summary->success_rate;
  if (summary->ok > 0) run.latency_p99_ms = summary->latency_ms.p99;
  return run;
}

// Of a series' or a sweep's JSON only what is listed.
Result<ListedRun> several_of(const std::string& text, const std::string& file, std::string_view schema) {
  static const nlohmann::json nothing;
  const auto json =
      nesting_depth(text) > deepest_json ? nothing : nlohmann::json::parse(text, nullptr, false);
  const auto field = [](const nlohmann::json& object, const char* name) -> const nlohmann::json& {
    return object.is_object() && object.contains(name) ? object[name] : nothing;
  };
  const auto word = [](const nlohmann::json& value) {
    return value.is_string() ? value.get<std::string>() : std::string();
  };
  if (word(field(json, "schema")) != schema)
    return fail(Code::invalid, fmt::format("{}: is not a {}", file, schema));
  ListedRun run;
  run.scenario = word(field(json, "scenario"));
  run.started_at = word(field(field(json, "environment"), "started_at"));
  if (const auto& seed = field(json, "seed"); seed.is_number_unsigned()) run.seed = seed.get<std::uint64_t>();
  for (const RunVerdict verdict : {RunVerdict::pass, RunVerdict::fail, RunVerdict::inconclusive})
    if (word(field(json, "verdict")) == to_string(verdict)) run.verdict = verdict;
  if (const auto& reasons = field(json, "reasons"); reasons.is_array() && !reasons.empty())
    run.reason = word(reasons.front());
  return run;
}

struct Kind {
  const char* name;
  const char* file;
  std::string_view schema;  // empty: a run's, which is read whole
};
constexpr Kind kinds[] = {{"series", "trials.json", "holdfast.trials/1"},
                          {"sweep", "sweep.json", "holdfast.sweep/1"},
                          {"run", "result.json", ""}};

// What was judged in this directory; none if nothing was.
std::optional<ListedRun> entry_in(const Descriptor& root, const fs::path& below, const std::string& link) {
  for (const Kind& kind : kinds) {
    const Descriptor file = found(root, below / kind.file);
    if (!file) continue;
    const auto run = text_of(file, kind.file).and_then([&](const std::string& text) {
      return kind.schema.empty() ? run_of(text, kind.file) : several_of(text, kind.file, kind.schema);
    });
    ListedRun entry = run.value_or(ListedRun{});
    entry.kind = run ? kind.name : unreadable;
    if (!run) entry.reason = run.error().message;
    entry.place = below.empty() ? "." : below.string();
    const auto linked = [&](const char* report) {
      return bytes_of(found(root, below / report)) ? link + path_address((below / report).string()) : "";
    };
    entry.report_address = linked("report.html");
    entry.text_address = linked("report.md");
    if (entry.report_address.empty()) std::swap(entry.report_address, entry.text_address);
    for (std::string* text : {&entry.scenario, &entry.variant, &entry.started_at, &entry.reason})
      *text = cut_to(*text, most_text_columns);
    return entry;
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<ListedRun>> past_runs(const fs::path& directory, const std::string& link) {
  const Descriptor root(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) {
    return fail(Code::invalid, fmt::format("{}: {}; name the directory that runs are kept in",
                                           directory.string(), std::strerror(errno)));
  }
  std::vector<ListedRun> runs;
  struct Level {
    fs::path below;  // relative to root
    int depth = 0;
  };
  std::vector<Level> levels{{}};
  for (std::size_t at = 0; at < levels.size(); ++at) {
    const Level level = levels[at];
    if (auto run = entry_in(root, level.below, link)) {
      const bool read = run->kind != unreadable;
      runs.push_back(std::move(*run));
      if (read) continue;
    }
    // What lies deeper in a run, its subject wrote.
    if (level.depth == deepest || found(root, level.below / "plan.json")) continue;
    const Descriptor here = found(root, level.below);
    std::error_code error, ignored;
    for (fs::directory_iterator entry(own_descriptor_path(here.get()).data(), error), end;
         !error && entry != end; entry.increment(error)) {
      if (entry->is_symlink(ignored) || !entry->is_directory(ignored)) continue;
      if (levels.size() == most_directories) {
        return fail(Code::invalid,
                    fmt::format("{} holds more than {} directories: name one that holds runs alone",
                                directory.string(), format_count(most_directories)));
      }
      levels.push_back({level.below / entry->path().filename(), level.depth + 1});
    }
  }
  if (runs.empty()) {
    return fail(Code::invalid, fmt::format("there is no run in {}: 'holdfast run broadcast-8' makes one",
                                           directory.string()));
  }
  sort_newest_first(runs);
  return runs;
}

}  // namespace holdfast
