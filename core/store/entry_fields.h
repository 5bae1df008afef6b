// The fields of an entry that this version knows, in the order in which they are written.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "core/store/entry.h"

namespace holdfast {

struct EntryField {
  std::string_view name;
  std::string Entry::*member;
};

inline constexpr std::array<EntryField, 7> entry_fields{{{"id", &Entry::id},
                                                         {"sender", &Entry::sender},
                                                         {"recipient", &Entry::recipient},
                                                         {"priority", &Entry::priority},
                                                         {"body", &Entry::body},
                                                         {"created_at", &Entry::created_at},
                                                         {"status", &Entry::status}}};

// Index in entry_fields, or entry_fields.size().
constexpr std::size_t entry_field_index(std::string_view name) {
  std::size_t index = 0;
  while (index < entry_fields.size() && entry_fields[index].name != name) ++index;
  return index;
}

}  // namespace holdfast
