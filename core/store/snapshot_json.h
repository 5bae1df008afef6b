// The text of queue.json, and back.
//
//   {"entries":[{"id":"0-1","sender":"0","recipient":"1","priority":"normal","body":"…",
//                "created_at":"2025-01-31T09:00:00Z","status":"pending", …unknown fields…}, …], …unknown
//                fields…}
//   or the array alone.
//
// Read: every known field of an entry is a string and may be missing (Entry's default then); fields that we
// do not know, of entries and of the object around them, are kept as raw text, in order. Refused as
// Code::corrupt, with the offset: anything that is not strict JSON, a known field that is no string, an
// object without "entries", a name that occurs twice in an object that we interpret, more than
// JsonReader::deepest levels. Written: one entry a line, so that a person can read it and a diff is short. In
// the form that was found.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/store/entry.h"

namespace holdfast {

// What stands around the entries.
struct SnapshotForm {
  bool bare_array = false;
  std::vector<std::pair<std::string, std::string>> fields;  // unknown ones: name and raw JSON
  std::size_t entries_at = 0;                               // how many of them come before "entries"

  bool operator==(const SnapshotForm&) const = default;
};

struct Snapshot {
  SnapshotForm form;
  std::vector<Entry> entries;

  bool operator==(const Snapshot&) const = default;
};

Result<Snapshot> parse_snapshot(std::string_view text);

// Those of parse_snapshot's entries that are addressed to `recipient`, without building the others.
Result<std::vector<Entry>> entries_for(std::string_view text, const std::string& recipient);

// Checks as strictly as parse_snapshot, without building the entries: a third of the time.
struct SnapshotOutline {
  SnapshotForm form;
  std::size_t entry_count = 0;
  std::size_t entries_end = 0;  // offset just behind the last entry, or behind '[' if there is none
};
Result<SnapshotOutline> outline_snapshot(std::string_view text);

// Code::invalid, with the entry's number, for what could not be read back: text that is not UTF-8, an unknown
// field whose text is no JSON value or whose name is taken.
Result<std::string> serialise_snapshot(const SnapshotForm& form, const std::vector<Entry>& entries);

// `text` with `entries` behind its last entry; everything else stays byte for byte. `outline` must
// be of `text`.
Result<std::string> append_to_snapshot(std::string_view text, const SnapshotOutline& outline,
                                       const std::vector<Entry>& entries);

}  // namespace holdfast
