#include "harness/scenario/mutants.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "harness/scenario/check_names.h"
#include "harness/scenario/fields.h"
#include "harness/scenario/scenario.h"
#include "scenarios/mutants/fault.h"

namespace holdfast {
namespace {

Field<Mutant> text_field(std::string Mutant::*member) {
  const std::string wanted = "a string that is not empty";
  return {wanted,
          [=](const Node& node, const std::string& path, Mutant& mutant) -> Result<> {
            if (node.type != Node::Type::string || node.text.empty()) return mismatch(node, path, wanted);
            mutant.*member = node.text;
            return {};
          },
          [=](const Mutant& mutant) { return Node::of(mutant.*member); }};
}

// `known`: what each may be; none: anything.
Field<Mutant> texts_field(std::vector<std::string> Mutant::*member,
                          const std::vector<std::string_view>& known) {
  const std::string wanted = "an array of strings";
  return {wanted,
          [=](const Node& node, const std::string& path, Mutant& mutant) -> Result<> {
            if (node.type != Node::Type::array) return mismatch(node, path, wanted);
            for (const Node& item : node.items) {
              if (item.type != Node::Type::string) return mismatch(item, path, wanted);
              const bool found =
                  known.empty() || std::find(known.begin(), known.end(), item.text) != known.end();
              if (!found) return fail_at(item.place, path + ": " + unknown_word("check", item.text, known));
              (mutant.*member).push_back(item.text);
            }
            return {};
          },
          [](const Mutant&) { return std::nullopt; }};
}

const Keys<Mutant>& mutant_keys() {
  static const Keys<Mutant> keys = {
      {"fault", "what is wrong", text_field(&Mutant::fault), true},
      {"seen", "where", text_field(&Mutant::seen), true},
      {"scenario", "which finds it", text_field(&Mutant::scenario), true},
      {"settings", "laid over the scenario", texts_field(&Mutant::settings, {})},
      {"must_fail", "checks", texts_field(&Mutant::must_fail, check_names()), true},
      {"widened", "how the window is widened", text_field(&Mutant::widened)},
  };
  return keys;
}

bool is_fault(std::string_view name) {
  return std::any_of(fault_words.begin(), fault_words.end(), [&](const auto& word) {
    return word.first == name && word.second != PlantedFault::none;
  });
}

}  // namespace

Result<std::vector<Mutant>> parse_mutants(std::string_view toml, const std::string& file_name) {
  auto document = read_toml(toml, file_name);
  if (!document) return fail(std::move(document.error()));
  std::vector<Mutant> mutants;
  const Node* const listed = document->find("mutant");
  const bool listed_alone =
      listed != nullptr && listed->type == Node::Type::array && document->members.size() == 1;
  if (!listed_alone)
    return fail_at(document->place, "a manifest is an array of tables, each begun with [[mutant]]");
  for (const Node& item : listed->items) {
    Mutant mutant;
    const std::string path = fmt::format("mutant.{}", mutants.size());
    if (auto read = read_section(item, path, mutant_keys(), mutant); !read) return fail(read.error());
    if (!is_fault(mutant.fault))
      return fail_at(item.place, fmt::format("{}: there is no fault {}", path, mutant.fault));
    if (mutant.must_fail.empty()) return fail_at(item.place, path + ".must_fail names no check");
    const auto same = [&](const Mutant& other) { return other.fault == mutant.fault; };
    if (std::any_of(mutants.begin(), mutants.end(), same))
      return fail_at(item.place, fmt::format("{}: {} is there already", path, mutant.fault));
    mutants.push_back(std::move(mutant));
  }
  for (const auto& [name, fault] : fault_words) {
    const auto same = [&, wanted = name](const Mutant& mutant) { return mutant.fault == wanted; };
    if (fault != PlantedFault::none && std::none_of(mutants.begin(), mutants.end(), same))
      return fail_at(document->place, fmt::format("the fault {} is not there", name));
  }
  return mutants;
}

Result<std::vector<Mutant>> load_mutants(const std::filesystem::path& manifest) {
  std::ifstream file(manifest, std::ios::binary);
  const std::string toml{std::istreambuf_iterator<char>(file), {}};
  if (!file) return fail(Code::invalid, manifest.string() + ": cannot be read");
  return parse_mutants(toml, manifest.string());
}

Result<std::filesystem::path> find_mutants() {
  for (const auto& directory : scenario_directories()) {
    std::error_code problem;
    if (std::filesystem::is_regular_file(directory / "mutants" / "manifest.toml", problem))
      return directory / "mutants";
  }
  return fail(Code::invalid,
              "no mutants/manifest.toml was found: set HOLDFAST_SCENARIOS to the directory of scenarios");
}

}  // namespace holdfast
