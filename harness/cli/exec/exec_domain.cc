#include "harness/cli/exec/exec_domain.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace holdfast {
namespace {

using Paths = std::vector<std::filesystem::path>;

bool has_path(const Paths& paths, const std::filesystem::path& path) {
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

std::string variable(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): there is one thread yet
  return value != nullptr ? value : "";
}

std::filesystem::path canonical_directory(const std::string& name, std::error_code& error) {
  auto directory = std::filesystem::canonical(name, error);
  if (!error && !std::filesystem::is_directory(directory, error) && !error)
    error = std::make_error_code(std::errc::not_a_directory);
  return directory;
}

}  // namespace

std::vector<std::filesystem::path> temporary_directories() {
  std::string cache = variable("XDG_CACHE_HOME");
  if (const std::string home = variable("HOME"); cache.empty() && !home.empty()) cache = home + "/.cache";
  Paths found;
  for (const std::string& name : {variable("TMPDIR"), variable("TEMP"), variable("TMP"), std::string("/tmp"),
                                  std::string("/var/tmp"), cache}) {
    std::error_code error;
    auto directory = canonical_directory(name, error);
    // A variable that names the root would make everything temporary.
    if (!error && directory != "/" && !has_path(found, directory)) found.push_back(std::move(directory));
  }
  return found;
}

Result<ExecPlaces> exec_places(const std::vector<std::string>& given) {
  const Paths temporary = temporary_directories();
  ExecPlaces places;
  for (const std::string& name : given.empty() ? std::vector<std::string>{"."} : given) {
    std::error_code error;
    auto directory = canonical_directory(name, error);
    if (error) return fail(Code::invalid, fmt::format("--dir {}: {}", name, error.message()));
    Paths& kind = has_path(temporary, directory) ? places.shared : places.own;
    if (!has_path(kind, directory)) kind.push_back(std::move(directory));
  }
  if (!given.empty()) return places;
  for (const auto& directory : temporary)
    if (!has_path(places.shared, directory)) places.shared.push_back(directory);
  return places;
}

}  // namespace holdfast
