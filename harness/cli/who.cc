// Who holds a file or directory now, and what Windows would answer to others meanwhile.
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/cli/runs/judge.h"
#include "harness/cli/subcommand.h"
#include "harness/cli/who/who_holds.h"
#include "harness/sharing/profile.h"
#include "reports/format/number_format.h"
#include "reports/format/text.h"
#include "reports/summary/sentences.h"

namespace holdfast {

struct WhoCommand {
  std::string path;
  bool json = false;
};

namespace {

constexpr int exit_free = 0, exit_held = 1, exit_cannot_tell = 2;

FileBits share_of(const PathHolder& holder) {
  return find_profile(holder.runtime)->share;
}

std::string_view word_of(HeldAs as) {
  switch (as) {
    case HeldAs::handle:
      return "handle";
    case HeldAs::posix_copy:
      return "posix-only";
    case HeldAs::running_program:
      return "running-program";
    case HeldAs::current_directory:
      return "current-directory";
    case HeldAs::open_child:
      break;
  }
  return "open-child";
}

std::string holder_line(const PathHolder& holder) {
  const FoundHolder& found = holder.found;
  std::string line = fmt::format("{} (pid {}): ", found.program, found.process);
  const std::string where =
      found.descriptor < 0 ? "a mapping" : fmt::format("descriptor {}", found.descriptor);
  switch (holder.as) {
    case HeldAs::handle:
      return line + fmt::format("{}, access {}, shares {} (as {} opens files)", where,
                                to_letters(found.access), to_letters(share_of(holder)), holder.runtime);
    case HeldAs::posix_copy:
      return line + where + ", a forked child's copy: Windows would have no such handle";
    case HeldAs::running_program:
      return line + "runs it";
    case HeldAs::current_directory:
      return line + "has it as its current directory";
    case HeldAs::open_child:
      break;
  }
  return line + (found.descriptor < 0 ? "has its current directory below it, " : where + ", has open ") +
         found.path;
}

struct Answer {
  const char* op;  // for machines
  const char* title;
  std::uint16_t code;
};

std::vector<Answer> answers_of(const PathUse& use) {
  const auto held_as = [&](HeldAs as) {
    return std::any_of(use.holders.begin(), use.holders.end(), [as](const auto& h) { return h.as == as; });
  };
  if (use.is_directory) {
    const bool stood_in = held_as(HeldAs::current_directory), open_child = held_as(HeldAs::open_child);
    const std::uint16_t rename = rename_directory(open_child);
    return {{"rename-of", "rename it", rename != 0 ? rename : remove_directory(stood_in)},
            {"remove", "remove it, once it is empty", remove_directory(stood_in)}};
  }
  std::vector<Handle> handles;
  for (const PathHolder& holder : use.holders) {
    if (holder.as == HeldAs::handle) handles.push_back({holder.found.access, share_of(holder)});
  }
  constexpr FileBits rw = read_bit | write_bit;
  const bool denied = use.read_only || held_as(HeldAs::running_program);
  const auto unless_denied = [&](std::uint16_t code) { return denied ? error_access_denied : code; };
  return {
      {"open-read", "open it to read, sharing rw-", open_beside({read_bit, rw}, handles)},
      {"open-write", "open it to write, sharing rw-", unless_denied(open_beside({write_bit, rw}, handles))},
      {"replace-onto", "replace it (MoveFileEx)", unless_denied(replace_onto(handles))},
      {"posix-replace-onto", "replace it (POSIX semantics)", unless_denied(posix_replace_onto(handles))},
      {"rename-of", "rename it", rename_of(handles)},
      {"delete", "delete it", unless_denied(delete_of(handles))}};
}

bool is_held(const PathUse& use) {
  return !use.holders.empty() || use.kernel == PathUse::Kernel::held;
}

// What could be missing from the list; empty: nothing.
std::string reservation(const PathUse& use) {
  if (use.holders.empty() && use.kernel == PathUse::Kernel::held) {
    return "The kernel says that it is open, but no process that this user may inspect has it: try again as "
           "root.";
  }
  if (use.closed_to_us == 0 || (use.holders.empty() && use.kernel == PathUse::Kernel::free)) return "";
  return fmt::format("{} could not be inspected by this user and may hold it too: try again as root.",
                     format_counted(use.closed_to_us, "process", "processes"));
}

void print_text(const PathUse& use) {
  if (use.holders.empty()) {
    fmt::print("{} {}\n", use.kernel == PathUse::Kernel::free ? "nobody holds" : "no holder was found for",
               one_line(use.path));
  } else {
    fmt::print("{}\n", one_line(use.path));
  }
  for (const PathHolder& holder : use.holders) fmt::print("  {}\n", one_line(holder_line(holder)));
  if (const std::string text = reservation(use); !text.empty()) fmt::print("{}\n", text);
  if (use.read_only) fmt::print("Nobody may write to it: on Windows it would be READONLY.\n");
  // The share mode of an unseen handle is unknown, too.
  if (use.holders.empty() && use.kernel == PathUse::Kernel::held) return;
  fmt::print("\nWhat Windows would answer now to a call to\n");
  for (const Answer& answer : answers_of(use)) {
    fmt::print("  {:<30}{}\n", answer.title, answer.code == 0 ? "done" : windows_code(answer.code));
  }
}

void print_json(const PathUse& use) {
  using Json = nlohmann::ordered_json;
  Json holders = Json::array(), answers = Json::array();
  for (const PathHolder& holder : use.holders) {
    const FoundHolder& found = holder.found;
    const bool handle = holder.as == HeldAs::handle;
    holders.push_back({{"as", word_of(holder.as)},
                       {"pid", found.process},
                       {"program", found.program},
                       {"path", found.path},
                       {"runtime", holder.runtime},
                       {"descriptor", found.descriptor >= 0 ? Json(found.descriptor) : Json(nullptr)},
                       {"access", handle ? Json(to_set(found.access)) : Json(nullptr)},
                       {"share", handle ? Json(to_letters(share_of(holder))) : Json(nullptr)}});
  }
  for (const Answer& answer : answers_of(use)) {
    answers.push_back({{"op", answer.op}, {"code", answer.code}});
  }
  const Json json{{"schema", "holdfast.who/1"},
                  {"path", use.path},
                  {"kind", use.is_directory ? "directory" : "file"},
                  {"read_only", use.read_only},
                  {"held", is_held(use)},
                  {"holders", holders},
                  {"answers", answers},
                  {"closed_to_us", use.closed_to_us},
                  {"reservation", reservation(use).empty() ? Json(nullptr) : Json(reservation(use))}};
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

}  // namespace

static int carry_out(const WhoCommand& command) {
  const auto use = who_holds(command.path);
  if (!use) return complain({Code::invalid, use.error().message, use.error().os_code});
  command.json ? print_json(*use) : print_text(*use);
  if (is_held(*use)) return exit_held;
  return reservation(*use).empty() ? exit_free : exit_cannot_tell;
}

static void add_options(CLI::App& app, WhoCommand& command) {
  app.add_option("path", command.path, "The file or directory")->required();
  app.add_flag("--json", command.json, "Print JSON");
}

extern const Subcommand who_subcommand{
    "who", "Show who has a file or directory open, and what Windows would refuse now",
    add_command<WhoCommand>,
    "  holdfast who queue.json\n"
    "  holdfast who queue.json --json"};

}  // namespace holdfast
