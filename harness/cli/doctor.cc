#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/cli/runs/exit_codes.h"
#include "harness/cli/subcommand.h"
#include "harness/conduct/diagnosis.h"
#include "reports/format/ordered_json.h"

namespace holdfast {

struct DoctorCommand {
  std::string directory = ".";
  bool json = false;
};

static int carry_out(const DoctorCommand& command) {
  const auto diagnoses = diagnose(std::filesystem::canonical("/proc/self/exe"), command.directory);
  const bool all_work =
      std::all_of(diagnoses.begin(), diagnoses.end(), [](const Diagnosis& d) { return d.works; });
  if (command.json) {
    auto listed = nlohmann::ordered_json::array();
    for (const Diagnosis& d : diagnoses) {
      listed.push_back(
          {{"subject", d.subject}, {"works", d.works}, {"found", d.found}, {"advice", d.advice}});
    }
    fmt::print("{}", dumped(listed));
  } else {
    for (const Diagnosis& d : diagnoses) {
      fmt::print("{:<4} {:<26} {}\n", d.works ? "ok" : "NO", d.subject, d.found);
      if (!d.advice.empty()) fmt::print("     {:<26} to do: {}\n", "", d.advice);
    }
    fmt::print("\n{}\n",
               all_work ? "This machine can run Holdfast." : "This machine cannot run Holdfast yet.");
  }
  return all_work ? 0 : exit_internal;
}

static void add_options(CLI::App& app, DoctorCommand& command) {
  app.add_option("directory", command.directory, "The directory in which runs would be kept")
      ->capture_default_str();
  app.add_flag("--json", command.json, "Print JSON");
}

extern const Subcommand doctor_subcommand{
    "doctor", "Check what works on this machine, and say what to do about the rest",
    add_command<DoctorCommand>,
    "  holdfast doctor\n"
    "  holdfast doctor /mnt/data                          could runs be kept there?"};

}  // namespace holdfast
