// A run's event files become one History.
//
// Files are taken in a fixed order (conductor, supervisor, agents, injectors, readers by index), so the same directory
// gives the same History. Whatever a file claims that cannot be is a doubt with the file's name, and makes
// the run inconclusive; nothing that a file holds stops the others from being read. Agents' files, nearly all
// there is to read, are read several at a time, each into a part of its own (merge_agent.h).
#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <future>
#include <optional>
#include <set>
#include <span>
#include <thread>
#include <tuple>
#include <utility>

#include "harness/history/event_reader.h"
#include "harness/history/history.h"
#include "harness/history/merge_agent.h"
#include "harness/history/merge_conductor.h"
#include "harness/history/merge_injector.h"
#include "harness/history/merge_reader.h"
#include "harness/history/merge_supervisor.h"
#include "harness/history/plausible.h"
#include "harness/history/recorder.h"

namespace holdfast {
namespace {

constexpr std::size_t doubts_max = 1000;

struct FoundFile {
  EventFileName name;
  std::filesystem::path path;
};

struct FoundFiles {
  std::vector<FoundFile> files;      // in the order to be merged
  std::vector<std::string> strange;  // names that are not those of event files
};

Result<FoundFiles> find_event_files(const std::filesystem::path& directory) {
  FoundFiles found;
  std::error_code error;
  for (std::filesystem::directory_iterator it(directory, error), last; !error && it != last;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (const auto parsed = parse_event_file_name(name)) {
      found.files.push_back({*parsed, it->path()});
    } else {
      found.strange.push_back(name);
    }
  }
  if (error) {
    return fail(
        error == std::errc::no_such_file_or_directory ? Code::not_found : Code::failed,
        fmt::format("{}: cannot read the directory of events: {}", directory.string(), error.message()),
        error.value());
  }
  const auto rank = [](const FoundFile& file) {
    const int role = file.name.role == Role::conductor    ? 0
                     : file.name.role == Role::supervisor ? 1
                     : file.name.role == Role::agent      ? 2
                     : file.name.role == Role::injector   ? 3
                                                          : 4;
    return std::tuple(role, file.name.index);
  };
  std::sort(found.files.begin(), found.files.end(),
            [&](const FoundFile& a, const FoundFile& b) { return rank(a) < rank(b); });
  std::sort(found.strange.begin(), found.strange.end());
  return found;
}

// How a file ended, for the question whether its writer ended the same way.
struct FileEnd {
  EventFileName name;
  bool ended = false;
  bool damaged = false;
  bool in_doubt = false;  // damaged, or it says what cannot be
};

// Whose events a file has to hold: the run of `history`, once that is known.
struct ExpectedRun {
  std::uint64_t id = 0;
  bool known = false;
};

bool belongs(const FoundFile& file, const FileHeader& header, ExpectedRun& run, History& history) {
  const std::string name = file.path.filename().string();
  if (header.role != file.name.role || (file.name.index != no_process && header.process != file.name.index)) {
    history.doubts.push_back(
        {DoubtKind::foreign_record,
         fmt::format("{}: its header names another writer than its file name does", name)});
    return false;
  }
  if (!run.known) run = {header.run_id, true};
  if (header.run_id == run.id) return true;
  history.doubts.push_back(
      {DoubtKind::foreign_record,
       fmt::format("{}: it belongs to run {:016x}, not to this run {:016x}", name, header.run_id, run.id)});
  return false;
}

// Warnings may stand in any file; all else is for `part`.
template <typename Part>
void merge_events(EventReader& reader, Event* event, History& history, DoubtList& doubts, Part&& part) {
  for (; event != nullptr; event = reader.next()) {
    doubts.next_event();
    if (event->type == EventType::end) continue;
    if (event->type == EventType::warning) {
      (event->value[0] == 1 ? history.doubts : history.warnings)
          .push_back({find_doubt(event->value[1]), std::move(event->text),
                      std::max<std::uint64_t>(event->value[2], 1)});
    } else {
      part(std::move(*event));
    }
  }
}

// Adds what a file says to `history`; none: the file counts as not there.
std::optional<FileEnd> merge_file(const FoundFile& file, ExpectedRun& run, History& history) {
  const std::string name = file.path.filename().string();
  if (file.name.index != no_process && file.name.index >= process_index_limit) {
    history.doubts.push_back(
        {DoubtKind::foreign_record, fmt::format("{}: no run has that many processes", name)});
    return std::nullopt;
  }
  InjectorRecord* injector = nullptr;
  if (file.name.role == Role::injector) {
    injector = &history.injectors.emplace_back();
    injector->index = file.name.index;
  }
  auto reader = EventReader::open(file.path);
  if (!reader) {
    history.doubts.push_back({DoubtKind::damaged_record, reader.error().message});
    return FileEnd{file.name, false, true, true};
  }
  Event* first = reader->next();
  if (reader->header() && !belongs(file, *reader->header(), run, history))
    return FileEnd{file.name, false, true, true};
  DoubtList doubts(name);
  if (file.name.role == Role::conductor) {
    ConductorMerge part(history, doubts);
    merge_events(*reader, first, history, doubts, [&](Event&& event) { part.add(std::move(event)); });
    part.finish();
  } else if (file.name.role == Role::supervisor) {
    SupervisorMerge part(history, doubts);
    merge_events(*reader, first, history, doubts, [&](Event&& event) { part.add(std::move(event)); });
    part.finish();
  } else if (file.name.role == Role::agent) {
    AgentMerge part(file.name.index, history, doubts);
    merge_events(*reader, first, history, doubts, [&](Event&& event) { part.add(event); });
    part.finish();
  } else if (file.name.role == Role::reader) {
    ReaderMerge part(file.name.index, history, doubts);
    merge_events(*reader, first, history, doubts, [&](Event&& event) { part.add(event); });
    part.finish();
  } else {
    if (reader->header()) injector->pid = reader->header()->pid;
    InjectorMerge part(*injector, doubts);
    merge_events(*reader, first, history, doubts, [&](Event&& event) { part.add(std::move(event)); });
  }
  if (reader->damage()) history.doubts.push_back({DoubtKind::damaged_record, *reader->damage()});
  doubts.append_to(history.doubts);
  return FileEnd{file.name, reader->ended(), reader->damage().has_value(),
                 reader->damage() || !doubts.empty()};
}

// Room for all that agents' files can hold, so that no vector has to grow, and be there twice meanwhile.
// Pages that stay unused cost nothing; files that claim more than the largest run has get no more than that.
void reserve_for(std::span<const FoundFile> agents, History& history) {
  constexpr std::uint64_t records_max = std::uint64_t{32} << 20;
  std::uint64_t records = 0;
  for (const FoundFile& file : agents) {
    std::error_code error;
    const std::uintmax_t bytes = std::filesystem::file_size(file.path, error);
    if (!error) records += std::min<std::uint64_t>(bytes / record_bytes, records_max);
  }
  records = std::min(records, records_max);
  history.operations.reserve(records / 2);  // asked for and answered
  history.seen.reserve(records);
}

class RunMerge {
 public:
  Result<History> merge(const std::filesystem::path& events_directory, unsigned threads);

 private:
  void merge_here(const FoundFile& file);
  void merge_agents(std::span<const FoundFile> files, unsigned threads);
  void add_silent_injectors();
  void doubt_missing_ends();
  void doubt_unknown_writers();
  void doubt_unknown_callers();

  History history_;
  std::vector<FileEnd> ends_;
  std::set<std::uint32_t> agents_in_doubt_;
  ExpectedRun run_;
};

void RunMerge::merge_here(const FoundFile& file) {
  if (const auto end = merge_file(file, run_, history_)) ends_.push_back(*end);
}

// At most `threads` parts are there at a time, besides the one that is being taken over.
void RunMerge::merge_agents(std::span<const FoundFile> files, unsigned threads) {
  struct Part {
    History history;
    std::optional<FileEnd> end;
  };
  const auto read_part = [run = run_](const FoundFile& file) {
    Part part;
    ExpectedRun expected = run;
    reserve_for(std::span(&file, 1), part.history);
    part.end = merge_file(file, expected, part.history);
    return part;
  };
  std::deque<std::future<Part>> under_way;
  const auto take_next = [&] {
    Part part = under_way.front().get();
    under_way.pop_front();
    const bool taken = append_agent(std::move(part.history), history_);
    if (!part.end) return;
    part.end->in_doubt = part.end->in_doubt || !taken;
    ends_.push_back(*part.end);
  };
  if (files.size() > 1) reserve_for(files, history_);
  for (const FoundFile& file : files) {
    if (under_way.size() == threads) take_next();
    under_way.push_back(std::async(read_part, std::cref(file)));
  }
  while (!under_way.empty()) take_next();
}

// An injector that left no file fired nothing, and must be seen to.
void RunMerge::add_silent_injectors() {
  std::set<std::uint32_t> with_record;
  for (const InjectorRecord& record : history_.injectors) with_record.insert(record.index);
  for (const ProcessRecord& process : history_.processes) {
    if (process.role != Role::injector || !with_record.insert(process.index).second) continue;
    history_.injectors.push_back(InjectorRecord{process.index, process.pid, 0, 0, {}});
  }
}

// A writer that died leaves a file without `end`; one that the conductor saw end well does not. So a file
// that was cut short afterwards, or taken away, shows.
void RunMerge::doubt_missing_ends() {
  const auto end_of = [&](Role role, std::uint32_t index) -> const FileEnd* {
    for (const FileEnd& end : ends_) {
      if (end.name == EventFileName{role, index}) return &end;
    }
    return nullptr;
  };
  for (const Role role : {Role::conductor, Role::supervisor}) {
    const FileEnd* end = end_of(role, no_process);
    const std::string name = event_file_name(role);
    if (end == nullptr) {
      history_.doubts.push_back({DoubtKind::missing_record,
                                 fmt::format("{}: missing, so the record of this run is incomplete", name)});
    } else if (history_.complete && !end->ended && !end->damaged) {
      history_.doubts.push_back(
          {DoubtKind::missing_record,
           fmt::format("{}: cut short: the run finished, but the file has no end", name)});
    }
  }
  const FileEnd* supervisor = end_of(Role::supervisor, no_process);
  history_.calls_in_doubt = supervisor == nullptr || !supervisor->ended || supervisor->in_doubt;
  for (const FileEnd& end : ends_) {
    if (end.name.role == Role::agent && end.in_doubt) agents_in_doubt_.insert(end.name.index);
  }
  // Process records by index and files by index are both sorted, so one walk would do; the sizes are those of
  // a crowd, and a sorted lookup is simpler.
  std::vector<std::pair<std::uint32_t, const FileEnd*>> agents;
  std::vector<std::pair<std::uint32_t, const FileEnd*>> injectors;
  std::vector<std::pair<std::uint32_t, const FileEnd*>> readers;
  for (const FileEnd& end : ends_) {
    if (end.name.role == Role::agent) agents.emplace_back(end.name.index, &end);
    if (end.name.role == Role::injector) injectors.emplace_back(end.name.index, &end);
    if (end.name.role == Role::reader) readers.emplace_back(end.name.index, &end);
  }
  for (const ProcessRecord& process : history_.processes) {
    if (process.role == Role::supervisor || process.role == Role::conductor) continue;
    const auto& files = process.role == Role::agent      ? agents
                        : process.role == Role::injector ? injectors
                                                         : readers;
    const auto found =
        std::lower_bound(files.begin(), files.end(), process.index,
                         [](const auto& entry, std::uint32_t index) { return entry.first < index; });
    const bool has_file = found != files.end() && found->first == process.index;
    const bool ended_well =
        process.exited && WIFEXITED(process.wait_status) && WEXITSTATUS(process.wait_status) == 0;
    if (!ended_well) continue;
    const std::string name = event_file_name(process.role, process.index);
    if (process.role == Role::agent && (!has_file || !found->second->ended))
      agents_in_doubt_.insert(process.index);
    if (!has_file) {
      history_.doubts.push_back(
          {DoubtKind::missing_record, fmt::format("{}: missing, although its writer ended normally", name)});
    } else if (!found->second->ended && !found->second->damaged) {
      history_.doubts.push_back(
          {DoubtKind::missing_record,
           fmt::format("{}: cut short: its writer ended normally, but the file has no end", name)});
    }
  }
}

// A file of somebody whom the conductor did not start was put there by another hand.
void RunMerge::doubt_unknown_writers() {
  std::set<std::pair<Role, std::uint32_t>> started;
  for (const ProcessRecord& process : history_.processes) started.emplace(process.role, process.index);
  for (const FileEnd& end : ends_) {
    if (end.damaged || end.name.index == no_process || started.contains({end.name.role, end.name.index}))
      continue;
    history_.doubts.push_back(
        {DoubtKind::foreign_record,
         fmt::format("{}: its writer was never started", event_file_name(end.name.role, end.name.index))});
  }
}

// Calls are kept regardless of their caller; but an agent that was never started cannot have made one.
void RunMerge::doubt_unknown_callers() {
  std::vector<std::uint32_t> known;
  for (const ProcessRecord& process : history_.processes) {
    if (process.role == Role::agent) known.push_back(process.index);
  }
  std::sort(known.begin(), known.end());
  std::uint64_t strange = 0;
  std::uint32_t example = no_process;
  for (const Call& call : history_.calls) {
    if (call.agent == no_process || std::binary_search(known.begin(), known.end(), call.agent)) continue;
    if (strange++ == 0) example = call.agent;
  }
  if (strange != 0) {
    history_.doubts.push_back(
        {DoubtKind::contradiction,
         fmt::format("{}: {} calls are of agents that were never started, such as agent {}",
                     event_file_name(Role::supervisor), strange, example),
         strange});
  }
}

Result<History> RunMerge::merge(const std::filesystem::path& events_directory, unsigned threads) {
  const auto found = find_event_files(events_directory);
  if (!found) return fail(found.error());
  if (found->files.empty() || found->files.front().name.role != Role::conductor) {
    return fail(Code::not_found, fmt::format("{}: no {} here, so this is not a run directory",
                                             events_directory.string(), event_file_name(Role::conductor)));
  }
  for (const std::string& name : found->strange) {
    (name.ends_with(".events") ? history_.doubts : history_.warnings)
        .push_back({DoubtKind::foreign_record, fmt::format("{}: not the name of an event file", name)});
  }
  const std::span<const FoundFile> files(found->files);
  merge_here(files.front());
  if (!run_.known) {
    return fail(Code::corrupt,
                fmt::format("{}: the run cannot be read: {}", events_directory.string(),
                            history_.doubts.empty() ? "no header" : history_.doubts.back().text));
  }
  history_.run_id = run_.id;
  std::size_t at = 1;
  if (at < files.size() && files[at].name.role == Role::supervisor) merge_here(files[at++]);
  const std::size_t first_agent = at;
  while (at < files.size() && files[at].name.role == Role::agent) ++at;
  merge_agents(files.subspan(first_agent, at - first_agent), threads);
  for (; at < files.size(); ++at) merge_here(files[at]);
  add_silent_injectors();
  std::sort(history_.injectors.begin(), history_.injectors.end(),
            [](const InjectorRecord& a, const InjectorRecord& b) { return a.index < b.index; });
  std::stable_sort(history_.kills.begin(), history_.kills.end(), [](const Kill& a, const Kill& b) {
    return std::tie(a.agent, a.time_ns) < std::tie(b.agent, b.time_ns);
  });
  stand_in_for_unread(history_);
  attribute_calls(history_);
  doubt_missing_ends();
  doubt_unknown_writers();
  doubt_unknown_callers();
  history_.agents_in_doubt.assign(agents_in_doubt_.begin(), agents_in_doubt_.end());
  if (history_.doubts.size() > doubts_max) {
    const std::size_t more = history_.doubts.size() - doubts_max;
    history_.doubts.resize(doubts_max);
    history_.doubts.push_back({DoubtKind::not_listed, fmt::format("and {} doubts more", more), more});
  }
  return std::move(history_);
}

}  // namespace

Result<History> merge(const std::filesystem::path& run_directory, unsigned threads) {
  return RunMerge().merge(run_directory / "events",
                          threads != 0 ? threads : std::max(1U, std::thread::hardware_concurrency()));
}

}  // namespace holdfast
