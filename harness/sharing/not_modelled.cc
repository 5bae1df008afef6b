#include "harness/sharing/not_modelled.h"

namespace holdfast {

std::vector<std::string> not_modelled(bool windows_rules, bool opens_refused) {
  if (!windows_rules) {
    return {
        "Windows' sharing rules: this run used the rules of POSIX, under which an open file refuses "
        "nothing."};
  }
  std::vector<std::string> topics = {
      "Byte-range locks: a read or write in a range that another handle has locked is not refused (33).",
      "Handles that ask for attributes only: on Windows even they refuse a replace of the file (5).",
      "Renaming without replacing: that the target exists (183) cannot be told from a rename that replaces.",
      "ReplaceFileW: what it leaves half done (1175, 1176, 1177); every replace is taken for a MoveFileEx.",
      "Classic deletion: only by choice, and calls that look without opening still see the name meanwhile.",
      "READONLY: taken from the mode of a file, which has it if nobody at all may write.",
      "Time: what Windows' own calls and file filters take; latencies are those of this system.",
  };
  if (!opens_refused) {
    topics.emplace_back(
        "Cutting a file that is mapped (1224): not refused here, where nobody denies reading or writing.");
  }
  return topics;
}

}  // namespace holdfast
