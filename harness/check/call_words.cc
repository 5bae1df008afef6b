#include "harness/check/call_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <utility>

#include "core/base/path_text.h"
#include "harness/check/prose.h"

namespace holdfast {
namespace {

std::string first_holder(const Plan& plan, const Call& call) {
  if (call.holders.empty()) return "";
  const Holder& holder = call.holders.front();
  const auto& injectors = plan.scenario.injectors;
  switch (holder.kind) {
    case HolderKind::injector:
      return holder.index < injectors.size() ? ", held by " + injectors[holder.index].name : "";
    case HolderKind::agent:
      return fmt::format(", held by agent {}", holder.index);
    case HolderKind::self:
      return ", held by itself";
    case HolderKind::stranger:
      return ", held by " + holder.program;
    default:
      return "";
  }
}

bool is_part_of_name(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '.' || character == '-' ||
         character == '_';
}

}  // namespace

std::string file_name_of(const std::string& path) {
  return std::string(file_name(path));
}

bool names_file(std::string_view text, std::string_view name) {
  if (name.empty()) return false;
  for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const bool begins = at == 0 || !is_part_of_name(text[at - 1]);
    const std::size_t after = at + name.size();
    // A full stop may end the sentence; a '/' says that it is a directory.
    const bool ends = after == text.size() || (!is_part_of_name(text[after]) && text[after] != '/') ||
                      (text[after] == '.' && (after + 1 == text.size() || text[after + 1] == ' '));
    if (begins && ends) return true;
  }
  return false;
}

bool is_path_of(const std::string& path, const std::string& name) {
  return path.size() > name.size() && path.ends_with(name) && path[path.size() - name.size() - 1] == '/';
}

std::string actor_of(const Operation* operation, const Call& call) {
  if (operation == nullptr) return fmt::format("agent {}", call.agent);
  if (operation->function == Function::read) return fmt::format("agent {}'s read", call.agent);
  return fmt::format("agent {}'s broadcast {}", call.agent,
                     to_string(MessageId{operation->agent, operation->number}));
}

std::string doer_of(const Operation* operation, const Call& call) {
  if (operation == nullptr || operation->function == Function::read) return actor_of(operation, call);
  return to_string(MessageId{operation->agent, operation->number});
}

std::string named_call(const Call& call) {
  switch (call.function) {
    case Function::rename:
      return fmt::format("rename of {} onto {}", file_name_of(call.path), file_name_of(call.destination));
    case Function::link:
      return fmt::format("link of {} as {}", file_name_of(call.path), file_name_of(call.destination));
    case Function::open:
      return "open of " + file_name_of(call.path);
    case Function::truncate:
      return "truncation of " + file_name_of(call.path);
    default:
      return "removal of " + file_name_of(call.path);
  }
}

std::string refused_words(const Plan& plan, const Call& call) {
  return fmt::format("was refused at {} (WinError {}{})", moment(call.answered_ns), call.windows_code,
                     first_holder(plan, call));
}

std::string errno_words(int os_error) {
  const char* name = ::strerrorname_np(os_error);
  const char* meaning = ::strerrordesc_np(os_error);
  if (name == nullptr || meaning == nullptr) return fmt::format("errno {}", os_error);
  return fmt::format("{}: {}", name, meaning);
}

bool is_before_open(const Kill& kill) {
  return kill.call == "open" || kill.call == "creat";
}

bool is_before_write(const Kill& kill) {
  constexpr std::array<std::string_view, 9> writes = {"write",     "pwrite",   "writev",
                                                      "pwritev",   "sendfile", "copy_file_range",
                                                      "ftruncate", "truncate", "fallocate"};
  return std::find(writes.begin(), writes.end(), kill.call) != writes.end();
}

std::string doing(std::string_view call, const std::string& name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 20> words = {{
      {"open", "opening"},           {"creat", "creating"},      {"close", "closing"},
      {"write", "writing"},          {"pwrite", "writing"},      {"writev", "writing"},
      {"pwritev", "writing"},        {"sendfile", "writing"},    {"copy_file_range", "writing"},
      {"fsync", "flushing"},         {"fdatasync", "flushing"},  {"sync_file_range", "flushing"},
      {"ftruncate", "truncating"},   {"truncate", "truncating"}, {"lock", "locking"},
      {"unlock", "unlocking"},       {"unlink", "removing"},     {"rmdir", "removing"},
      {"rename", "the rename onto"}, {"link", "the link named"},
  }};
  if (name.empty()) return std::string(call);
  const auto found =
      std::find_if(words.begin(), words.end(), [&](const auto& one) { return one.first == call; });
  return found == words.end() ? fmt::format("{} of {}", call, name)
                              : fmt::format("{} {}", found->second, name);
}

std::string right_before(const Kill& kill) {
  return "right before " + doing(kill.call, file_name_of(kill.path));
}

}  // namespace holdfast
