// Any bytes as the event files of a run: merged, checked and summed up without an end that is none of the four, and
// the result can be read again.
//
// The input is a byte of choices, and then the files' 64-byte records; each header begins another file. Their checks
// are put right unless the first choice says no, for no mutation would find 32 bits that fit.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/base/check.h"
#include "harness/check/check.h"
#include "harness/history/codec.h"
#include "harness/history/recorder.h"
#include "reports/run/render.h"
#include "reports/summary/summary.h"

using namespace holdfast;

namespace {

constexpr std::uint8_t leave_checks = 1, with_kills = 2, of_a_command = 4;

Plan planned(std::uint8_t choices) {
  Plan plan;
  plan.scenario.name = "fuzz";
  plan.scenario.agents.count = 3;
  plan.scenario.agents.broadcasts = 4;
  plan.scenario.injectors = {Injector{.name = "open-handle"},
                             Injector{.kind = InjectorKind::antivirus, .name = "antivirus"}};
  if ((choices & with_kills) != 0)
    plan.scenario.injectors.push_back(Injector{.kind = InjectorKind::kill, .name = "kill"});
  plan.scenario.subject.policy_stated = (choices & of_a_command) == 0;
  return plan;
}

std::string file_name_of(const char* header) {
  std::uint32_t process = 0;
  std::memcpy(&process, header + 8, sizeof process);
  const auto role = static_cast<Role>(1 + (static_cast<std::uint8_t>(header[5]) + 3U) % 4);
  return event_file_name(role, process % 8);
}

void write_files(const std::filesystem::path& events, std::string records, bool put_checks_right) {
  std::ofstream file;
  for (std::size_t at = 0; at < records.size(); at += record_bytes) {
    const std::size_t bytes = std::min(record_bytes, records.size() - at);
    char* record = records.data() + at;
    const bool whole = bytes == record_bytes;
    if (whole && put_checks_right) {
      const std::uint32_t check = record_check(record);
      std::memcpy(record, &check, sizeof check);
    }
    if (whole && record[4] == static_cast<char>(EventType::header)) {
      file = std::ofstream(events / file_name_of(record), std::ios::binary | std::ios::trunc);
    }
    if (file.is_open()) file.write(record, static_cast<std::streamsize>(bytes));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const auto directory =
      std::filesystem::temp_directory_path() / ("stored-run-fuzz-" + std::to_string(::getpid()));
  const auto events = directory / "events";
  std::filesystem::remove_all(events);
  std::filesystem::create_directories(events);
  write_files(events, std::string(reinterpret_cast<const char*>(data + 1), size - 1),
              (data[0] & leave_checks) == 0);
  const auto history = merge(directory, 1);
  std::filesystem::remove_all(directory);
  if (!history) return 0;
  const Plan plan = planned(data[0]);
  const Summary summary = summarise(plan, *history, run_checks(plan, *history));
  HOLDFAST_CHECK(exit_code(summary) >= 0 && exit_code(summary) <= 3);
  const std::string json = to_json(summary);
  const auto read = parse_summary(json, "result.json");
  HOLDFAST_CHECK(read && to_json(*read) == json);
  HOLDFAST_CHECK(!render_terminal(*read, false, 80).empty());
  return 0;
}
