// Temporary names have random parts; folded, those of one purpose are one name: "queue.json.x7Kq2p.tmp" becomes
// "queue.json.<random>.tmp".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast {

// A path, each part of it by itself. A piece of letters and digits counts as random if it is the caller's pid, five
// or more digits, a UUID's part, or mixes digits, capitals and small letters as words do not; also the
// names that Python's tempfile, mktemp and sed give. A guess: it may fold too much or too little, never more than
// one piece at a time.
std::string fold_name(std::string_view path, std::int32_t pid);

}  // namespace holdfast
