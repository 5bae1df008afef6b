// [subject]: which store, how it retries, what its acknowledgement survives.

#include "harness/scenario/key_tables.h"

namespace holdfast {

const Words<StoreKind> store_words = {
    {"snapshot", StoreKind::snapshot},         {"origin-before", StoreKind::origin_before},
    {"origin-after", StoreKind::origin_after}, {"origin-enhanced", StoreKind::origin_enhanced},
    {"unlocked", StoreKind::unlocked},         {"mutant", StoreKind::mutant}};

namespace {

constexpr std::string_view command_is_not_supported =
    "command subjects are not supported yet; use kind = \"core\"";

Field<Subject> subject_kind_field() {
  return {"\"core\"",
          [](const Node& node, const std::string& path, Subject&) -> Result<> {
            if (node.type != Node::Type::string) return mismatch(node, path, "\"core\"");
            if (node.text == "command") return fail_at(node.place, std::string(command_is_not_supported));
            if (node.text == "core") return {};
            return fail_at(node.place, path + ": " + unknown_word("kind of subject", node.text, {"core"}));
          },
          [](const Subject&) { return Node::of(std::string("core")); }};
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
            return {};
          },
          [](const Subject& subject) { return write_section(subject.retry, retry_keys()); }};
}

Field<Subject> command_field() {
  return {"left out: " + std::string(command_is_not_supported),
          [](const Node& node, const std::string&, Subject&) -> Result<> {
            return fail_at(node.place, std::string(command_is_not_supported));
          },
          [](const Subject&) { return std::nullopt; }};
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
          }};
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
          }};
}

}  // namespace

RetryPolicy default_retry(StoreKind store) {
  RetryPolicy policy;  // the core's, and origin_after's claim: 5 retries, 0.1 s doubling
  if (store == StoreKind::origin_before) policy.max_retries = 0;
  if (store == StoreKind::origin_enhanced) {
    policy.max_retries = 8;
    policy.base_delay = std::chrono::milliseconds(150);
    policy.max_delay = std::chrono::seconds(2);
  }
  return policy;
}

const Keys<Subject>& subject_keys() {
  static const Words<Durability> durabilities = {{"process", Durability::process},
                                                 {"power", Durability::power}};
  static const Keys<Subject> keys = {
      {"kind", "who runs the broadcasts: the built-in agent", subject_kind_field()},
      {"store",
       "the store under test; the origin's three, `unlocked`, the core's parts without its lock, and "
       "`mutant`, "
       "the core's with a fault, are there to fail",
       store_field()},
      {"retry", "how refusals are retried; for an origin store, what it claimed", retry_field()},
      {"durability", "what an acknowledged save survives: the process, or a power cut",
       one_of(&Subject::durability, durabilities, "durability")},
      {"read_for", "how long each writer keeps the file open that it reads before it writes (unlocked only)",
       read_for_field()},
      {"fault", "what is wrong with the store (mutant only)", fault_field()},
      {"command", "a program of your own", command_field()},
  };
  return keys;
}

const Keys<RetryPolicy>& retry_keys() {
  static const Words<Jitter> jitters = {{"none", Jitter::none},
                                        {"full", Jitter::full},
                                        {"equal", Jitter::equal},
                                        {"decorrelated", Jitter::decorrelated}};
  static const Keys<RetryPolicy> keys = {
      {"max_retries", "after the first attempt; 0 tries once",
       whole_number(&RetryPolicy::max_retries, 0, 1000)},
      {"base_delay", "the first wait", duration(&RetryPolicy::base_delay, Duration(0), longest_duration)},
      {"multiplier", "of each wait to the next", real_number(&RetryPolicy::multiplier, 1, 1000)},
      {"max_delay", "the longest single wait",
       duration(&RetryPolicy::max_delay, Duration(0), longest_duration)},
      {"jitter", "how waits are spread", one_of(&RetryPolicy::jitter, jitters, "jitter")},
      {"deadline", "no wait is begun that would end later than this after the first attempt",
       duration(&RetryPolicy::deadline, Duration(1), longest_duration)},
  };
  return keys;
}

std::string_view to_string(StoreKind kind) {
  return word_for(store_words, kind);
}

}  // namespace holdfast
