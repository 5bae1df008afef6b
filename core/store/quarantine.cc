#include "core/store/quarantine.h"

#include <fmt/format.h>

#include <chrono>

#include "core/os/file.h"
#include "core/os/unique_name.h"

namespace holdfast {
namespace {

// The calendar by <chrono>: gmtime keeps its result in a static that other threads overwrite.
std::string utc_now() {
  using std::chrono::floor;
  const auto now = floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto day = floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(now - day);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

}  // namespace

std::filesystem::path new_quarantine_path(const std::filesystem::path& file) {
  std::filesystem::path path = file;
  path += fmt::format(".corrupt-{}-{:08x}", utc_now(), random_bits() >> 32U);
  return path;
}

Result<std::filesystem::path> quarantine(const std::filesystem::path& file) {
  std::filesystem::path aside = new_quarantine_path(file);
  if (auto renamed = rename_over(file, aside); !renamed) {
    return fail(renamed.error().within("the queue can be neither read nor moved aside"));
  }
  return aside;
}

}  // namespace holdfast
