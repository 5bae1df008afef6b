// How rules name a store call: the call and the file in the store.
#pragma once

#include <string>

#include "harness/supervisor/look/caller.h"
#include "harness/supervisor/trap/store_calls.h"

namespace holdfast {

// The path of the file that a call touches below `store` (absolute and canonical), or nothing.
std::string touched_file(const StoreCall& call, const Caller& caller, const std::string& store);

// "rename"; setting a lock is "lock" or "unlock".
std::string call_name(const StoreCall& call, const Caller& caller);

}  // namespace holdfast
