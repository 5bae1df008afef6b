// What an adapter answers wrongly, request by request, without a scenario and without faults.
#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/cli/runs/exit_codes.h"
#include "harness/cli/runs/judge.h"
#include "harness/cli/runs/single_run.h"
#include "harness/cli/subcommand.h"
#include "harness/cli/terminal/terminal.h"
#include "harness/crowd/agents/check_adapter.h"
#include "harness/crowd/launch/removed_with_us.h"
#include "reports/format/ordered_json.h"
#include "reports/format/text.h"

namespace holdfast {

struct AdapterCommand {
  std::vector<std::string> argv;
  bool bytes = false;
  bool json = false;
};

namespace {

void print(const std::vector<Exchange>& exchanges, std::size_t wrong) {
  constexpr std::size_t columns = 100;
  for (const Exchange& exchange : exchanges) {
    fmt::print("{}", wrapped(fmt::format("{}: {}", exchange.asked, exchange.answered), columns,
                             exchange.wrong.empty() ? "  ok     " : "  WRONG  ", "         "));
    if (!exchange.wrong.empty())
      fmt::print("{}", wrapped(one_line(exchange.wrong), columns, "         ", "         "));
  }
  const std::size_t unasked = adapter_requests() - exchanges.size();
  if (wrong == 0) {
    fmt::print("All {} requests were answered as the protocol says.\n", exchanges.size());
  } else {
    fmt::print("{} of {} requests were answered wrongly{}. The protocol: docs/reference/protocol.md\n", wrong,
               exchanges.size(), unasked == 0 ? "" : fmt::format("; {} more were not asked", unasked));
  }
}

int check(const AdapterCommand& command, const std::filesystem::path& store,
          const std::filesystem::path& own) {
  const ProgramStart start{
      command.argv, std::filesystem::current_path().string(), {}, own.parent_path().string()};
  auto exchanges = check_adapter(start, store.string(), command.bytes ? BodyBytes::bytes : BodyBytes::text);
  if (!exchanges) return complain({Code::invalid, exchanges.error().message});
  const auto wrong = static_cast<std::size_t>(
      std::count_if(exchanges->begin(), exchanges->end(),
                    [](const Exchange& exchange) { return !exchange.wrong.empty(); }));
  if (command.json) {
    auto listed = nlohmann::ordered_json::array();
    for (const Exchange& exchange : *exchanges) {
      nlohmann::ordered_json one = {{"request", exchange.asked}, {"answer", exchange.answered}};
      one["wrong"] =
          exchange.wrong.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(exchange.wrong);
      listed.push_back(std::move(one));
    }
    fmt::print("{}", dumped(listed));
  } else {
    print(*exchanges, wrong);
  }
  return wrong == 0 ? 0 : 1;
}

// In a process of its own, because the end of a program ends every child of the process that started it.
Result<int> check_apart(const AdapterCommand& command) {
  if (command.argv.empty())
    return fail(
        Code::invalid,
        "adapter check needs a command after '--', as in 'holdfast adapter check -- python3 queue.py'");
  const auto executable = own_executable();
  if (!executable) return fail(executable.error());
  const auto store = RemovedWithUs::make("adapter");
  if (!store) return fail(store.error());
  const pid_t parent = ::getpid();
  const pid_t checker = ::fork();
  if (checker < 0)
    return fail(Code::failed, fmt::format("cannot start a process: {}", std::strerror(errno)), errno);
  if (checker == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    const int code = check(command, (*store)->path(), *executable);
    std::fflush(nullptr);
    ::_exit(code);
  }
  int status = 0;
  while (::waitpid(checker, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

static Subcommand::CarryOut add_adapter(CLI::App& app) {
  auto command = std::make_shared<AdapterCommand>();
  app.require_subcommand(1);
  auto* const check_app = app.add_subcommand(
      "check", "Ask a subject's program some requests of the protocol, and say which it answers wrongly");
  check_app->prefix_command();
  check_app->add_flag("--bytes", command->bytes,
                      "Send bodies as body_base64, as subject.bodies = \"bytes\" does");
  check_app->add_flag("--json", command->json, "Print JSON");
  return [command, check_app](const Typed& typed) {
    command->argv = check_app->remaining();
    if (!command->argv.empty() && command->argv.front().starts_with('-')) {
      say_error(not_an_option(command->argv.front(), *check_app));
      return static_cast<int>(exit_usage);
    }
    command->argv.insert(command->argv.end(), typed.behind.begin(), typed.behind.end());
    const auto code = check_apart(*command);
    return code ? *code : complain(code.error());
  };
}

extern const Subcommand adapter_subcommand{
    "adapter", "Try an adapter, the program between Holdfast and a store of your own", add_adapter,
    "  holdfast adapter check -- python3 queue.py         three processes, eighteen requests, no faults\n"
    "  holdfast adapter check --json -- ./queue"};

}  // namespace holdfast
