#include "harness/sharing/not_modelled.h"

namespace holdfast {

namespace {

constexpr const char* landlock =
    "Landlock: a program that confines itself with it is told that this kernel has none, since calls are "
    "made for it.";

}  // namespace

std::vector<std::string> not_modelled(bool windows_rules, bool opens_refused, bool acts) {
  if (!windows_rules) {
    return {
        "Windows' sharing rules: this run used the rules of POSIX, under which an open file refuses "
        "nothing.",
        landlock};
  }
  std::vector<std::string> topics = {
      "Byte-range locks: reading or writing a range that another handle locked is not refused (error 33).",
      "Attribute-only handles: on Windows even these block replacing the file (error 5).",
      "Renaming without replacing: it must fail if the target exists (error 183); here it replaces.",
      "ReplaceFileW: its half-done outcomes (errors 1175 to 1177); each replace is taken for a MoveFileEx.",
      "Classic deletion: off by default; where it is on, calls that open nothing still see the name.",
      "READONLY: taken from the file mode: a file has it if nobody may write to it.",
      "Time: how long Windows' own calls and file filters take; latencies are those of this system.",
  };
  if (!opens_refused) {
    topics.emplace_back(
        "Truncating a mapped file (error 1224): not refused here, because nobody denies reading or "
        "writing.");
  }
  if (acts) topics.emplace_back(landlock);
  return topics;
}

}  // namespace holdfast
