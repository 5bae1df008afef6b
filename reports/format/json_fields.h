// Reads fields of untrusted JSON, which is parsed into sorted objects: an ordered one looks at every key for each it is given,
// so that a small file could take hours. The first problem is kept with its place, and from then on every field reads as
// empty, so that callers can read on and check once at the end.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

// The parser's message, without its error numbers.
std::string parser_words(const nlohmann::json::exception& error);

class JsonFields {
 public:
  // `json` and `problem` must outlive this; `place` is for messages: "agents.each[3]", or "" at the top.
  JsonFields(const nlohmann::json* json, std::string place, std::optional<std::string>* problem);

  // Fields of this object. An absent field is a problem if `required`, else empty.
  [[nodiscard]] JsonFields object(const char* name, bool required = true) const;
  void text(const char* name, std::string& into, bool required = true) const;
  void count(const char* name, std::uint64_t& into, bool required = true) const;
  void number(const char* name, double& into, bool required = true) const;    // finite
  void maybe_number(const char* name, std::optional<double>& into) const;     // null is none
  void maybe_text(const char* name, std::optional<std::string>& into) const;  // null is none
  void flag(const char* name, bool& into, bool required = true) const;
  void texts(const char* name, std::vector<std::string>& into, bool required = true) const;

  void numbers(const char* name, std::vector<double>& into) const;
  void counts(const char* name, std::vector<std::uint64_t>& into) const;
  void pids(const char* name, std::vector<std::int32_t>& into) const;  // an absent one is empty

  // Each element of the array `name`.
  void each(const char* name, const std::function<void(const JsonFields&)>& read, bool required = true) const;
  // Each member of this object, whose names are whole numbers up to `greatest` and whose values are counts.
  void counts_by_number(std::uint64_t greatest,
                        const std::function<void(std::uint64_t, std::uint64_t)>& read) const;

  // Keeps the first problem: "<place>.<name> <what>".
  void complain(const char* name, const std::string& what) const;
  [[nodiscard]] bool present() const { return json_ != nullptr; }
  [[nodiscard]] bool intact() const { return !problem_->has_value(); }

 private:
  [[nodiscard]] const nlohmann::json* find(const char* name, bool required) const;
  [[nodiscard]] std::string place_of(const char* name) const;

  const nlohmann::json* json_;  // null: absent
  std::string place_;
  std::optional<std::string>* problem_;
};

// No run counts further, so computations with counts stay cheap and cannot overflow.
inline constexpr std::uint64_t greatest_json_count = 1'000'000'000'000;

}  // namespace holdfast
