#include "harness/sharing/not_modelled.h"

namespace holdfast {

std::vector<std::string> not_modelled(bool windows_rules) {
  if (!windows_rules) {
    return {
        "Windows' sharing rules: this run used the rules of POSIX, under which an open file refuses "
        "nothing."};
  }
  return {
      "Byte-range locks: a read or write in a range that another handle has locked is not refused (33).",
      "Handles that ask for attributes only: on Windows even they refuse a replace of the file (5).",
      // NOLINTNEXTLINE(bugprone-suspicious-missing-comma)
      "Opening: decided only where somebody denies reading or writing (32) or deletion is classic; elsewhere "
      "a file that is mapped can be cut (1224).",
      "Renaming without replacing: that the target exists (183) cannot be told from a rename that replaces.",
      "ReplaceFileW: what it leaves half done (1175, 1176, 1177); every replace is taken for a MoveFileEx.",
      "Classic deletion: only by choice, and calls that look without opening still see the name meanwhile.",
      "READONLY: taken from the mode of a file, which has it if nobody at all may write.",
      "Time: what Windows' own calls and file filters take; latencies are those of this system.",
  };
}

}  // namespace holdfast
