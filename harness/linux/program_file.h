// Which file an exec would run, and whether it is built for this machine: of other programs no call is judged.
#pragma once

#include <optional>
#include <string>

namespace holdfast {

// PATH where there is none.
inline constexpr const char* usual_path = "/usr/bin:/bin";

// The file that execvp() would run in `directory`: a name with '/' is one already; others are looked for in `places`, written
// like PATH. Empty: there is none.
std::string find_program(const std::string& name, const std::string& places, const std::string& directory);

// The ELF file of another class or machine that running `file` in `directory` leads to: itself, or the interpreter behind its
// `#!` line, followed as deep as the kernel does. None also if there is nothing to run: the kernel says best why.
std::optional<std::string> foreign_program(const std::string& file, const std::string& directory);

// "FILE is not …", for an error.
std::string foreign_program_text(const std::string& file);

}  // namespace holdfast
