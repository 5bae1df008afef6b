// write_pages DIRECTORY: what the browser tests need and no run would give them quickly. A run of a million
// broadcasts, as events to be judged by `holdfast check`; and pages in which every text is hostile.
#include <fmt/core.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "harness/check/testing_run_directory.h"
#include "reports/compare/render.h"
#include "reports/run/render.h"
#include "reports/testing/example_summaries.h"
#include "reports/testing/example_trials.h"
#include "reports/testing/hostile_run.h"

namespace holdfast {
namespace {

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  if (!file.flush()) {
    fmt::print(stderr, "write_pages: cannot write {}\n", path.string());
    std::exit(1);
  }
}

void write_million(const std::filesystem::path& directory) {
  Plan plan;
  plan.run_id = 1;
  plan.scenario.name = "million";
  plan.scenario.title = "A hundred agents, a million broadcasts";
  plan.scenario.agents.count = 100;
  plan.scenario.agents.neighbours = 1;
  plan.scenario.agents.broadcasts = 10'000;
  write_correct_run(plan, directory);
  write(directory / "plan.json", to_json(plan));
}

void write_hostile(const std::filesystem::path& directory) {
  const HostileRun run;
  const std::string text = hostile_markup(100);
  write(directory / "hostile.html", render_html({run.summary(), &run.timeline(), ""}));
  write(directory / "hostile-compare.html",
        render_comparison_html(compare(example_hostile(text), run.summary())));
  write(directory / "hostile-trials.html", render_trials_html(example_hostile_trials(text)));
}

}  // namespace
}  // namespace holdfast

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  const std::filesystem::path directory = argv[1];
  std::filesystem::create_directories(directory / "million");
  holdfast::write_million(directory / "million");
  holdfast::write_hostile(directory);
}
