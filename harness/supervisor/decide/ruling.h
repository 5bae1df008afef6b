// From what was seen of a file to the fate of a call, by the sharing rules. Pure: inspection (FileUses, Lease) and
// action (do_*.cc) are elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/sharing/obstacle.h"
#include "harness/sharing/profile.h"
#include "harness/supervisor/look/file_use.h"

namespace holdfast {

// A file, as seen in one look.
struct SeenFile {
  FileUse use;
  bool read_only = false;
  bool unbroken = true;  // no process has begun to open it since
};

struct Ruling {
  enum class Kind : std::uint8_t {
    allowed,
    refused,
    look_again,   // the file changed hands in the meantime
    probe_again,  // its only holders will be gone in microseconds
  };
  Kind kind = Kind::allowed;
  std::uint16_t code = 0;  // for a refusal
  Obstacle obstacle = Obstacle::held;
  std::vector<NamedHolder> holders{};  // those that caused a refusal
};

// How a file is looked at. Files change hands; after too many looks in vain, the answer is "held by an unseen
// holder".
struct Look {
  int number = 1;
  NamedHolder unseen{};

  static constexpr int most = 4;
  [[nodiscard]] bool is_last() const { return number >= most; }
};

// MoveFileExW(REPLACE_EXISTING): the source is opened for deletion, the target must be free. A missing target has no
// holders.
Ruling rule_on_rename(SeenFile source, SeenFile target, const Profile& profile, const Look& look);

// DeleteFileW.
Ruling rule_on_removal(SeenFile file, const Look& look);

// A directory, by those who use it: RemoveDirectoryW if `removes`, else a rename.
Ruling rule_on_directory(std::vector<NamedHolder> users, bool removes);

// The refusal that bystanders were spared: a ruling that counts them, of a call that was allowed without.
std::optional<Ruling> spared(Ruling with_bystanders);

// The same look with bystanders among the holders.
SeenFile with_bystanders(SeenFile file);

// CreateFileW of a file that others have open.
struct SeenOpen {
  Handle opener;
  FileUse use;
  bool cuts = false;            // truncates, so mappings are in the way
  bool expects_holder = false;  // if no holder is found, one was missed
};
Ruling rule_on_open(SeenOpen seen, const Look& look);

}  // namespace holdfast
