#include <fmt/format.h>
#include <xxhash.h>

#include <string>

#include "core/base/check.h"
#include "core/base/random.h"
#include "harness/scenario/plan.h"
#include "harness/scenario/streams.h"

namespace holdfast {
namespace {

constexpr std::size_t checksum_digits = 16;

// 64 letters that JSON, TOML and a shell leave as they are.
constexpr std::string_view body_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static_assert(body_letters.size() == 64);

std::string body_checksum(std::string_view text) {
  return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

}  // namespace

std::string message_body(const Plan& plan, MessageId id) {
  const std::size_t bytes = plan.scenario.agents.body_bytes;
  HOLDFAST_CHECK(bytes > checksum_digits);
  const std::size_t filled = bytes - checksum_digits;
  // Begins with its id, for whoever looks into a queue by eye; cut off where the body is too short for it.
  std::string body = (to_string(id) + ' ').substr(0, filled);
  body.reserve(bytes);
  Random random(stream_seed(plan.seed, Stream::body, id.packed()));
  while (body.size() < filled) {
    std::uint64_t word = random.next();
    for (int i = 0; i < 10 && body.size() < filled; ++i, word >>= 6) body += body_letters[word & 63];
  }
  return body + body_checksum(body);
}

bool body_intact(std::string_view body) {
  if (body.size() <= checksum_digits) return false;
  const std::string_view text = body.substr(0, body.size() - checksum_digits);
  return body.substr(text.size()) == body_checksum(text);
}

}  // namespace holdfast
