// Shell completion and the man page, generated from the same command-line description as --help.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace holdfast {

std::string bash_completion(const CLI::App& app);
std::string zsh_completion(const CLI::App& app);
std::string fish_completion(const CLI::App& app);

// holdfast(1), for man.
std::string man_page(const CLI::App& app, const std::string& version);

}  // namespace holdfast
