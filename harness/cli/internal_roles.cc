#include "harness/cli/internal_roles.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "harness/cli/rules/live_rules.h"
#include "harness/cli/runs/exit_codes.h"
#include "harness/crowd/agents/agent.h"
#include "harness/crowd/agents/reader.h"
#include "harness/crowd/inject/injector.h"
#include "harness/crowd/launch/launcher.h"
#include "harness/linux/barrier.h"

namespace holdfast {
namespace {

struct InternalCommand {
  enum class Role { launcher, agent, injector, reader, rules } role = Role::launcher;
  std::string run_directory;  // rules: where to open files
  std::uint32_t index = 0;
  std::uint32_t token = 0;
  std::string trap;        // launcher: what else to trap, "opens" or "store-calls"
  bool restarted = false;  // agent: goes on after one that was killed
  std::string mailboxes;   // reader: of these agents, once each
  bool posix = false;      // rules: see live_rules.h
  std::string output;      // rules: file for the rows
};

std::optional<InternalCommand> parse_internal(int argc, char** argv) {
  InternalCommand command;
  const std::string_view role = argv[1];
  if (argc == 3) command.trap = argv[2];
  if (role == "internal-launcher" && (argc == 2 || command.trap == "opens" || command.trap == "store-calls"))
    return command;
  command.restarted = argc == 6 && role == "internal-agent" && std::string_view(argv[5]) == "restarted";
  const bool reader = role == "internal-reader" && argc == 6;
  if (reader) command.mailboxes = argv[5];
  if (reader ||
      ((role == "internal-agent" || role == "internal-injector") && (argc == 5 || command.restarted))) {
    command.role = reader                     ? InternalCommand::Role::reader
                   : role == "internal-agent" ? InternalCommand::Role::agent
                                              : InternalCommand::Role::injector;
    command.run_directory = argv[2];
    command.index = static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10));
    command.token = static_cast<std::uint32_t>(std::strtoul(argv[4], nullptr, 10));
    return command;
  }
  if (role == "internal-rules" && argc == 5) {
    command.role = InternalCommand::Role::rules;
    command.posix = std::string_view(argv[2]) == "posix";
    command.output = argv[3];
    command.run_directory = argv[4];
    return command;
  }
  fmt::print(stderr, "holdfast: '{}' is for Holdfast's own use: start a run with 'holdfast run'\n", role);
  return std::nullopt;
}

Trap trap_named(const std::string& name) {
  if (name == "opens") return Trap::opens;
  return name == "store-calls" ? Trap::store_calls : Trap::decided_calls;
}

int carry_out_role(const InternalCommand& command) {
  using Role = InternalCommand::Role;
  switch (command.role) {
    case Role::launcher:
      return launcher_main(launcher_descriptor, trap_named(command.trap));
    case Role::agent:
      return agent_main(command.run_directory, command.index, command.token, command.restarted);
    case Role::reader:
      return reader_main(command.run_directory, command.index, command.token, command.mailboxes);
    case Role::injector:
      return injector_main(command.run_directory, command.index, command.token);
    case Role::rules:
      if (::chdir(command.run_directory.c_str()) != 0) return exit_internal;
      return live_rules_main(command.posix, command.output);
  }
  return exit_internal;
}

}  // namespace

int carry_out_internal(int argc, char** argv) {
  const auto command = parse_internal(argc, argv);
  return command ? carry_out_role(*command) : exit_usage;
}

}  // namespace holdfast
