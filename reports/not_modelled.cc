#include "reports/not_modelled.h"

namespace holdfast {

std::vector<std::string> not_modelled(bool windows_rules) {
  if (!windows_rules) {
    return {
        "Windows' sharing rules: this run used the rules of POSIX, under which an open file refuses "
        "nothing."};
  }
  return {
      "Byte-range locks: a read or write in a range that another handle has locked is not refused (33).",
      "Handles that ask for attributes only: on Windows even they refuse a replace of the file (5); here "
      "nobody "
      "holds such a handle.",
      "Opening: an open is never refused, so share modes that deny reading or writing (32) have no effect "
      "here.",
      "A rename without replacing: \"already exists\" (183) cannot be told from a rename that replaces, "
      "which is "
      "assumed.",
      "Deletion is taken to be POSIX deletion and replacing to be MoveFileExW with "
      "MOVEFILE_REPLACE_EXISTING, as on "
      "Windows 10 1809 and later on NTFS: older systems and other filesystems keep a deleted name until the "
      "last "
      "handle closes (delete-pending).",
      "READONLY targets: Windows refuses to replace or delete them for ever (5); here they are files like "
      "others.",
      "Programs that are running: Windows refuses to replace or delete their files (5); here only open "
      "handles and "
      "mappings count.",
      "The time that Windows' own calls and its file filters take: latencies are those of this system.",
  };
}

}  // namespace holdfast
