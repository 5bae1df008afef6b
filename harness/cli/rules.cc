// The rules that decide, printed: a table for people, every single decision for machines.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <vector>

#include "harness/cli/rules/live_rules.h"
#include "harness/cli/rules/rule_rows.h"
#include "harness/cli/runs/judge.h"
#include "harness/cli/subcommand.h"
#include "harness/sharing/profile.h"

namespace holdfast {

struct RulesCommand {
  bool live = false;  // from real processes
  bool json = false;
};

namespace {

std::string every_decision() {
  std::string rows;
  for_each_handle([&](const Handle& first) {
    for_each_handle([&](const Handle& second) {
      rows += pair_row(first, second, open_beside(second, std::array{first}));
    });
  });
  for (const HeldOperation& operation : held_operations) {
    for_each_handle([&](const Handle& held) {
      rows += operation_row(operation, held, operation.code(std::array{held}));
    });
  }
  return rows;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// Held against what is written down: prints what differs, and returns the exit code.
int compare_decisions(const std::string& live) {
  const auto expected = lines_of(every_decision()), found = lines_of(live);
  std::size_t different = 0;
  for (std::size_t i = 0; i < std::max(expected.size(), found.size()); ++i) {
    const std::string rule = i < expected.size() ? expected[i] : "nothing";
    const std::string answer = i < found.size() ? found[i] : "nothing";
    if (rule == answer) continue;
    ++different;
    fmt::print("the rule says {}, but processes got {}\n", rule, answer);
  }
  fmt::print("{} of {} decisions match what real processes got from real files.\n",
             expected.size() - different, expected.size());
  return different == 0 ? 0 : 1;
}

void print_table() {
  constexpr std::array<Handle, 5> holders{
      {{read_bit, read_bit | write_bit}, {read_bit, all_bits}, {read_bit, read_bit}, {read_bit, 0}, {0, 0}}};
  fmt::print("What Windows returns when another handle has the file open (0: done):\n\n");
  fmt::print("  {:<18}  {:>4}  {:>5}", "handle", "read", "write");
  for (const HeldOperation& operation : held_operations) fmt::print("  {:>10}", operation.title);
  fmt::print("\n");
  for (const Handle& holder : holders) {
    const std::array held{holder};
    const std::string handle =
        holder.access == 0 ? std::string("attributes only")
                           : fmt::format("{} shares {}", to_letters(holder.access), to_letters(holder.share));
    fmt::print("  {:<18}  {:>4}  {:>5}", handle, open_beside({read_bit, all_bits}, held),
               open_beside({write_bit, all_bits}, held));
    for (const HeldOperation& operation : held_operations) fmt::print("  {:>10}", operation.code(held));
    fmt::print("\n");
  }
  fmt::print(
      "\n5 access denied, 32 sharing violation. Move: MoveFileEx; POSIX: FileRenameInfoEx.\n\nWhat an "
      "ordinary open shares, by runtime:\n\n");
  for (const std::string_view name : profile_names()) {
    fmt::print("  {:<10} {}\n", name, to_letters(find_profile(name)->share));
  }
  fmt::print(
      "\n'holdfast rules --json' prints every decision, one JSON object per line; with --live, what real "
      "processes get.\n");
}

}  // namespace

static int carry_out(const RulesCommand& command) {
  if (command.live) {
    const auto live = live_decisions();
    if (!live) return complain(live.error());
    if (!command.json) return compare_decisions(*live);
    fmt::print("{}", *live);
    return 0;
  }
  if (command.json) {
    fmt::print("{}", every_decision());
  } else {
    print_table();
  }
  return 0;
}

static void add_options(CLI::App& app, RulesCommand& command) {
  app.add_flag("--json", command.json, "Every pair of handles, one JSON object per line");
  app.add_flag("--live", command.live,
               "Run real processes that open real files under the supervisor, and show what they get; "
               "without --json, compare that with the rules");
}

extern const Subcommand rules_subcommand{
    "rules", "Show what Windows refuses: every decision that Holdfast can make", add_command<RulesCommand>,
    "  holdfast rules                                     the table\n"
    "  holdfast rules --live                              do real processes get these answers?"};

}  // namespace holdfast
