#include "harness/history/doubt.h"

#include <algorithm>

namespace holdfast {
namespace {

const DoubtRow& row_of(DoubtKind kind) {
  const auto& rows = doubt_rows();
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const DoubtRow& row) { return row.kind == kind; });
  return found != rows.end() ? *found : rows.front();
}

}  // namespace

const std::vector<DoubtRow>& doubt_rows() {
  static const std::vector<DoubtRow> rows = {
#define HOLDFAST_DOUBT(kind, number, word, meaning) {DoubtKind::kind, word, meaning},
#include "harness/history/doubts.def"
#undef HOLDFAST_DOUBT
  };
  return rows;
}

std::string_view doubt_word(DoubtKind kind) {
  return row_of(kind).word;
}

std::string_view doubt_meaning(DoubtKind kind) {
  return row_of(kind).meaning;
}

DoubtKind find_doubt(std::uint64_t number) {
  for (const DoubtRow& row : doubt_rows()) {
    if (static_cast<std::uint64_t>(row.kind) == number) return row.kind;
  }
  return DoubtKind::other;
}

DoubtKind find_doubt(std::string_view word) {
  for (const DoubtRow& row : doubt_rows()) {
    if (row.word == word) return row.kind;
  }
  return DoubtKind::other;
}

std::vector<std::string> texts_of(const std::vector<Doubt>& doubts) {
  std::vector<std::string> texts;
  texts.reserve(doubts.size());
  for (const Doubt& doubt : doubts) texts.push_back(doubt.text);
  return texts;
}

}  // namespace holdfast
