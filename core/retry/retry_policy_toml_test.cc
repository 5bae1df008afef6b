#include "core/retry/retry_policy_toml.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RetryPolicyToml, reads_every_key) {
  const auto policy = parse_retry_policy(R"(
max_retries = 8
base_delay = "150ms"
multiplier = 1.5
max_delay = "2s"
jitter = "decorrelated"
deadline = "10s"
)",
                                         "retry.toml");
  ASSERT_TRUE(policy) << policy.error().message;
  EXPECT_EQ(*policy, (RetryPolicy{8, milliseconds(150), 1.5, seconds(2), Jitter::decorrelated, seconds(10)}));
}

TEST(RetryPolicyToml, keeps_the_defaults_of_what_is_not_named) {
  EXPECT_EQ(parse_retry_policy("", "f").value(), RetryPolicy{});
  EXPECT_EQ(parse_retry_policy("multiplier = 3", "f").value(), (RetryPolicy{.multiplier = 3}));
}

TEST(RetryPolicyToml, every_jitter_has_its_name) {
  const std::vector<std::pair<std::string, Jitter>> cases{{"none", Jitter::none},
                                                          {"full", Jitter::full},
                                                          {"equal", Jitter::equal},
                                                          {"decorrelated", Jitter::decorrelated}};
  for (const auto& [name, jitter] : cases) {
    EXPECT_EQ(parse_retry_policy("jitter = \"" + name + "\"", "f").value().jitter, jitter) << name;
  }
}

TEST(RetryPolicyToml, errors_say_where_and_what_to_do) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"max_retrys = 3",
       "f.toml:1:1: unknown key \"max_retrys\"; the nearest is \"max_retries\". Valid here: "},
      {"\n\n  base_delay = 100", "f.toml:3:16: base_delay must be a duration in quotes"},
      {"base_delay = \"100\"", "f.toml:1:14: base_delay: \"100\" is not a duration: the unit is missing"},
      {"max_retries = 1.5", "f.toml:1:15: max_retries must be a whole number"},
      {"max_retries = -1", "f.toml:1:15: max_retries is -1"},
      {"max_retries = 9223372036854775807", "f.toml:1:15: max_retries is 9223372036854775807"},
      {"max_retries = 200000", "f.toml:1:15: retry policy: max_retries is 200000"},
      {"multiplier = 0.5", "f.toml:1:14: retry policy: multiplier is 0.5"},
      {"multiplier = nan", "f.toml:1:14: retry policy: multiplier is nan"},
      {"multiplier = \"2\"", "f.toml:1:14: multiplier must be a number"},
      {"jitter = \"ful\"", "f.toml:1:10: unknown jitter \"ful\"; the nearest is \"full\". Valid here: "},
      {"jitter = true", "f.toml:1:10: jitter must be a name in quotes"},
      {"max_retries = 1\nmax_retries = 2", "f.toml:2:"},
      {"max_retries = ", "f.toml:1:"},
      {"[retry]\nmax_retries = 1", "f.toml:1:2: unknown key \"retry\""}};
  for (const auto& [text, words] : cases) {
    const auto policy = parse_retry_policy(text, "f.toml");
    ASSERT_FALSE(policy) << text;
    EXPECT_EQ(policy.error().code, Code::invalid) << text;
    EXPECT_EQ(policy.error().message.substr(0, words.size()), words) << policy.error().message;
  }
}

RC_GTEST_PROP(RetryPolicyTomlProperty, never_crashes_on_text, (const std::string& text)) {
  const auto policy = parse_retry_policy(text, "f");
  RC_ASSERT((policy.has_value() ||
             policy.error().code == Code::invalid));  // in parentheses, or both sides are evaluated
}

}  // namespace
}  // namespace holdfast
