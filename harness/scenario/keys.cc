// The whole scenario, and the sections that are a few keys long.

#include "harness/scenario/keys.h"

#include <algorithm>
#include <string>

#include "harness/scenario/check_names.h"
#include "harness/scenario/expect_keys.h"
#include "harness/scenario/key_tables.h"
#include "harness/sharing/profile.h"

namespace holdfast {
namespace {

template <typename Section>
Field<Scenario> section_field(Section Scenario::*member, const Keys<Section>& (*keys)(),
                              std::string_view (*kind)(const Section&) = nullptr,
                              Node (*table_schema)() = nullptr) {
  return {"a table",
          [=](const Node& node, const std::string& path, Scenario& scenario) {
            return read_section(node, path, keys(), scenario.*member, kind);
          },
          [=](const Scenario& scenario) { return write_section(scenario.*member, keys(), kind); },
          [=] { return table_schema == nullptr ? section_schema(keys()) : table_schema(); }};
}

// A section whose keys are the scenario's own.
Field<Scenario> own_section_field(const Keys<Scenario>& (*keys)()) {
  return {"a table",
          [=](const Node& node, const std::string& path, Scenario& scenario) {
            return read_section(node, path, keys(), scenario);
          },
          [=](const Scenario& scenario) { return write_section(scenario, keys()); },
          [=] { return section_schema(keys()); }};
}

Field<Scenario> title_field() {
  return {"a string",
          [](const Node& node, const std::string& path, Scenario& scenario) -> Result<> {
            if (node.type != Node::Type::string) return mismatch(node, path, "a string");
            scenario.title = node.text;
            return {};
          },
          [](const Scenario& scenario) { return Node::of(scenario.title); }, [] { return schema::text(); }};
}

Field<Agents> recipients_field() {
  const std::string wanted = "\"all\", \"mixed\", or { neighbours = n }";
  struct Ring {
    std::int64_t neighbours = 0;
  };
  static const Keys<Ring> ring = {{"neighbours", "the next n agents of the ring",
                                   whole_number(&Ring::neighbours, 1, most_agents - 1), true}};
  return {wanted,
          [=](const Node& node, const std::string& path, Agents& agents) -> Result<> {
            const bool all = node.type == Node::Type::string && node.text == "all";
            agents.mixed_recipients = node.type == Node::Type::string && node.text == "mixed";
            if (all || agents.mixed_recipients) {
              agents.neighbours.reset();
              return {};
            }
            if (node.type != Node::Type::table) return mismatch(node, path, wanted);
            Ring read;
            if (auto ok = read_section(node, path, ring, read); !ok) return ok;
            if (read.neighbours >= agents.count) {
              return fail_at(
                  node.find("neighbours")->place,
                  fmt::format("{}.neighbours is {}, but an agent of {} has only {} neighbours; use \"all\"",
                              path, read.neighbours, agents.count, agents.count - 1));
            }
            agents.neighbours = static_cast<std::uint32_t>(read.neighbours);
            return {};
          },
          [](const Agents& agents) -> std::optional<Node> {
            if (!agents.neighbours) return Node::of(std::string(agents.mixed_recipients ? "mixed" : "all"));
            Node table;
            table.add("neighbours", Node::of(std::int64_t{*agents.neighbours}));
            return table;
          },
          [] {
            return schema::any_of({schema::words({"all", "mixed"}), section_schema(ring)});
          }};
}

Field<Sharing> profile_field() {
  const std::string wanted = "a runtime: " + fmt::format("{}", fmt::join(profile_names(), ", "));
  return {wanted,
          [=](const Node& node, const std::string& path, Sharing& sharing) -> Result<> {
            if (node.type != Node::Type::string) return mismatch(node, path, wanted);
            if (!find_profile(node.text)) {
              return fail_at(node.place, path + ": " + unknown_word("profile", node.text, profile_names()));
            }
            sharing.profile = node.text;
            return {};
          },
          [](const Sharing& sharing) { return Node::of(sharing.profile); },
          [] {
            return schema::any_of({schema::words(profile_names()), schema::text("^share:")});
          }};
}

Field<Waiver> waived_check_field() {
  return {"the name of a check",
          [](const Node& node, const std::string& path, Waiver& waiver) -> Result<> {
            if (node.type != Node::Type::string) return mismatch(node, path, "the name of a check");
            if (find_check(node.text) == nullptr)
              return fail_at(node.place, path + ": " + unknown_word("check", node.text, check_names()));
            waiver.check = node.text;
            return {};
          },
          [](const Waiver& waiver) { return Node::of(waiver.check); },
          [] { return schema::words(check_names()); }};
}

Field<Waiver> waiver_reason_field() {
  const std::string wanted = "a sentence of at least 10 characters";
  return {wanted,
          [=](const Node& node, const std::string& path, Waiver& waiver) -> Result<> {
            if (node.type != Node::Type::string || node.text.size() < 10) return mismatch(node, path, wanted);
            waiver.reason = node.text;
            return {};
          },
          [](const Waiver& waiver) { return Node::of(waiver.reason); },
          [] { return schema::text("^.{10}"); }};
}

Field<Scenario> waivers_field() {
  const std::string wanted = "an array of tables, each begun with [[waive]]";
  return {wanted,
          [=](const Node& node, const std::string& path, Scenario& scenario) -> Result<> {
            if (node.type != Node::Type::array) return mismatch(node, path, wanted);
            for (const Node& item : node.items) {
              const std::string item_path = fmt::format("{}.{}", path, scenario.waivers.size());
              Waiver waiver;
              if (auto read = read_section(item, item_path, waiver_keys(), waiver); !read) return read;
              for (const Waiver& other : scenario.waivers) {
                if (other.check != waiver.check) continue;
                return fail_at(item.place, fmt::format("{}: {} is waived already; once is enough", item_path,
                                                       other.check));
              }
              scenario.waivers.push_back(std::move(waiver));
            }
            if (scenario.waivers.size() == check_rows.size())
              return fail_at(node.place, path + " leaves no check to decide; waive fewer");
            return {};
          },
          [](const Scenario& scenario) -> std::optional<Node> {
            Node array;
            array.type = Node::Type::array;
            for (const Waiver& waiver : scenario.waivers)
              array.items.push_back(write_section(waiver, waiver_keys()));
            return array;
          },
          [] { return schema::list(section_schema(waiver_keys())); }};
}

// Variants are taken out before a scenario is read (variants.cc); what is still there stands in
// the wrong place.
Field<Scenario> variants_field() {
  return {"an array of tables, each begun with [[variant]]",
          [](const Node& node, const std::string&, Scenario&) -> Result<> {
            return fail_at(node.place, "a variant has no variants of its own, nor has the plan of a run");
          },
          [](const Scenario&) { return std::nullopt; },
          [] {
            Node variant = section_schema(variant_keys());
            variant.find("additionalProperties")->boolean = true;  // any other key of the scenario
            return schema::list(std::move(variant));
          }};
}

// An open loop that is not over before the run's deadline could never end well.
Result<> check_open_loop(const Node& document, const Scenario& scenario) {
  if (!scenario.agents.rate_per_s) return {};
  const double needed_s = scenario.agents.broadcasts / *scenario.agents.rate_per_s;
  const double deadline_s = std::chrono::duration<double>(scenario.run_deadline).count();
  if (needed_s <= deadline_s) return {};
  const Node& rate = *document.find("agents")->find("rate");
  return fail_at(rate.place, fmt::format("agents.rate: {} broadcasts at {} a second need {:.6g} s, more than "
                                         "run.deadline, {}",
                                         scenario.agents.broadcasts, *scenario.agents.rate_per_s, needed_s,
                                         format_duration(scenario.run_deadline)));
}

}  // namespace

const Keys<Agents>& agents_keys() {
  constexpr Duration shortest_deadline = std::chrono::milliseconds(1);
  static const Words<Bodies> bodies = {{"mixed", Bodies::mixed}, {"plain", Bodies::plain}};
  static const Keys<Agents> keys = {
      {"count", "number of agents", whole_number(&Agents::count, 1, most_agents)},
      {"broadcasts", "broadcasts per agent", whole_number(&Agents::broadcasts, 1, most_broadcasts)},
      {"recipients",
       "all agents, including the sender and readers; the next n in the ring; or, mixed, a set drawn for "
       "each message: all, neighbours, one, none, or random ones, with or without the sender",
       recipients_field()},
      {"body_bytes", "length of a message's body; with mixed bodies, of most of them",
       whole_number(&Agents::body_bytes, 17, 1 << 20)},
      {"bodies",
       "mixed: quotes, backslashes, line ends, characters of two to four bytes, with some bodies empty, "
       "short or a page long; plain: letters and digits",
       one_of(&Agents::bodies, bodies, "bodies")},
      {"rate", "broadcasts per second and agent (open loop); without it each follows the last (closed loop)",
       real_number(&Agents::rate_per_s, 0, 1e6, Least::excluded)},
      {"deadline", "time limit of one operation, after which a command is timed out",
       duration(&Agents::operation_deadline, shortest_deadline, longest_duration)},
      {"read_every", "an agent reads its mail after every Nth of its broadcasts; 0: only at the end",
       whole_number(&Agents::read_every, 0, most_broadcasts)},
      {"readers",
       "number of agents that only read: they are numbered after the others, and get mail like them",
       whole_number(&Agents::readers, 0, most_readers)},
      {"reader_pause", "pause of a reader between two reads",
       duration(&Agents::reader_pause, Duration(0), longest_duration)},
  };
  return keys;
}

const Keys<Sharing>& sharing_keys() {
  static const Words<Rules> rules = {{"windows", Rules::windows}, {"posix", Rules::posix}};
  static const Words<Deletion> deletions = {{"posix", Deletion::posix}, {"classic", Deletion::classic}};
  static const Words<Opens> opens = {{"decided", Opens::decided}, {"untrapped", Opens::untrapped}};
  static const Keys<Sharing> keys = {
      {"rules", "refuse calls by Windows' rules, or not at all", one_of(&Sharing::rules, rules, "rules")},
      {"delete",
       "the name of a deleted file that others have open goes at once, or stays until the last handle closes",
       one_of(&Sharing::deletion, deletions, "delete")},
      {"opens",
       "whether opens in the store are decided, so that each comes before or after a replace, or left alone; "
       "by default decided, except for the core's store if nothing reads outside broadcasts",
       one_of(&Sharing::opens, opens, "opens")},
      {"profile", "the runtime whose share modes and error codes the agents get", profile_field()},
  };
  return keys;
}

const Keys<Waiver>& waiver_keys() {
  static const Keys<Waiver> keys = {
      {"check", "a check that does not count; its result is shown as waived", waived_check_field(), true},
      {"reason", "why, shown in every report", waiver_reason_field(), true},
  };
  return keys;
}

const Keys<Scenario>& run_keys() {
  static const Keys<Scenario> keys = {
      {"deadline", "the run is stopped after this",
       duration(&Scenario::run_deadline, Duration(std::chrono::milliseconds(1)), longest_duration)}};
  return keys;
}

const Keys<Scenario>& delivered_keys() {
  static const Keys<Scenario> keys = {
      {"allowed_failures", "share of broadcasts that may fail without failing the check `delivered`",
       real_number(&Scenario::allowed_failures, 0, 1)}};
  return keys;
}

const Keys<Scenario>& scenario_keys() {
  static const Keys<Scenario> keys = {
      {"title", "one line for reports; the file's name if left out", title_field()},
      {"subject", "the store or program under test",
       section_field(&Scenario::subject, subject_keys, subject_kind_word, subject_schema)},
      {"agents", "the crowd", section_field(&Scenario::agents, agents_keys)},
      {"sharing", "the file-sharing rules", section_field(&Scenario::sharing, sharing_keys)},
      {"inject", "programs that hold files, kills and delays", injectors_field()},
      {"expect", "thresholds; if one is missed, the exit code is 3", expectations_field()},
      {"waive", "checks that are shown but do not count", waivers_field()},
      {"variant", "the same scenario under other settings, run and compared in one report", variants_field()},
      {"run", "the run as a whole", own_section_field(run_keys)},
      {"delivered", "what the check `delivered` forgives", own_section_field(delivered_keys)},
  };
  return keys;
}

Result<Scenario> read_scenario(const Node& document) {
  Scenario scenario;
  if (auto read = read_section(document, "", scenario_keys(), scenario); !read) return fail(read.error());
  if (auto ends = check_open_loop(document, scenario); !ends) return fail(ends.error());
  if (scenario.subject.kind == SubjectKind::command && any_kills(scenario)) {
    return fail_at(document.find("inject")->place,
                   "inject: kills are counted by the file calls of the built-in agent; take them out, or use "
                   "subject.kind = \"core\"");
  }
  if (scenario.sharing.opens == Opens::untrapped && opens_can_be_refused(scenario)) {
    return fail_at(
        document.find("sharing")->find("opens")->place,
        "sharing.opens is \"untrapped\", but a profile or an injector denies others reading or writing, or "
        "deletion is classic: opens are refused then, so they must be decided");
  }
  return scenario;
}

Node write_scenario(const Scenario& scenario) {
  return write_section(scenario, scenario_keys());
}

}  // namespace holdfast
