#include "harness/supervisor/stack/modules.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace holdfast {
namespace {

// Takes a number and the character behind it off the front of `text`.
bool take_number(std::string_view& text, int base, char behind, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  const auto length = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || length >= text.size() || text[length] != behind) return false;
  text.remove_prefix(length + 1);
  return true;
}

// begin-end perms offset major:minor inode   path
std::optional<Mapping> parse_line(std::string_view line) {
  Mapping mapping;
  std::uint64_t unused = 0;
  if (!take_number(line, 16, '-', mapping.begin) || !take_number(line, 16, ' ', mapping.end))
    return std::nullopt;
  if (line.size() < 5 || line[4] != ' ' || mapping.begin >= mapping.end) return std::nullopt;
  mapping.executable = line[2] == 'x';
  line.remove_prefix(5);
  if (!take_number(line, 16, ' ', mapping.offset) || !take_number(line, 16, ':', unused) ||
      !take_number(line, 16, ' ', unused))
    return std::nullopt;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), mapping.inode);
  if (error != std::errc()) return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  const auto path = line.find_first_not_of(' ');
  if (path != std::string_view::npos) mapping.path = line.substr(path);
  return mapping;
}

}  // namespace

std::vector<Mapping> parse_maps(std::string_view text) {
  std::vector<Mapping> mappings;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (auto mapping = parse_line(text.substr(0, end))) mappings.push_back(std::move(*mapping));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return mappings;
}

const Mapping* Modules::at(std::uint64_t address) const {
  const auto after =
      std::upper_bound(mappings_.begin(), mappings_.end(), address,
                       [](std::uint64_t wanted, const Mapping& mapping) { return wanted < mapping.begin; });
  if (after == mappings_.begin()) return nullptr;
  const Mapping& mapping = *std::prev(after);
  return mapping.contains(address) ? &mapping : nullptr;
}

Module Modules::module_of(const Mapping& mapping) const {
  if (mapping.inode == 0 || mapping.path.empty()) return {};
  // A file is mapped in pieces, one after the other; the first begins with its header.
  for (auto piece = mappings_.rbegin(); piece != mappings_.rend(); ++piece) {
    if (piece->begin <= mapping.begin && piece->offset == 0 && piece->inode == mapping.inode &&
        piece->path == mapping.path)
      return {mapping.path, mapping.inode, piece->begin};
  }
  return {};
}

std::vector<Module> Modules::with_code() const {
  std::vector<Module> modules;
  for (const Mapping& mapping : mappings_) {
    if (!mapping.executable || mapping.inode == 0) continue;
    Module module = module_of(mapping);
    if (module.path.empty()) continue;
    if (modules.empty() || modules.back().header != module.header) modules.push_back(std::move(module));
  }
  return modules;
}

}  // namespace holdfast
