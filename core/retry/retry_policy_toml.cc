// The only file of core that sees toml++, header-only, so that no application has to link it.
#include "core/retry/retry_policy_toml.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <array>
#include <limits>

#include "core/base/nearest_name.h"
#include "core/retry/duration.h"

namespace holdfast {
namespace {

constexpr std::array<std::string_view, 6> policy_keys{"max_retries", "base_delay", "multiplier",
                                                      "max_delay",   "jitter",     "deadline"};
constexpr std::array<std::string_view, 4> jitter_names{"none", "full", "equal", "decorrelated"};

class RetryPolicyReader {
 public:
  explicit RetryPolicyReader(const std::string& file_name) : file_name_(file_name) {}

  Result<RetryPolicy> read(const toml::table& table) {
    RetryPolicy policy;
    for (const auto& [key, value] : table) {
      if (auto done = read_key(key.str(), key.source(), value, policy); !done) return fail(done.error());
      // Checked key by key, so that the error points at the key that is out of range.
      if (auto valid = validate(policy); !valid) return error_at(value.source(), valid.error().message);
    }
    return policy;
  }

  [[nodiscard]] tl::unexpected<Error> error_at(const toml::source_region& where,
                                               std::string_view what) const {
    return fail(Code::invalid,
                fmt::format("{}:{}:{}: {}", file_name_, where.begin.line, where.begin.column, what));
  }

 private:
  Result<> read_key(std::string_view key, const toml::source_region& where, const toml::node& value,
                    RetryPolicy& policy) {
    if (key == "max_retries") return read_retries(value, policy.max_retries);
    if (key == "base_delay") return read_duration(key, value, policy.base_delay);
    if (key == "multiplier") return read_multiplier(value, policy.multiplier);
    if (key == "max_delay") return read_duration(key, value, policy.max_delay.emplace());
    if (key == "jitter") return read_jitter(value, policy.jitter);
    if (key == "deadline") return read_duration(key, value, policy.deadline.emplace());
    return error_at(where, fmt::format("unknown key \"{}\"{}. Valid here: {}", key.substr(0, 60),
                                       nearest_hint(key, policy_keys), fmt::join(policy_keys, ", ")));
  }

  Result<> read_retries(const toml::node& value, int& retries) {
    const auto* number = value.as_integer();
    if (number == nullptr) return error_at(value.source(), "max_retries must be a whole number");
    if (number->get() < 0 || number->get() > std::numeric_limits<int>::max()) {
      return error_at(value.source(), fmt::format("max_retries is {}; it must be 0 or more, and not so great",
                                                  number->get()));
    }
    retries = static_cast<int>(number->get());
    return {};
  }

  Result<> read_multiplier(const toml::node& value, double& multiplier) {
    if (!value.is_number()) return error_at(value.source(), "multiplier must be a number");
    multiplier = *value.value<double>();
    return {};
  }

  Result<> read_duration(std::string_view key, const toml::node& value, Duration& duration) {
    const auto* text = value.as_string();
    if (text == nullptr) {
      return error_at(value.source(), fmt::format("{} must be a duration in quotes, such as \"100ms\"", key));
    }
    auto parsed = parse_duration(text->get());
    if (!parsed) return error_at(value.source(), fmt::format("{}: {}", key, parsed.error().message));
    duration = *parsed;
    return {};
  }

  Result<> read_jitter(const toml::node& value, Jitter& jitter) {
    const auto* text = value.as_string();
    if (text == nullptr) return error_at(value.source(), "jitter must be a name in quotes, such as \"full\"");
    for (std::size_t kind = 0; kind < jitter_names.size(); ++kind) {
      if (text->get() != jitter_names[kind]) continue;
      jitter = static_cast<Jitter>(kind);
      return {};
    }
    return error_at(value.source(),
                    fmt::format("unknown jitter \"{}\"{}. Valid here: {}", text->get().substr(0, 60),
                                nearest_hint(text->get(), jitter_names), fmt::join(jitter_names, ", ")));
  }

  const std::string& file_name_;
};

// What toml++ 3.3 does not survive: a letter outside ASCII where a key may stand is undefined behaviour,
// "[=]" fails an assertion, and very many dots overflow the stack. A policy needs none of them.
Result<> screen_policy_text(std::string_view text, const std::string& file_name) {
  constexpr std::size_t most_bytes = 16 * 1024;
  if (text.size() > most_bytes) {
    return fail(Code::invalid,
                fmt::format("{}:1:1: longer than 16 KiB, too long for a retry policy", file_name));
  }
  std::size_t line = 1, column = 1;
  for (std::size_t at = 0; at < text.size(); ++at, ++column) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const char next = at + 1 < text.size() ? text[at + 1] : '\n';
    const bool letter = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
    if (byte >= 0x80 || (byte == '[' && !letter)) {
      return fail(
          Code::invalid,
          fmt::format("{}:{}:{}: a retry policy may have only keys, numbers and quoted words, in plain ASCII",
                      file_name, line, column));
    }
    if (byte == '\n') {
      ++line;
      column = 0;
    }
  }
  return {};
}

}  // namespace

Result<RetryPolicy> parse_retry_policy(std::string_view toml, const std::string& file_name) {
  if (auto screened = screen_policy_text(toml, file_name); !screened)
    return fail(std::move(screened.error()));
  RetryPolicyReader reader(file_name);
  try {
    return reader.read(toml::parse(toml, file_name));
  } catch (const toml::parse_error& error) {
    return reader.error_at(error.source(), error.description());
  }
}

}  // namespace holdfast
