// Accepted refusals, from a text file; the line that `holdfast exec` prints for each group can be pasted there.
//
// One suppression per line; blank lines and lines that begin with '#' are skipped:
//
//   CALL CODE REASON PATH [from PROGRAM] [by KIND:PROGRAM …]
//   rename 5 held queue.json by self:python3 injector:antivirus
//   unlink 32 held pytest-of-*/pytest-*/test_log/app.log by self:python3.11
//   * * * cache/** from git by *:git
//
// CALL is rename, unlink, rmdir, link, open or truncate; CODE a Windows code; REASON held, read-only,
// running-program, current-directory, open-child, delete-pending or mapped; '*' is any. PATH is a pattern (glob.h)
// for the path relative to the watched directory it is in, however many are watched; a pattern that begins with '/'
// is for the absolute path. What differs from run to run is printed as '*'; "<random>", "<n>" and "<user>", as the
// summary shows such parts, match as well. "from" is a pattern for the calling program. KIND is injector, process,
// self, posix-only, stranger, unseen or '*', PROGRAM a pattern for the holder's program. Every holder has to be
// matched, and every KIND:PROGRAM has to match one; "by nobody" is a refusal without holders, and without "by" the
// holders do not matter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "reports/exec/glob.h"
#include "reports/exec/groups.h"
#include "reports/exec/report.h"

namespace holdfast {

struct HolderPattern {
  std::optional<HolderKind> kind;
  Glob program;
};

struct Suppression {
  std::string text;
  std::optional<Function> call;
  std::optional<std::uint16_t> code;
  std::optional<Obstacle> reason;
  Glob path;
  bool whole_path = false;
  std::optional<Glob> caller;
  std::optional<std::vector<HolderPattern>> holders;
  bool shipped = false;  // see known_programs()
};

// Code::invalid names `file` and line, what is wrong and what is valid there.
Result<std::vector<Suppression>> parse_suppressions(std::string_view text, const std::string& file);

bool suppresses(const Suppression& suppression, const ExecReport& report, const ExecRefusal& refusal);

// Removes what is suppressed from the report, and counts it by suppression; the first match counts.
void suppress(ExecReport& report, const std::vector<Suppression>& suppressions);

// What well-known programs do on Linux and do otherwise on Windows, where they have code of their own; `text` as in a
// file of suppressions.
std::string_view known_programs_text();
std::vector<Suppression> known_programs();

// The line that suppresses this group, also in the next run: what differs between runs is a '*'.
std::string suppression_line(const ExecGroupKey& group);

}  // namespace holdfast
