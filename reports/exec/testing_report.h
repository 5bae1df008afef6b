// For tests only: a report made by hand.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "reports/exec/report.h"

namespace holdfast {

inline constexpr FileBits rw = read_bit | write_bit;

inline ExecHolder holder(HolderKind kind, std::int32_t pid, const std::string& program,
                         const std::string& path) {
  ExecHolder made;
  made.kind = kind;
  made.pid = pid;
  made.program = program;
  made.runtime = program == "node" ? "node" : "python";
  made.path = path;
  made.descriptor = 5;
  made.access = read_bit;
  made.share = rw;
  return made;
}

inline ExecRefusal refusal(Function call, const std::string& path, const std::string& destination,
                           std::uint16_t code, std::vector<ExecHolder> holders) {
  ExecRefusal made;
  made.call = call;
  made.path = path;
  made.destination = destination;
  made.code = code;
  made.error = 13;
  made.pid = 101;
  made.program = "python3";
  made.runtime = "python";
  made.at_ns = 312'000'000;
  made.holders = std::move(holders);
  return made;
}

inline ExecReport example() {
  ExecReport report;
  report.command = {"pytest", "-q"};
  report.directories = {"/srv/app"};
  report.duration_ns = 4'200'000'000;
  report.decided = 1204;
  const std::string queue = "/srv/app/queue.json";
  ExecHolder self = holder(HolderKind::self, 101, "python3", queue);
  self.open_ns = 1'200'000'000;
  for (const char* random : {"k2Jd81", "Zt7qP0", "9xY1aa"}) {
    report.refusals.push_back(refusal(Function::rename, queue + "." + random + ".tmp", queue, 5, {self}));
  }
  report.refusals[2].pid = 102;
  // One group from two places in the code.
  CodeStack& stack = report.refusals[0].stack;
  stack.frames = {{"replace", "/usr/lib/python3.11/shutil.py", 12, "", 0},
                  {"save", "/srv/app/state.py", 42, "", 0}};
  stack.test = "tests/test_state.py::test_replace";
  report.refusals[1].stack.frames = {{"save", "", 0, "/srv/app/bin/store", 0x11B4}};
  const auto scanner = holder(HolderKind::injector, 90, "antivirus", queue);
  for (int i = 0; i < 5; ++i) {
    report.refusals.push_back(refusal(Function::rename, queue + ".tmp", queue, 5,
                                      {scanner, holder(HolderKind::agent, 103, "node", queue)}));
  }
  ExecHolder mapping = holder(HolderKind::posix_only, 104, "python3", queue);
  mapping.descriptor = -1;
  for (const char* random : {"tmpab_3x9qz", "tmp00000000"}) {
    report.refusals.push_back(
        refusal(Function::unlink, std::string("/srv/app/cache/") + random + "/x", "", 32, {mapping}));
  }
  auto read_only = refusal(Function::unlink, "/srv/app/\x1b[31mred \xff", "", 5, {});
  read_only.reason = Obstacle::read_only;
  report.refusals.push_back(read_only);
  report.injectors = {{"antivirus", 20, 18}};
  report.unjudged = {{DoubtKind::unreadable_memory, 3, "the memory of process 7 could not be read"},
                     {DoubtKind::no_counterpart, 1, "renameat2 with flags 0x2 has no Windows counterpart"}};
  report.warnings = {"antivirus held a file 0 times"};
  return report;
}

}  // namespace holdfast
