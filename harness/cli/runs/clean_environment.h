// --clean-env: what a run starts gets none of the secrets that a shell or a CI job has in its environment.
#pragma once

#include <string>

namespace holdfast {

inline constexpr const char* about_clean_environment =
    "Start programs with few environment variables: those that say who the user is, and which paths, "
    "languages and time "
    "zone apply (see docs/trust.md)";

// Removes all other variables from this process, from which all others inherit. Call it while there is one thread.
void clean_environment();

// Whether a variable of this name stays.
bool stays_in_clean_environment(const std::string& name);

}  // namespace holdfast
