// [subject]: which store, how it retries, what its acknowledgement survives.

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "harness/scenario/key_tables.h"
#include "harness/scenario/store_path.h"

namespace holdfast {

const Words<StoreKind> store_words = {
#define HOLDFAST_STORE(name, word, retry) {word, StoreKind::name},
#include "harness/scenario/stores.def"
#undef HOLDFAST_STORE
};

namespace {

const Words<SubjectKind> kind_words = {{"core", SubjectKind::core}, {"command", SubjectKind::command}};

constexpr std::array<std::string_view, 1> core_only = {"core"};
constexpr std::array<std::string_view, 1> command_only = {"command"};

Field<Subject> subject_kind_field() {
  Field<Subject> field = one_of(&Subject::kind, kind_words, "kind of subject");
  field.read = [read = field.read](const Node& node, const std::string& path, Subject& subject) -> Result<> {
    if (auto known = read(node, path, subject); !known) return known;
    subject.policy_stated = subject.kind == SubjectKind::core;  // `retry`, read later, states one
    return {};
  };
  return field;
}

// What can stand in argv, the environment or a path: text without NUL, of bounded length.
bool is_word(const Node& node) {
  constexpr std::size_t longest = 4096;
  return node.type == Node::Type::string && node.text.size() <= longest &&
         node.text.find('\0') == std::string::npos;
}

bool is_store_path_or_directory(const Node& node) {
  std::string_view path = node.text;
  if (path.ends_with('/')) path.remove_suffix(1);
  return node.type == Node::Type::string && is_store_path(path);
}

// A list, and what each of its items must be.
Field<Subject> words_field(std::vector<std::string> Subject::*member, const std::string& wanted,
                           const std::string& item_wanted, bool (*is_item)(const Node&)) {
  return {wanted,
          [=](const Node& node, const std::string& path, Subject& subject) -> Result<> {
            constexpr std::size_t most = 1000;
            if (node.type != Node::Type::array || node.items.empty() || node.items.size() > most)
              return mismatch(node, path, wanted);
            std::vector<std::string> words;
            for (const Node& item : node.items) {
              if (!is_item(item) || (words.empty() && item.text.empty()))
                return mismatch(item, fmt::format("{}.{}", path, words.size()), item_wanted);
              words.push_back(item.text);
            }
            subject.*member = std::move(words);
            return {};
          },
          [=](const Subject& subject) {
            Node node;
            node.type = Node::Type::array;
            for (const std::string& word : subject.*member) node.items.push_back(Node::of(word));
            return node;
          },
          [] { return schema::list(schema::text()); }};
}

Field<Subject> directory_field() {
  const std::string wanted = "a directory, taken from where the scenario's file is";
  return {wanted,
          [=](const Node& node, const std::string& path, Subject& subject) -> Result<> {
            if (!is_word(node)) return mismatch(node, path, wanted);
            subject.directory = node.text;
            return {};
          },
          [](const Subject& subject) { return Node::of(subject.directory); }, [] { return schema::text(); }};
}

Field<Subject> environment_field() {
  const std::string wanted = "a table of strings, such as { MODE = \"fast\" }";
  return {wanted,
          [=](const Node& node, const std::string& path, Subject& subject) -> Result<> {
            if (node.type != Node::Type::table) return mismatch(node, path, wanted);
            subject.environment.clear();
            for (const Member& member : node.members) {
              const bool name = !member.key.empty() && member.key.find('=') == std::string::npos &&
                                member.key.find('\0') == std::string::npos;
              if (!name) return fail_at(member.place, path + ": a variable's name has no '=' and no NUL");
              if (!is_word(member.value)) return mismatch(member.value, path + "." + member.key, "a string");
              subject.environment.emplace_back(member.key, member.value.text);
            }
            std::sort(subject.environment.begin(), subject.environment.end());
            return {};
          },
          [](const Subject& subject) -> std::optional<Node> {
            if (subject.environment.empty()) return std::nullopt;
            Node table;
            for (const auto& [name, value] : subject.environment) table.add(name, Node::of(value));
            return table;
          },
          [] {
            Node table = schema::of_type("object");
            table.add("additionalProperties", schema::text());
            return table;
          }};
}

Field<Subject> store_field() {
  Field<Subject> field = one_of(&Subject::store, store_words, "store");
  field.read = [read = field.read](const Node& node, const std::string& path, Subject& subject) -> Result<> {
    if (auto known = read(node, path, subject); !known) return known;
    subject.retry = default_retry(subject.store);  // `retry` is read after it and lays its keys over this
    return {};
  };
  return field;
}

Field<Subject> retry_field() {
  return {"a table",
          [](const Node& node, const std::string& path, Subject& subject) -> Result<> {
            if (auto read = read_section(node, path, retry_keys(), subject.retry); !read) return read;
            if (auto sound = validate(subject.retry); !sound)
              return fail_at(node.place, sound.error().message);
            subject.policy_stated = true;
            return {};
          },
          [](const Subject& subject) -> std::optional<Node> {
            if (!subject.policy_stated) return std::nullopt;
            return write_section(subject.retry, retry_keys());
          },
          [] { return section_schema(retry_keys()); }};
}

Field<Subject> read_for_field() {
  struct ReadFor {
    HoldTime time;
  };
  static const Field<ReadFor> time = hold_time(&ReadFor::time);
  return {time.wanted,
          [](const Node& node, const std::string& path, Subject& subject) -> Result<> {
            if (subject.store != StoreKind::unlocked) {
              return fail_at(node.place,
                             fmt::format("{} belongs to store = \"unlocked\", but this is store = \"{}\"",
                                         path, to_string(subject.store)));
            }
            ReadFor read_for;
            if (auto read = time.read(node, path, read_for); !read) return read;
            subject.read_for = read_for.time;
            return {};
          },
          [](const Subject& subject) -> std::optional<Node> {
            if (!subject.read_for) return std::nullopt;
            return time.write({*subject.read_for});
          },
          [] { return time.schema(); }};
}

Field<Subject> fault_field() {
  static const Words<PlantedFault> words(fault_words.begin(), fault_words.end());
  const Field<Subject> field = one_of(&Subject::fault, words, "fault");
  return {"a fault's name in scenarios/mutants/manifest.toml, or \"none\"",
          [field](const Node& node, const std::string& path, Subject& subject) -> Result<> {
            if (subject.store == StoreKind::mutant) return field.read(node, path, subject);
            return fail_at(node.place,
                           fmt::format("{} belongs to store = \"mutant\", but this is store = \"{}\"", path,
                                       to_string(subject.store)));
          },
          [field](const Subject& subject) -> std::optional<Node> {
            if (subject.store != StoreKind::mutant) return std::nullopt;
            return field.write(subject);
          },
          [field] { return field.schema(); }};
}

}  // namespace

// 5 retries, 0.1 s doubling: the core's, and what origin-after claims.
static RetryPolicy standard_retry() {
  return {};
}

static RetryPolicy no_retry() {
  RetryPolicy policy;
  policy.max_retries = 0;
  return policy;
}

static RetryPolicy enhanced_retry() {
  RetryPolicy policy;
  policy.max_retries = 8;
  policy.base_delay = std::chrono::milliseconds(150);
  policy.max_delay = std::chrono::seconds(2);
  return policy;
}

RetryPolicy default_retry(StoreKind store) {
  using Policy = RetryPolicy (*)();
  static constexpr auto policies = std::to_array<Policy>({
#define HOLDFAST_STORE(name, word, retry) retry,
#include "harness/scenario/stores.def"
#undef HOLDFAST_STORE
  });
  return policies.at(static_cast<std::size_t>(store))();
}

const Keys<Subject>& subject_keys() {
  static const Words<Durability> durabilities = {{"process", Durability::process},
                                                 {"power", Durability::power}};
  static const Words<BodyBytes> body_words = {{"text", BodyBytes::text}, {"bytes", BodyBytes::bytes}};
  static const Keys<Subject> keys = {
      {"kind", "the built-in agent with a store, or a program of your own", subject_kind_field()},
      {"store",
       "the store under test; those meant to fail are the three `origin-*`, versions of the application that "
       "this project began with, `unlocked`, the core's parts without its lock, and `mutant`, the core's "
       "store with a fault",
       store_field(), false, core_only},
      {"retry", "how refusals are retried; for an `origin-*` store or a command, the policy it claims",
       retry_field()},
      {"durability", "what an acknowledged save survives: the process, or a power cut",
       one_of(&Subject::durability, durabilities, "durability"), false, core_only},
      {"read_for",
       "how long each writer keeps the file open that it has read, before it writes (unlocked only)",
       read_for_field()},
      {"fault", "the planted bug (mutant only)", fault_field()},
      {"command",
       "the program and its arguments; each agent starts one, without a shell; a name without '/' is looked "
       "for in PATH and beside holdfast",
       words_field(&Subject::command, "a list of strings, such as [\"python3\", \"queue.py\"]",
                   "text of at most 4,096 bytes without NUL, and the first not empty", is_word),
       true, command_only},
      {"directory", "where it runs", directory_field(), false, command_only},
      {"environment", "variables added to its environment", environment_field(), false, command_only},
      {"files",
       "files that it may leave in the store directory; patterns as in inject.path. A matching directory "
       "includes its contents; \"new/\" is only the directory, \"new/*\" only its contents",
       words_field(&Subject::files, "a list of file names and paths", std::string(store_path_wanted),
                   is_store_path_or_directory),
       false, command_only},
      {"bodies",
       "content of bodies: text; or any bytes, with NUL and invalid UTF-8, which are sent and answered as "
       "body_base64",
       one_of(&Subject::bodies, body_words, "kind of body"), false, command_only},
  };
  return keys;
}

const Keys<RetryPolicy>& retry_keys() {
  static const Words<Jitter> jitters = {{"none", Jitter::none},
                                        {"full", Jitter::full},
                                        {"equal", Jitter::equal},
                                        {"decorrelated", Jitter::decorrelated}};
  static const Keys<RetryPolicy> keys = {
      {"max_retries", "retries after the first attempt; 0 tries once",
       whole_number(&RetryPolicy::max_retries, 0, 1000)},
      {"base_delay", "the first wait", duration(&RetryPolicy::base_delay, Duration(0), longest_duration)},
      {"multiplier", "factor from each wait to the next", real_number(&RetryPolicy::multiplier, 1, 1000)},
      {"max_delay", "the longest single wait",
       duration(&RetryPolicy::max_delay, Duration(0), longest_duration)},
      {"jitter", "how waits are randomised", one_of(&RetryPolicy::jitter, jitters, "jitter")},
      {"deadline", "no wait begins that would end later than this after the first attempt",
       duration(&RetryPolicy::deadline, Duration(1), longest_duration)},
  };
  return keys;
}

Node subject_schema() {
  return section_schema(subject_keys(), words_of(kind_words), subject_kind_word(Subject{}));
}

std::string_view subject_kind_word(const Subject& subject) {
  return word_for(kind_words, subject.kind);
}

std::string subject_text(const Subject& subject) {
  if (subject.kind == SubjectKind::core) return std::string(to_string(subject.store));
  return fmt::format("{}", fmt::join(subject.command, " "));
}

std::string_view to_string(StoreKind kind) {
  return word_for(store_words, kind);
}

}  // namespace holdfast
