#include "harness/scenario/manifest.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "harness/scenario/check_names.h"
#include "harness/scenario/fields.h"
#include "harness/scenario/input_file.h"
#include "harness/scenario/quote.h"
#include "harness/scenario/scenario.h"
#include "scenarios/mutants/fault.h"

namespace holdfast {
namespace {

template <typename Section>
Field<Section> text_field(std::string Section::*member) {
  const std::string wanted = "a string that is not empty";
  return {wanted,
          [=](const Node& node, const std::string& path, Section& section) -> Result<> {
            if (node.type != Node::Type::string || node.text.empty()) return mismatch(node, path, wanted);
            section.*member = node.text;
            return {};
          },
          [=](const Section& section) { return Node::of(section.*member); }};
}

Field<Mutant> of_subject(const Field<NamedScenario>& field) {
  return {field.wanted,
          [=](const Node& node, const std::string& path, Mutant& mutant) {
            return field.read(node, path, mutant.subject);
          },
          [=](const Mutant& mutant) { return field.write(mutant.subject); }};
}

const std::string& name_of(const Mutant& mutant) {
  return mutant.subject.name;
}
const std::string& name_of(const NamedScenario& subject) {
  return subject.name;
}

// `known`: what each may be; none: anything.
Result<std::vector<std::string>> read_texts(const Node& node, const std::string& path,
                                            const std::vector<std::string_view>& known) {
  const std::string wanted = "an array of strings";
  if (node.type != Node::Type::array) return mismatch(node, path, wanted);
  std::vector<std::string> texts;
  for (const Node& item : node.items) {
    if (item.type != Node::Type::string) return mismatch(item, path, wanted);
    if (!known.empty() && std::find(known.begin(), known.end(), item.text) == known.end())
      return fail_at(item.place, path + ": " + unknown_word("check", item.text, known));
    texts.push_back(item.text);
  }
  return texts;
}

Field<NamedScenario> scenario_field() {
  const std::string wanted = "the file of a scenario, from where the manifest is";
  return {wanted,
          [=](const Node& node, const std::string& path, NamedScenario& subject) -> Result<> {
            if (node.type != Node::Type::string || node.text.empty()) return mismatch(node, path, wanted);
            subject.file = std::filesystem::path(node.place.source).parent_path() / node.text;
            if (subject.file.extension() != ".toml") subject.file += ".toml";
            subject.place = node.place;
            return {};
          },
          [](const NamedScenario& subject) { return Node::of(subject.file.string()); }};
}

Field<NamedScenario> settings_field() {
  return {"an array of strings, such as [\"agents.count=4\"]",
          [](const Node& node, const std::string& path, NamedScenario& subject) -> Result<> {
            auto settings = read_texts(node, path, {});
            if (!settings) return fail(std::move(settings.error()));
            subject.settings = std::move(*settings);
            return {};
          },
          [](const NamedScenario&) { return std::nullopt; }};
}

Field<Mutant> must_fail_field() {
  return {"an array of the names of checks",
          [](const Node& node, const std::string& path, Mutant& mutant) -> Result<> {
            auto names = read_texts(node, path, check_names());
            if (!names) return fail(std::move(names.error()));
            if (names->empty()) return fail_at(node.place, path + " names no check");
            mutant.must_fail = std::move(*names);
            return {};
          },
          [](const Mutant&) { return std::nullopt; }};
}

Field<Mutant> causes_field() {
  return {"an array of the names of causes",
          [](const Node& node, const std::string& path, Mutant& mutant) -> Result<> {
            auto names = read_texts(node, path, {});
            if (!names) return fail(std::move(names.error()));
            mutant.causes = std::move(*names);
            return {};
          },
          [](const Mutant&) { return std::nullopt; }};
}

Field<Mutant> planted_fault_field() {
  return {"a fault of the store that ships, or a name of your own under `name`",
          [](const Node& node, const std::string& path, Mutant& mutant) -> Result<> {
            std::vector<std::string_view> known;
            for (const auto& [name, fault] : fault_words) {
              if (fault != PlantedFault::none) known.push_back(name);
            }
            if (node.type != Node::Type::string) return mismatch(node, path, "a string");
            if (std::find(known.begin(), known.end(), node.text) == known.end())
              return fail_at(node.place, path + ": " + unknown_word("fault", node.text, known));
            mutant.fault = node.text;
            return {};
          },
          [](const Mutant& mutant) { return Node::of(mutant.fault); }};
}

const Keys<Mutant>& mutant_keys() {
  static const Keys<Mutant> keys = {
      {"name", "what is wrong", of_subject(text_field(&NamedScenario::name))},
      {"fault", "of the store that ships, in place of a name", planted_fault_field()},
      {"seen", "where", text_field(&Mutant::seen)},
      {"scenario", "which finds it", of_subject(scenario_field()), true},
      {"settings", "laid over the scenario", of_subject(settings_field())},
      {"must_fail", "checks", must_fail_field(), true},
      {"cause", "names that are right for why it fails", causes_field()},
      {"widened", "how the window is widened", text_field(&Mutant::widened)},
  };
  return keys;
}

const Keys<NamedScenario>& right_keys() {
  static const Keys<NamedScenario> keys = {
      {"name", "what is right", text_field(&NamedScenario::name), true},
      {"scenario", "under which it passes", scenario_field(), true},
      {"settings", "laid over the scenario", settings_field()},
  };
  return keys;
}

Result<> name_by_fault(const Node& node, const std::string& path, Mutant& mutant) {
  if (mutant.fault.empty() == mutant.subject.name.empty())
    return fail_at(node.place, path + " needs either a name or a fault of the store that ships");
  if (mutant.fault.empty()) return {};
  mutant.subject.name = mutant.fault;
  const std::vector<std::string> chosen = {"subject.store=mutant", "subject.fault=" + mutant.fault};
  mutant.subject.settings.insert(mutant.subject.settings.begin(), chosen.begin(), chosen.end());
  return {};
}

template <typename Section>
Field<Manifest> entries_field(std::vector<Section> Manifest::*member, const Keys<Section>& keys) {
  const std::string wanted = "an array of tables";
  return {wanted,
          [=, &keys](const Node& node, const std::string& path, Manifest& manifest) -> Result<> {
            if (node.type != Node::Type::array) return mismatch(node, path, wanted);
            for (const Node& item : node.items) {
              Section entry;
              const std::string here = fmt::format("{}.{}", path, (manifest.*member).size());
              if (auto read = read_section(item, here, keys, entry); !read) return read;
              if constexpr (std::is_same_v<Section, Mutant>) {
                if (auto named = name_by_fault(item, here, entry); !named) return named;
              }
              const auto same = [&](const auto& other) { return name_of(other) == name_of(entry); };
              if (std::any_of(manifest.mutants.begin(), manifest.mutants.end(), same) ||
                  std::any_of(manifest.right.begin(), manifest.right.end(), same)) {
                return fail_at(item.place, fmt::format("{}: the name {} is already taken by another entry",
                                                       here, short_quote(name_of(entry))));
              }
              (manifest.*member).push_back(std::move(entry));
            }
            return {};
          },
          [](const Manifest&) { return std::nullopt; }};
}

Result<> check_scenario(const NamedScenario& subject) {
  const auto variants = load_variants(subject.file, subject.settings);
  if (!variants) return fail_at(subject.place, variants.error().message);
  if (variants->size() != 1)
    return fail_at(subject.place,
                   subject.file.string() + " has variants: a self-test runs one scenario an entry");
  return {};
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view toml, const std::string& file_name) {
  static const Keys<Manifest> keys = {
      {"mutant", "planted bugs", entries_field(&Manifest::mutants, mutant_keys())},
      {"right", "correct subjects", entries_field(&Manifest::right, right_keys())},
  };
  auto document = read_toml(toml, file_name);
  if (!document) return fail(std::move(document.error()));
  Manifest manifest;
  if (auto read = read_section(*document, "", keys, manifest); !read) return fail(std::move(read.error()));
  if (manifest.mutants.empty() && manifest.right.empty())
    return fail_at(document->place, "the manifest is empty; its entries begin with [[mutant]] or [[right]]");
  return manifest;
}

Result<Manifest> load_manifest(const std::filesystem::path& file) {
  constexpr std::size_t most_bytes = 2 << 20;
  const auto toml = read_input(file, most_bytes);
  if (!toml) return fail(Code::invalid, file.string() + ": " + toml.error().message);
  auto manifest = parse_manifest(*toml, file.string());
  if (!manifest) return manifest;
  for (const Mutant& mutant : manifest->mutants) {
    if (auto checked = check_scenario(mutant.subject); !checked) return fail(std::move(checked.error()));
  }
  for (const NamedScenario& subject : right_subjects(*manifest)) {
    if (auto checked = check_scenario(subject); !checked) return fail(std::move(checked.error()));
  }
  return manifest;
}

Result<std::filesystem::path> find_manifest() {
  for (const auto& directory : scenario_directories()) {
    std::error_code problem;
    auto file = directory / "mutants" / "manifest.toml";
    if (std::filesystem::is_regular_file(file, problem)) return file;
  }
  return fail(Code::invalid,
              "no mutants/manifest.toml was found: set HOLDFAST_SCENARIOS to the directory of scenarios");
}

std::vector<NamedScenario> right_subjects(const Manifest& manifest) {
  std::vector<NamedScenario> subjects;
  for (const Mutant& mutant : manifest.mutants) {
    if (mutant.fault.empty()) continue;
    for (const char* const store : {"snapshot", "mutant"}) {
      NamedScenario right = mutant.subject;
      right.name = store;
      std::erase(right.settings, "subject.fault=" + mutant.fault);
      right.settings.front() = std::string("subject.store=") + store;
      const bool known = std::any_of(subjects.begin(), subjects.end(), [&](const NamedScenario& other) {
        return other.file == right.file && other.settings == right.settings;
      });
      if (!known) subjects.push_back(std::move(right));
    }
  }
  subjects.insert(subjects.end(), manifest.right.begin(), manifest.right.end());
  return subjects;
}

}  // namespace holdfast
