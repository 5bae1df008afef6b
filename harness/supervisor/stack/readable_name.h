// What a programmer calls a function, from what the linker calls it.
#pragma once

#include <string>
#include <string_view>

namespace holdfast {

// "Store::save" for "_ZN5Store4saveERKNSt…", "store::save" for "_RNvCs1234_5store4save" or "_ZN5store4save17h…E", "save" for
// "save.constprop.0": without parameters, and as it was where it is another name.
std::string readable_name(std::string_view symbol);

// Rust's own way, "_R…" (RFC 2603): paths only, without generic arguments. Empty: it is another name.
std::string readable_rust_name(std::string_view symbol);

}  // namespace holdfast
