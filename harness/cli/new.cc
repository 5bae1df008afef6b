// A start in a language: an adapter with a working store, a scenario, a CI file.
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/nearest_name.h"
#include "harness/cli/reference/embedded.h"
#include "harness/cli/runs/judge.h"
#include "harness/cli/runs/single_run.h"
#include "harness/cli/subcommand.h"
#include "harness/linux/descriptor.h"

namespace holdfast {

struct NewCommand {
  std::string language;
  std::string directory;
};

namespace {

// Each has a template of its name's ending in scenarios/templates.
struct Language {
  std::string_view name;
  std::string_view adapter;  // the file
  std::string_view command;  // that runs it, as words of a shell
  std::string_view file;     // that its store keeps
  std::string_view profile;
  std::string_view build;  // the command; empty: none
};

constexpr auto languages = std::to_array<Language>(
    {{"python", "adapter.py", "python3 adapter.py", "queue.json", "python", ""},
     {"node", "adapter.mjs", "node adapter.mjs", "queue.json", "node", ""},
     {"go", "adapter.go", "./adapter", "queue.json", "go", "go build -o adapter adapter.go"},
     {"cpp", "adapter.cpp", "./adapter", "queue.jsonl", "c", "c++ -std=c++17 -O2 -o adapter adapter.cpp"},
     {"shell", "adapter.sh", "bash adapter.sh", "queue.jsonl", "c", ""}});

std::string filled(std::string text, std::string_view mark, std::string_view with) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + with.size()))
    text.replace(at, mark.size(), with);
  return text;
}

std::string template_of(std::string_view name, const Language& language) {
  std::string command;
  for (std::string_view rest = language.command; !rest.empty();) {
    const auto end = std::min(rest.find(' '), rest.size());
    command += fmt::format("{}\"{}\"", command.empty() ? "" : ", ", rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::string text(embedded_file(fmt::format("scenarios/templates/{}", name)));
  text = filled(std::move(text), "@COMMAND@", command);
  text = filled(std::move(text), "@FILE@", language.file);
  text = filled(std::move(text), "@PROFILE@", language.profile);
  const bool built = !language.build.empty();
  text = filled(std::move(text), "@BUILD@", built ? fmt::format("  # {}", language.build) : "");
  return filled(
      std::move(text), "@STEPS@",
      built ? fmt::format("\n      - name: Build the adapter\n        run: {}", language.build) : "");
}

Result<> write_new(const std::filesystem::path& path, const std::string& text) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  const bool written =
      file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (written) return {};
  const int error = errno;
  return fail(
      Code::invalid,
      fmt::format("cannot write {}: {}{}", path.string(), std::strerror(error),
                  error == EEXIST ? "; 'holdfast new' replaces nothing: choose another directory" : ""),
      error);
}

}  // namespace

static int carry_out(const NewCommand& command) {
  std::vector<std::string_view> names;
  names.reserve(languages.size());
  for (const Language& language : languages) names.push_back(language.name);
  const auto* const language = std::find_if(
      languages.begin(), languages.end(), [&](const Language& one) { return one.name == command.language; });
  if (language == languages.end())
    return complain(
        {Code::invalid, fmt::format("unknown language '{}'{}. Valid here: {}", command.language,
                                    nearest_hint(command.language, names, '\''), fmt::join(names, ", "))});
  const std::filesystem::path directory = command.directory;
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error)
    return complain(
        {Code::invalid, fmt::format("cannot create {}: {}", directory.string(), error.message())});
  const std::array<std::pair<std::string_view, const char*>, 3> files = {
      {{language->adapter, "an adapter with a working store: put your own in its place"},
       {"scenario.toml", "who saves, and who holds the file meanwhile"},
       {"holdfast.yml", "the same in GitHub Actions"}}};
  for (const auto& [name, meaning] : files) {
    if (std::filesystem::exists(directory / name, error))
      return complain(
          {Code::invalid, fmt::format("{} exists already: 'holdfast new' replaces nothing; choose another "
                                      "directory",
                                      (directory / name).string())});
  }
  for (const auto& [name, meaning] : files) {
    if (auto written = write_new(directory / name, template_of(name, *language)); !written)
      return complain(written.error());
    fmt::print("{:<30}  {}\n", (directory / name).string(), meaning);
  }
  fmt::print("\nNext:\n  cd {}\n", shell_quoted(directory.string()));
  if (!language->build.empty()) fmt::print("  {}\n", language->build);
  fmt::print("  holdfast adapter check -- {}\n  holdfast run scenario.toml\n", language->command);
  return 0;
}

static void add_options(CLI::App& app, NewCommand& command) {
  app.add_option("language", command.language, "python, node, go, cpp or shell")->required();
  app.add_option("directory", command.directory, "Where the files go; it is made if it is not there")
      ->required();
}

extern const Subcommand new_subcommand{
    "new", "Write an adapter, a scenario and a CI file for a store of your own", add_command<NewCommand>,
    "  holdfast new python my-queue        then: cd my-queue; holdfast run scenario.toml\n"
    "  holdfast new go tests/store         with 'go build' before the run"};

}  // namespace holdfast
