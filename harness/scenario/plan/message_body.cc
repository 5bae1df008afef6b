#include <fmt/format.h>
#include <xxhash.h>

#include <array>
#include <string>
#include <string_view>

#include "core/base/check.h"
#include "core/base/random.h"
#include "harness/scenario/plan/plan.h"
#include "harness/scenario/plan/streams.h"

namespace holdfast {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t checksum_digits = 16;
// A page, the byte after it, and two pages and one: this finds programs that cut at a buffer's end.
constexpr std::array<std::size_t, 3> telling_lengths = {4096, 4097, 8193};

// 64 letters that JSON, TOML and a shell leave as they are.
constexpr std::string_view body_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static_assert(body_letters.size() == 64);

// What ends a string, a line or an escape; what looks like one; characters of two, three and four bytes, the last of
// which JSON may write as a pair of surrogates; marks that editors add and take away.
constexpr std::array trouble = {"\""sv,     "\\"sv,      "\n"sv, "\r\n"sv,        "\t"sv,   "'"sv,
                                "é"sv,      "€"sv,       "😀"sv,  "👩‍💻"sv, "\\n"sv,  "\\u0041"sv,
                                "\"},{"sv,  "\u2028"sv,  "]"sv,  "%s"sv,          "\x01"sv, "\x7f"sv,
                                "\ufeff"sv, "e\u0301"sv, "#"sv,  "//"sv,          "</p>"sv, " "sv};
// What ends a string in C, and what is not UTF-8: a lone byte, a cut character, a surrogate, an overlong slash.
constexpr std::array trouble_in_bytes = {"\0"sv,           "\xff"sv,     "\xc3"sv,
                                         "\xed\xa0\x80"sv, "\xc0\xaf"sv, "\x80"sv};

std::string plain_body(std::string body, std::size_t bytes, Random& random) {
  HOLDFAST_CHECK(bytes > checksum_digits);
  const std::size_t filled = bytes - checksum_digits;
  body.resize(std::min(body.size(), filled));
  while (body.size() < filled) {
    std::uint64_t word = random.next();
    for (int i = 0; i < 10 && body.size() < filled; ++i, word >>= 6) body += body_letters[word & 63];
  }
  return body + fmt::format("{:016x}", XXH3_64bits(body.data(), body.size()));
}

std::size_t mixed_length(std::size_t usual, Random& random) {
  switch (random.next() % 32) {
    case 0:
    case 1:
      return 0;
    case 2:
      return telling_lengths[random.next() % telling_lengths.size()];
    default:
      return usual;
  }
}

std::string_view trouble_for(BodyBytes takes, Random& random) {
  const std::size_t more = takes == BodyBytes::bytes ? trouble_in_bytes.size() : 0;
  const std::size_t drawn = random.next() % (trouble.size() + more);
  return drawn < trouble.size() ? trouble[drawn] : trouble_in_bytes[drawn - trouble.size()];
}

std::string mixed_body(std::string body, BodyBytes takes, std::size_t usual, Random& random) {
  if (random.next() % 16 == 0) return std::string(trouble_for(takes, random));
  const std::size_t bytes = mixed_length(usual, random);
  body.resize(std::min(body.size(), bytes));
  while (body.size() < bytes) {
    const std::string_view piece = trouble_for(takes, random);
    std::uint64_t word = random.next();
    if (body.size() + piece.size() <= bytes) body += piece;
    for (std::uint64_t letters = word & 7; letters > 0 && body.size() < bytes; --letters)
      body += body_letters[(word >>= 6) & 63];
  }
  return body;
}

}  // namespace

std::string message_body(const Plan& plan, MessageId id) {
  const Agents& agents = plan.scenario.agents;
  Random random(stream_seed(plan.seed, Stream::body, id.packed()));
  // Begins with its id, for people who read a queue; cut off if the body is too short for it.
  std::string body = to_string(id) + ' ';
  body.reserve(agents.body_bytes);
  return agents.bodies == Bodies::plain
             ? plain_body(std::move(body), agents.body_bytes, random)
             : mixed_body(std::move(body), plan.scenario.subject.bodies, agents.body_bytes, random);
}

}  // namespace holdfast
