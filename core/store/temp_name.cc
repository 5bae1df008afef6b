#include "core/store/temp_name.h"

#include <fmt/format.h>

#include "core/os/unique_name.h"

namespace holdfast {
namespace {

constexpr std::string_view temp_ending = ".tmp";

bool all_of(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::filesystem::path new_temp_path(const std::filesystem::path& target) {
  return target.parent_path() /
         fmt::format(".{}.{}{}", target.filename().string(), unique_suffix(), temp_ending);
}

bool is_temp_name(std::string_view name, std::string_view target_name) {
  constexpr std::size_t random_digits = 16;
  constexpr std::size_t longest_pid = 10;
  if (!take_prefix(name, ".") || !take_prefix(name, target_name) || !take_prefix(name, ".")) return false;
  if (name.size() <= temp_ending.size() || name.substr(name.size() - temp_ending.size()) != temp_ending)
    return false;
  name.remove_suffix(temp_ending.size());
  const std::size_t dash = name.find('-');
  if (dash == std::string_view::npos || dash > longest_pid) return false;
  const std::string_view random = name.substr(dash + 1);
  return all_of(name.substr(0, dash), "0123456789") && random.size() == random_digits &&
         all_of(random, "0123456789abcdef");
}

}  // namespace holdfast
