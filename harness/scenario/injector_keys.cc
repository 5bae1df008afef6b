// [[inject]]: the processes that hold files, the kills and the delays.

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "harness/scenario/injector_traits.h"
#include "harness/scenario/key_tables.h"
#include "harness/scenario/store_path.h"
#include "harness/sharing/sharing.h"

namespace holdfast {

const Words<InjectorKind> injector_words = {
#define HOLDFAST_INJECTOR(name, word, traits) {word, InjectorKind::name},
#include "harness/scenario/injectors.def"
#undef HOLDFAST_INJECTOR
};

std::string_view to_string(InjectorKind kind) {
  return word_for(injector_words, kind);
}
std::string_view injector_kind_word(const Injector& injector) {
  return to_string(injector.kind);
}

bool makes_wait(const Injector& injector) {
  return injector.kind == InjectorKind::indexer ||
         (injector.kind == InjectorKind::antivirus && injector.mode == WhileScanning::delay);
}

namespace {

Field<Injector> store_path_field() {
  const std::string wanted(store_path_wanted);
  return {wanted,
          [=](const Node& node, const std::string& path, Injector& injector) -> Result<> {
            const std::string& name = node.text;
            if (node.type != Node::Type::string || !is_store_path(name)) return mismatch(node, path, wanted);
            injector.path = name;
            return {};
          },
          [](const Injector& injector) { return Node::of(injector.path); }, [] { return schema::text(); }};
}

Field<Injector> share_field() {
  const std::string wanted = "the access that others keep, letters of \"rwd\"; \"\" for none";
  return {wanted,
          [=](const Node& node, const std::string& path, Injector& injector) -> Result<> {
            if (node.type != Node::Type::string || node.text.size() > 3) return mismatch(node, path, wanted);
            const auto share = parse_letters(node.text);
            if (!share) return mismatch(node, path, wanted);
            injector.share = *share == 0 ? "" : to_set(*share);
            return {};
          },
          [](const Injector& injector) { return Node::of(injector.share); },
          [] { return schema::text("^[rwd-]{0,3}$"); }};
}

struct TriggerWord {
  std::string_view word;
  bool Triggers::*member;
};
constexpr std::array trigger_words{TriggerWord{"close", &Triggers::close},
                                   TriggerWord{"replace", &Triggers::replace},
                                   TriggerWord{"open", &Triggers::open}};

// One word, or several.
Field<Injector> triggers_field() {
  const std::string wanted = "\"close\", \"replace\" or \"open\", or an array of different ones";
  return {
      wanted,
      [=](const Node& node, const std::string& path, Injector& injector) -> Result<> {
        const bool one = node.type == Node::Type::string;
        if (!one && (node.type != Node::Type::array || node.items.empty()))
          return mismatch(node, path, wanted);
        injector.triggers = {false, false, false};
        for (const Node& item : one ? std::vector<Node>{node} : node.items) {
          if (item.type != Node::Type::string) return mismatch(item, path, wanted);
          const auto known = std::find_if(trigger_words.begin(), trigger_words.end(),
                                          [&](const TriggerWord& word) { return word.word == item.text; });
          if (known == trigger_words.end()) {
            return fail_at(item.place,
                           path + ": " + unknown_word("trigger", item.text, {"close", "replace", "open"}));
          }
          bool& chosen = injector.triggers.*(known->member);
          if (chosen) return fail_at(item.place, fmt::format("{} names {} twice", path, item.text));
          chosen = true;
        }
        return {};
      },
      [](const Injector& injector) -> std::optional<Node> {
        Node array;
        array.type = Node::Type::array;
        for (const auto& [word, member] : trigger_words) {
          if (injector.triggers.*member) array.items.push_back(Node::of(std::string(word)));
        }
        return array;
      },
      [] {
        const Node one = schema::words({"close", "replace", "open"});
        return schema::any_of({one, schema::list(one)});
      }};
}

Field<Injector> injector_name_field() {
  const std::string wanted = "1 to 64 letters, digits, '-', '_' or '.'";
  return {wanted,
          [=](const Node& node, const std::string& path, Injector& injector) -> Result<> {
            const auto allowed = [](char c) {
              return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                     c == '_' || c == '.';
            };
            const std::string& name = node.text;
            const bool fits =
                !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), allowed);
            if (node.type != Node::Type::string || !fits) return mismatch(node, path, wanted);
            injector.name = name;
            return {};
          },
          [](const Injector& injector) { return Node::of(injector.name); },
          [] { return schema::text("^[A-Za-z0-9_.-]{1,64}$"); }};
}

// One agent, or several.
Field<Injector> victims_field() {
  const std::string wanted = "an agent's number, or an array of different ones, such as [0, 3]";
  return {
      wanted,
      [=](const Node& node, const std::string& path, Injector& injector) -> Result<> {
        const bool one = node.type == Node::Type::integer;
        if (!one && (node.type != Node::Type::array || node.items.empty()))
          return mismatch(node, path, wanted);
        injector.victims.clear();
        for (const Node& item : one ? std::vector<Node>{node} : node.items) {
          if (item.type != Node::Type::integer || item.integer < 0 || item.integer >= most_agents)
            return mismatch(item, path, wanted);
          const auto victim = static_cast<std::uint32_t>(item.integer);
          if (std::find(injector.victims.begin(), injector.victims.end(), victim) != injector.victims.end()) {
            return fail_at(item.place, fmt::format("{} names agent {} twice", path, victim));
          }
          injector.victims.push_back(victim);
        }
        return {};
      },
      [](const Injector& injector) -> std::optional<Node> {
        if (injector.victims.size() == 1) return Node::of(std::int64_t{injector.victims.front()});
        Node array;
        array.type = Node::Type::array;
        for (const std::uint32_t victim : injector.victims)
          array.items.push_back(Node::of(std::int64_t{victim}));
        return array;
      },
      [] {
        const Node one = schema::whole(0, most_agents - 1);
        return schema::any_of({one, schema::list(one)});
      }};
}

// A key that kills at every call do not have.
Field<Injector> unless_every_call(Field<Injector> field) {
  auto write = std::move(field.write);
  field.write = [write](const Injector& injector) {
    const bool every_call = injector.kind == InjectorKind::kill && injector.kill_at == KillAt::every_call;
    return every_call ? std::nullopt : write(injector);
  };
  return field;
}

// A file call that can be held up.
Field<Injector> call_field() {
  static constexpr std::array<std::string_view, 12> calls = {"rename", "unlink",    "link",   "open",
                                                             "close",  "write",     "pwrite", "fsync",
                                                             "flock",  "ftruncate", "lock",   "unlock"};
  const std::string wanted = fmt::format("one of \"{}\"", fmt::join(calls, "\", \""));
  return {wanted,
          [=](const Node& node, const std::string& path, Injector& injector) -> Result<> {
            if (node.type != Node::Type::string) return mismatch(node, path, wanted);
            if (std::find(calls.begin(), calls.end(), node.text) == calls.end())
              return fail_at(node.place,
                             path + ": " + unknown_word("call", node.text, {calls.begin(), calls.end()}));
            injector.call = node.text;
            return {};
          },
          [](const Injector& injector) { return Node::of(injector.call); },
          [] {
            return schema::words({calls.begin(), calls.end()});
          }};
}

// Who is delayed must be there.
Place place_of_victims(const Node& node) {
  const Node* const victims = node.find("victim");
  return victims != nullptr ? victims->place : node.place;
}

Result<> check_victim(const Node& node, const std::string& path, std::uint32_t victim,
                      const Scenario& scenario) {
  if (victim < scenario.agents.count) return {};
  return fail_at(place_of_victims(node),
                 fmt::format("{}.victim is agent {}, but agents.count is {}: the last is agent {}", path,
                             victim, scenario.agents.count, scenario.agents.count - 1));
}

Result<> check_delay(const Node& node, const std::string& path, const Injector& injector,
                     const Scenario& scenario) {
  for (const std::uint32_t victim : injector.victims) {
    if (auto there = check_victim(node, path, victim, scenario); !there) return there;
  }
  return {};
}

// What kills needs agents that are there, that nobody else kills, and that have a broadcast left afterwards.
Result<> check_kill(const Node& node, const std::string& path, const Injector& injector,
                    const Scenario& scenario) {
  const Place place = place_of_victims(node);
  for (const std::uint32_t victim : injector.victims) {
    if (auto there = check_victim(node, path, victim, scenario); !there) return there;
    if (is_victim(scenario, victim)) {
      return fail_at(place,
                     fmt::format("{}.victim: agent {} is another injector's victim already", path, victim));
    }
  }
  if (scenario.agents.broadcasts < 3) {
    return fail_at(node.place,
                   fmt::format("{}: agents.broadcasts is {}, but the first and the last of a victim "
                               "are left alone: give each agent at least 3",
                               path, scenario.agents.broadcasts));
  }
  if (injector.kill_at == KillAt::random) return {};
  for (const char* const key : {"count", "within"}) {
    const Node* const given = node.find(key);
    if (given == nullptr) continue;
    return fail_at(given->place, fmt::format("{}.{} belongs to kill_at = \"random\", but this is kill_at = "
                                             "\"every-call\"",
                                             path, key));
  }
  return {};
}

Result<> check_injector(const Node& node, const std::string& path, const Injector& injector,
                        const Scenario& scenario) {
  if (injector.kind == InjectorKind::kill) {
    if (auto sound = check_kill(node, path, injector, scenario); !sound) return sound;
  }
  if (has(injector.kind, injector_trait::needs_path) && node.find("path") == nullptr)
    return fail_at(node.place, fmt::format("{}.path is missing; it must be {}", path, store_path_wanted));
  if (injector.kind == InjectorKind::delay) return check_delay(node, path, injector, scenario);
  const bool by_time = has(injector.kind, injector_trait::by_time);
  if (by_time && injector.count > 1 && injector.period == Duration(0)) {
    const char* const what = injector.kind == InjectorKind::backup ? "passes" : "holds";
    return fail_at(node.place,
                   fmt::format("{}.period is missing; {} {} need the time from one's start to the next's",
                               path, injector.count, what));
  }
  const bool passes = injector.kind == InjectorKind::backup;  // each holds any number of files
  const bool every_call = injector.kind == InjectorKind::kill && injector.kill_at == KillAt::every_call;
  if (!has(injector.kind, injector_trait::counts) || passes || every_call) return {};
  if (injector.min_fired > injector.count) {
    const Node* const place = node.find("min_fired") != nullptr ? node.find("min_fired") : &node;
    return fail_at(place->place,
                   fmt::format("{}.min_fired is {}, but count allows only {}: every run would be "
                               "inconclusive",
                               path, injector.min_fired, injector.count));
  }
  return {};
}

std::vector<std::string_view> kinds_with(unsigned trait) {
  std::vector<std::string_view> words;
  for (const auto& [word, kind] : injector_words) {
    if (has(kind, trait)) words.push_back(word);
  }
  return words;
}

Result<> add_injector(const Node& node, const std::string& path, Scenario& scenario) {
  Injector injector;
  if (auto read = read_section(node, path, injector_keys(), injector, injector_kind_word); !read) return read;
  if (auto sound = check_injector(node, path, injector, scenario); !sound) return sound;
  // A backup shares nothing unless it is told to; who yields is never in the way.
  if (injector.kind == InjectorKind::backup && node.find("share") == nullptr) injector.share = "";
  if (injector.kind == InjectorKind::indexer) injector.share = "rwd";
  const Node* const name = node.find("name");
  if (name == nullptr) injector.name = to_string(injector.kind);
  for (const Injector& other : scenario.injectors) {
    if (other.name != injector.name) continue;
    return fail_at(name != nullptr ? name->place : node.place,
                   fmt::format("{}: the name \"{}\" is already taken by another injector; give each its own",
                               path, injector.name));
  }
  scenario.injectors.push_back(std::move(injector));
  return {};
}

}  // namespace

const Keys<Injector>& injector_keys() {
  namespace trait = injector_trait;
  static const auto timed = kinds_with(trait::holds), by_time = kinds_with(trait::by_time),
                    watchers = kinds_with(trait::watches), with_path = kinds_with(trait::names_files),
                    counted = kinds_with(trait::counts), sharers = kinds_with(trait::shares),
                    on_victims = kinds_with(trait::has_victims);
  static constexpr std::array<std::string_view, 1> antivirus = {"antivirus"}, indexer = {"indexer"},
                                                   delay = {"delay"}, kill = {"kill"};
  static const Words<WhileScanning> mode_words = {{"refuse", WhileScanning::refuse},
                                                  {"delay", WhileScanning::delay}};
  static const Words<KillAt> kill_words = {{"every-call", KillAt::every_call}, {"random", KillAt::random}};
  static const Keys<Injector> keys = {
      {"kind",
       "what it does: hold a file at fixed times, scan files after each close and replace, index them and "
       "yield when asked, or back them up in turn; or kill agents, or delay their file calls",
       one_of(&Injector::kind, injector_words, "kind of injector"), true},
      {"name", "its name in reports; the kind if left out", injector_name_field()},
      {"hold", "how long a file stays open, or a call is delayed", hold_time(&Injector::hold), true, timed},
      {"path",
       "which file, required for an open-handle or a delay; which files a backup takes, except lock files. A "
       "pattern without '/' matches names in any directory of the store; one with '/' matches whole paths in "
       "the store, where * and ? stay within a directory and ** is any number of directories, or none",
       store_path_field(), false, with_path},
      {"period", "from the start of one hold or pass to the next's",
       duration(&Injector::period, Duration(0), longest_duration), false, by_time},
      {"count", "number of holds, passes over the files, or random kills",
       unless_every_call(whole_number(&Injector::count, 1, most_holds)), false, counted},
      {"start_delay", "from the start of the run to the first hold",
       duration(&Injector::start_delay, Duration(0), longest_duration), false, by_time},
      {"triggers",
       "when to open a file: after a writer's close, a replace, or any open since it changed (a rename opens "
       "a file, too)",
       triggers_field(), false, watchers},
      {"chance", "the probability that it acts on a trigger", real_number(&Injector::chance, 0, 1), false,
       watchers},
      {"delay", "from the trigger to the open", duration(&Injector::delay, Duration(0), longest_duration),
       false, watchers},
      {"yield_after", "how long the indexer takes to release a file that another process wants",
       duration(&Injector::yield_after, Duration(0), longest_duration), false, indexer},
      {"mode",
       "whether a call that the open handle blocks is refused, or waits until the scan ends (30 s at most)",
       one_of(&Injector::mode, mode_words, "mode"), false, antivirus},
      {"kill_at",
       "before every file call of a save in turn, once each; or before file calls picked at random from the "
       "seed",
       one_of(&Injector::kill_at, kill_words, "kill_at"), true, kill},
      {"victim",
       "the agents that are killed and restarted, never in their first or last broadcast; or whose calls are "
       "delayed",
       victims_field(), false, on_victims},
      {"call", "which of the victim's calls on that file are delayed", call_field(), true, delay},
      {"every", "every Nth of these calls, counted per victim", whole_number(&Injector::every, 1, 1'000'000),
       false, delay},
      {"within", "a random kill comes before one of this many file calls of the victim",
       unless_every_call(whole_number(&Injector::within, 1, 1'000'000)), false, kill},
      {"share", "what the open handle lets others do; by default, a backup's lets them do nothing",
       share_field(), false, sharers},
      {"min_fired", "with fewer holds, kills or delays, the run is inconclusive",
       whole_number(&Injector::min_fired, 0, 1'000'000'000)},
  };
  return keys;
}

Field<Scenario> injectors_field() {
  const std::string wanted = "an array of tables, each begun with [[inject]]";
  return {wanted,
          [=](const Node& node, const std::string& path, Scenario& scenario) -> Result<> {
            if (node.type != Node::Type::array) return mismatch(node, path, wanted);
            for (const Node& item : node.items) {
              const std::string item_path = fmt::format("{}.{}", path, scenario.injectors.size());
              if (auto added = add_injector(item, item_path, scenario); !added) return added;
            }
            return {};
          },
          [](const Scenario& scenario) -> std::optional<Node> {
            Node array;
            array.type = Node::Type::array;
            for (const Injector& injector : scenario.injectors) {
              array.items.push_back(write_section(injector, injector_keys(), injector_kind_word));
            }
            return array;
          },
          [] { return schema::list(injector_schema()); }};
}

Node injector_schema() {
  return section_schema(injector_keys(), words_of(injector_words));
}

}  // namespace holdfast
