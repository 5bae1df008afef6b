#include "harness/sharing/not_modelled.h"

namespace holdfast {

std::vector<std::string> not_modelled(bool windows_rules, bool opens_refused) {
  if (!windows_rules) {
    return {
        "Windows' sharing rules: this run used the rules of POSIX, under which an open file refuses "
        "nothing."};
  }
  std::vector<std::string> topics = {
      "Byte-range locks: a read or write in a range that another handle has locked is not refused (Windows: "
      "error 33).",
      "Attribute-only handles: on Windows even these block replacing the file (error 5).",
      "Renaming without replacing: it should fail if the target exists (error 183), but is taken for a "
      "replace.",
      "ReplaceFileW: its half-done outcomes (errors 1175, 1176, 1177); every replace is treated as a "
      "MoveFileEx.",
      "Classic deletion: off by default; where it is on, calls that open nothing still see the name.",
      "READONLY: taken from the file mode: a file has it if nobody may write to it.",
      "Time: how long Windows' own calls and file filters take; latencies are those of this system.",
  };
  if (!opens_refused) {
    topics.emplace_back(
        "Truncating a mapped file (error 1224): not refused here, because nobody denies reading or "
        "writing.");
  }
  return topics;
}

}  // namespace holdfast
