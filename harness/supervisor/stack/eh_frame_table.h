// The index of unwinding tables that static programs lack: linkers write it (.eh_frame_hdr) for others.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast {

// Pairs of four bytes, by the first: where a function begins, and where its entry is; both from `address`, where
// .eh_frame is. Entries that are coded in unusual ways are left out.
std::string make_eh_frame_table(std::string_view eh_frame, std::uint64_t address);

}  // namespace holdfast
