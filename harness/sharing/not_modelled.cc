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
      "Opening: an open is never refused, so share modes that deny reading or writing (32) do nothing here.",
      "Renaming without replacing: that the target exists (183) cannot be told from a rename that replaces.",
      "Deleting and replacing: taken as Windows 10 1809 and later do it on NTFS, POSIX deletion included.",
      "Delete-pending: elsewhere a deleted name stays until its last handle closes; here it goes at once.",
      "READONLY targets: Windows refuses to replace or delete them for ever (5); here they are like others.",
      "Running programs: Windows refuses to replace or delete their files (5); here they are like others.",
      "Time: what Windows' own calls and file filters take; latencies are those of this system.",
  };
}

}  // namespace holdfast
