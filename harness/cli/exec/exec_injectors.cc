#include "harness/cli/exec/exec_injectors.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <utility>

#include "harness/crowd/inject/used_files.h"
#include "harness/history/event_reader.h"
#include "harness/history/recorder.h"
#include "harness/scenario/injector_traits.h"
#include "harness/scenario/key_tables.h"
#include "harness/scenario/plan/plan.h"
#include "reports/exec/how_long.h"
#include "reports/format/number_format.h"

namespace holdfast {
namespace {

// Commas within braces, brackets and quotes belong to a value.
std::vector<std::string> split_settings(const std::string& text) {
  std::vector<std::string> settings(1);
  int depth = 0;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '{' || c == '[')) ++depth;
    if (!quoted && (c == '}' || c == ']')) --depth;
    if (c == ',' && depth == 0 && !quoted) {
      settings.emplace_back();
    } else {
      settings.back() += c;
    }
  }
  return settings;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

}  // namespace

Result<std::vector<Injector>> parse_injectors(const std::vector<std::string>& specifications) {
  if (specifications.empty()) return std::vector<Injector>();
  std::vector<std::string> settings;
  for (std::size_t i = 0; i < specifications.size(); ++i) {
    const std::string& specification = specifications[i];
    const auto colon = specification.find(':');
    const std::string kind = specification.substr(0, colon);
    const auto set = [&](const std::string& setting) {
      settings.push_back(fmt::format("inject.{}.{}", i, setting));
    };
    set("kind=" + kind);
    bool has_hold = false;
    bool has_path = false;
    if (colon != std::string::npos) {
      for (const std::string& setting : split_settings(specification.substr(colon + 1))) {
        if (setting.find('=') == std::string::npos) {
          return fail(Code::invalid,
                      fmt::format("--inject {}: '{}' is not KEY=VALUE", specification, setting));
        }
        has_hold = has_hold || setting.starts_with("hold=");
        has_path = has_path || setting.starts_with("path=");
        set(setting);
      }
    }
    const auto row = std::find_if(injector_words.begin(), injector_words.end(),
                                  [&](const auto& known) { return known.first == kind; });
    if (row == injector_words.end()) {
      std::vector<std::string_view> valid;
      for (const auto& [word, known] : injector_words) {
        if (has_process(known)) valid.push_back(word);
      }
      return fail(Code::invalid, "--inject: " + unknown_word("kind of injector", kind, valid));
    }
    if (!has_process(row->second)) {
      return fail(Code::invalid, fmt::format("--inject {0}: {0}s are for agents of a scenario", kind));
    }
    const bool watches = has(row->second, injector_trait::watches);
    if (!has_hold) set(watches ? "hold={median=\"30ms\",p99=\"300ms\",max=\"1500ms\"}" : "hold=1s");
    if (!has_path && has(row->second, injector_trait::needs_path)) set("path=\"*\"");
  }
  auto scenario = parse_scenario("", "--inject", settings);
  if (scenario) return std::move(scenario->injectors);
  std::string message = scenario.error().message;
  for (std::size_t i = 0; i < specifications.size(); ++i) {
    const std::string kind = specifications[i].substr(0, specifications[i].find(':'));
    message =
        replaced(std::move(message), fmt::format("--set inject.{}.", i), fmt::format("--inject {}: ", kind));
    message = replaced(std::move(message), fmt::format("inject.{}.", i), "");
    message = replaced(std::move(message), fmt::format(" in inject.{}", i), "");
  }
  return fail(Code::invalid, message);
}

std::string injectable_kinds() {
  std::vector<std::string_view> kinds;
  for (const auto& [word, kind] : injector_words)
    if (has_process(kind)) kinds.push_back(word);
  return fmt::format("{}", fmt::join(kinds, ", "));
}

Result<InjectorDirectories> InjectorDirectories::create(const std::vector<Injector>& injectors,
                                                        const std::vector<std::filesystem::path>& domain,
                                                        bool shares_directories, std::uint64_t seed) {
  InjectorDirectories made(injectors);
  if (injectors.empty()) return made;
  auto parent = RemovedWithUs::make("exec");
  if (!parent) return fail(parent.error());
  made.parent_ = std::move(*parent);
  std::vector<std::filesystem::path> stores = domain;
  if (shares_directories) stores.emplace_back("/");  // the list of used files leads to the places in it
  for (const auto& directory : stores) {
    const auto path = made.parent_->path() / fmt::format("{}", made.served_.size());
    made.served_.push_back({directory, path});
    Plan plan;
    plan.scenario.injectors = injectors;
    plan.seed = seed;
    plan.run_id = seed;
    std::error_code error;
    std::filesystem::create_directories(path / "events", error);
    if (!error) std::filesystem::create_directory_symlink(directory, path / "store", error);
    std::ofstream file(path / "plan.json", std::ios::binary);
    file << to_json(plan);
    file.close();
    if (error || !file) return fail(Code::failed, fmt::format("cannot write into {}", path.string()));
  }
  if (!shares_directories) return made;
  const auto list = made.served_.back().run / used_files_name;
  made.used_list_ = Descriptor(::open(list.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!made.used_list_) return fail(Code::failed, fmt::format("cannot write {}", list.string()), errno);
  return made;
}

std::vector<std::filesystem::path> InjectorDirectories::own() const {
  if (!parent_) return {};
  return {parent_->path()};
}

void InjectorDirectories::used(const std::string& path) {
  constexpr std::size_t most_used = 100'000;
  if (used_.size() >= most_used || !used_.insert(path).second) return;
  const std::string line = path + '\0';
  static_cast<void>(!::write(used_list_.get(), line.data(), line.size()));
}

std::vector<std::vector<std::string>> InjectorDirectories::commands(
    const std::filesystem::path& executable) const {
  std::vector<std::vector<std::string>> commands;
  for (const Served& served : served_) {
    for (std::size_t i = 0; i < injectors_.size(); ++i) {
      commands.push_back({executable.string(), "internal-injector", served.run.string(), fmt::format("{}", i),
                          fmt::format("{}", commands.size() + 1)});
    }
  }
  return commands;
}

std::vector<std::string> InjectorDirectories::names() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < served_.size(); ++i) {
    for (const Injector& injector : injectors_) names.push_back(injector.name);
  }
  return names;
}

void InjectorDirectories::tell(ExecReport& report) const {
  std::vector<InjectorHold> holds;
  for (std::size_t i = 0; i < injectors_.size(); ++i) {
    ExecInjector& injector = report.injectors.emplace_back();
    injector.name = injectors_[i].name;
    injector.min_fired = injectors_[i].min_fired;
    const auto events = event_file_name(Role::injector, static_cast<std::uint32_t>(i));
    for (const Served& served : served_) {
      auto reader = EventReader::open(served.run / "events" / events);
      if (!reader) continue;
      const std::string store = (served.run / "store/").string();
      std::map<std::uint64_t, std::size_t> under_way;  // by the fault's number, in holds
      while (const Event* event = reader->next()) {
        if (event->type == EventType::planned) ++injector.planned;
        if (event->type == EventType::warning) report.warnings.push_back(event->text);
        if (event->type == EventType::fired) {
          ++injector.fired;
          if (!event->text.starts_with(store)) continue;
          under_way[event->op] = holds.size();
          InjectorHold& hold = holds.emplace_back();
          hold.pid = event->pid;
          hold.path = served.domain / event->text.substr(store.size());
          hold.from_ns = event->time_ns - report.begun_ns;
        } else if (event->type == EventType::released) {
          const auto found = under_way.find(event->op);
          if (found != under_way.end()) holds[found->second].to_ns = event->time_ns - report.begun_ns;
        }
      }
    }
    if (injector.fired < injectors_[i].min_fired) {
      report.warnings.push_back(
          fmt::format("{} held a file {}, fewer than min_fired ({}): too few to tell; is the path right, and "
                      "was the run long enough?",
                      injector.name, format_counted(injector.fired, "time"), injectors_[i].min_fired));
    }
  }
  tell_how_long(report, holds);
}

}  // namespace holdfast
