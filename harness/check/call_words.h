// How witnesses name calls, kills and their authors. Times are marks (moment() in prose.h).
#pragma once

#include <string>
#include <string_view>

#include "harness/history/history.h"
#include "harness/scenario/plan/plan.h"

namespace holdfast {

// The result lives as long as the path.
std::string file_name_of(const std::string& path);

// Whether a text names that file: "queue.json" occurs in 'lock "store/queue.json": held', not in 'queue.json.tmp'.
bool names_file(std::string_view text, std::string_view name);

// Whether a full path is that of a store file, whose name is relative to the store's directory.
bool is_path_of(const std::string& path, const std::string& name);

// "agent 0's broadcast 0-3", "agent 0's read", "agent 0" for a call outside any operation.
std::string actor_of(const Operation* operation, const Call& call);

// The same in short: "0-3", "agent 0's read", "agent 0".
std::string doer_of(const Operation* operation, const Call& call);

// "rename of queue.json.tmp onto queue.json"
std::string named_call(const Call& call);

// "was refused at 0.100 s (WinError 5, held by antivirus)"
std::string refused_words(const Plan& plan, const Call& call);

// "EEXIST: File exists"
std::string errno_words(int os_error);

// A kill comes right before a call. A process killed before opening a file cannot have held it or left anything in
// it.
bool is_before_open(const Kill& kill);
bool is_before_write(const Kill& kill);

// "writing queue.json", "the rename onto queue.json"; `name` stands for the file.
std::string doing(std::string_view call, const std::string& name);
// "right before writing queue.json"
std::string right_before(const Kill& kill);

}  // namespace holdfast
