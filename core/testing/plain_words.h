// Words that read as translated, for tests of comments, documents and help.
#pragma once

#include <cctype>
#include <string>

namespace holdfast {

// The first such word or phrase in the text, or "". "There is no lock" and "is no longer" are good English.
inline std::string translated_words(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto in_word = [&](std::size_t at) {
    return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_');
  };
  for (const std::string words : {"shall", "anew", "whoever", "words it", "told of", "is no"}) {
    for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) {
      if (in_word(at - 1) || in_word(at + words.size())) continue;
      const std::string before = text.substr(0, at), after = text.substr(at + words.size());
      const bool good_no = words == "is no" && (before.ends_with("there ") || after.starts_with(" longer") ||
                                                after.starts_with(" more") || after.starts_with(" less"));
      if (!good_no) return words;
    }
  }
  return "";
}

}  // namespace holdfast
