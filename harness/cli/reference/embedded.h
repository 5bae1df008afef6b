// Files of this project that the program carries: pages of the documentation that it quotes, and the templates of `new`.
#pragma once

#include <string_view>
#include <vector>

namespace holdfast {

struct EmbeddedFile {
  std::string_view name;  // from the project's root: "docs/glossary.md"
  std::string_view text;
};

// In the order of harness/cli/CMakeLists.txt.
const std::vector<EmbeddedFile>& embedded_files();

// Empty if there is no such file.
std::string_view embedded_file(std::string_view name);

}  // namespace holdfast
