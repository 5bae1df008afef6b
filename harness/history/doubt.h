// Why something is uncertain: a kind for programs, a sentence for people. No code depends on the sentence.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

enum class DoubtKind : std::uint8_t {
#define HOLDFAST_DOUBT(kind, number, word, meaning) kind = (number),
#include "harness/history/doubts.def"
#undef HOLDFAST_DOUBT
};

struct DoubtRow {
  DoubtKind kind = DoubtKind::other;
  std::string_view word;
  std::string_view meaning;
};

const std::vector<DoubtRow>& doubt_rows();  // in the order of doubts.def

std::string_view doubt_word(DoubtKind kind);
std::string_view doubt_meaning(DoubtKind kind);

// Kinds unknown to this version are `other`.
DoubtKind find_doubt(std::uint64_t number);
DoubtKind find_doubt(std::string_view word);

struct Doubt {
  DoubtKind kind = DoubtKind::other;
  std::string text;
  std::uint64_t times = 1;  // the number of calls or events concerned

  bool operator==(const Doubt&) const = default;
};

std::vector<std::string> texts_of(const std::vector<Doubt>& doubts);

}  // namespace holdfast
