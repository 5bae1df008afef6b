// The suppressions that ship. A row belongs here only if the program's code for Windows does something else there:
// what it only gets away with on Linux is a finding.
#include "core/base/check.h"
#include "reports/exec/suppression.h"

namespace holdfast {
namespace {

constexpr std::string_view rows = R"(# Git: its code for Windows (compat/mingw.c) closes, waits and retries.
* * * ** from git* by *:git*
* 5 read-only ** from git*
# SQLite removes its companion files while it holds them, but only on Unix: on Windows it closes them first, or has
# Windows remove them when they are closed.
unlink 32 held **-shm by self:*
unlink 32 held **-wal by self:*
unlink 32 held **-journal by self:*
unlink 32 held **etilqs_* by self:*
# Cargo and rustc take other locks on Windows, and close what they replace.
* * * ** from cargo by *:cargo
* * * ** from cargo by *:rustc
* * * ** from rustc by *:rustc
# The go command retries what is refused (cmd/go/internal/robustio).
* * * ** from go by *:go
# Java unmaps its performance data last on Unix alone.
unlink 32 held hsperfdata_*/* by self:java
# The C library and libffi remove their nameless files at once; on Windows the C runtime has Windows do it.
unlink 32 held tmpf?????? by self:*
unlink 32 held **ffi?????? by self:*
# A here-document of bash.
unlink 32 held sh-thd* from bash by self:bash
)";

}  // namespace

std::string_view known_programs_text() {
  return rows;
}

std::vector<Suppression> known_programs() {
  auto parsed = parse_suppressions(rows, "known programs");
  HOLDFAST_CHECK(parsed.has_value());
  for (Suppression& suppression : *parsed) suppression.shipped = true;
  return std::move(*parsed);
}

}  // namespace holdfast
