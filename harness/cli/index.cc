// A page that lists past runs, with links to their reports: a file beside them, for a browser or any web server.
#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "harness/cli/runs/judge.h"
#include "harness/cli/runs/past_runs.h"
#include "harness/cli/subcommand.h"
#include "harness/conduct/run_directory.h"
#include "harness/scenario/input_file.h"
#include "reports/format/html_text.h"
#include "reports/format/number_format.h"
#include "reports/format/text.h"
#include "reports/summary/summary.h"

namespace holdfast {

struct IndexCommand {
  std::string directory = "holdfast-runs";
  std::string out;  // empty: index.html in the directory
  bool json = false;
};

namespace {

// Nobody named this file, so only a page that was written here before is replaced.
bool may_be_replaced(const std::filesystem::path& page) {
  constexpr std::size_t head_bytes = 4096;
  std::error_code ignored;
  const auto status = std::filesystem::symlink_status(page, ignored);
  if (!std::filesystem::exists(status)) return true;
  const auto head = std::filesystem::is_regular_file(status) ? read_input(page, head_bytes)
                                                             : fail(Code::invalid, "is no regular file");
  return head && is_run_list(*head);
}

// The directory as a link on the page names it, "../runs/". A pipe or a device gets the page of the directory itself.
std::string link_to(const std::filesystem::path& directory, const std::filesystem::path& page) {
  std::error_code ignored;
  const auto status = std::filesystem::status(page, ignored);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) return "";
  const auto place = std::filesystem::weakly_canonical(std::filesystem::absolute(page, ignored), ignored);
  const auto way = std::filesystem::relative(directory, place.parent_path(), ignored);
  return way.empty() || way == "." ? "" : path_address(way.string()) + "/";
}

// "3 entries: 1 fail, 1 pass, 1 sweep"
std::string contents(const std::vector<ListedRun>& runs) {
  std::map<std::string, std::size_t> counts;
  for (const ListedRun& run : runs) ++counts[run.verdict ? std::string(to_string(*run.verdict)) : run.kind];
  std::string text;
  for (const auto& [what, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", format_count(count), what);
  return fmt::format("{}: {}", format_counted(runs.size(), "entry", "entries"), text);
}

}  // namespace

static int carry_out(const IndexCommand& command) {
  const std::filesystem::path directory = command.directory;
  const auto page = command.out.empty() ? directory / "index.html" : std::filesystem::path(command.out);
  const auto runs = past_runs(directory, link_to(directory, page));
  if (!runs) return complain(runs.error());
  if (command.out.empty() && !may_be_replaced(page)) {
    return complain({Code::invalid, fmt::format("{} is not a page that 'holdfast index' wrote: remove it, or "
                                                "name another file with --out",
                                                page.string())});
  }
  if (auto written = write_output_file(page, render_run_list_html(*runs)); !written)
    return complain(written.error());
  if (command.json) {
    fmt::print("{}", run_list_json(*runs, page.string()));
  } else {
    fmt::print("index: {} ({})\n", one_line(page.string()), contents(*runs));
  }
  return 0;
}

static void add_options(CLI::App& app, IndexCommand& command) {
  app.add_option("directory", command.directory, "Where runs are kept")->capture_default_str();
  app.add_option("--out", command.out, "Write this file instead of DIRECTORY/index.html");
  app.add_flag("--json", command.json, "Print the list as JSON instead of the page's path");
}

extern const Subcommand index_subcommand{
    "index", "Write a page that lists past runs: verdicts, trends, links to reports",
    add_command<IndexCommand>,
    "  holdfast index holdfast-runs                       writes holdfast-runs/index.html\n"
    "  holdfast index reports --out runs.html --json"};

}  // namespace holdfast
