// The injectors of `holdfast exec`: from the command line to processes that read their plan from a run directory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/base/result.h"
#include "harness/crowd/launch/removed_with_us.h"
#include "harness/linux/descriptor.h"
#include "harness/scenario/scenario.h"
#include "reports/exec/report.h"

namespace holdfast {

// "antivirus", "antivirus:hold=200ms,share=r", "open-handle:path=*.json,hold={median=\"30ms\",p99=\"1s\"}": the keys
// and values are those of [[inject]] in a scenario. Code::invalid names the faulty one and says what is wrong.
Result<std::vector<Injector>> parse_injectors(const std::vector<std::string>& specifications);

// The kinds that may be asked for, "open-handle, antivirus, …".
std::string injectable_kinds();

// One directory per directory of the command, and one for all that it shares with others, where the injectors read their
// plan and record what they did. Removed with this object, or when this process ends, even by SIGKILL.
class InjectorDirectories {
 public:
  static Result<InjectorDirectories> create(const std::vector<Injector>& injectors,
                                            const std::vector<std::filesystem::path>& domain,
                                            bool shares_directories, std::uint64_t seed);

  // Where they lie, absolute and canonical: often below a directory for temporary files, and none of the command's
  // business. Empty without injectors.
  [[nodiscard]] std::vector<std::filesystem::path> own() const;
  // One argv per injector and directory, in the order of names().
  [[nodiscard]] std::vector<std::vector<std::string>> commands(const std::filesystem::path& executable) const;
  [[nodiscard]] std::vector<std::string> names() const;
  // Takes note of a file that the command makes in a shared directory: no other there may be touched. Bounded.
  void used(const std::string& path);
  [[nodiscard]] bool wants_used() const { return static_cast<bool>(used_list_); }
  [[nodiscard]] const std::vector<Injector>& injectors() const { return injectors_; }

  // Adds what the injectors planned and did, and how long each had held a file when it blocked a call. Call it once
  // they have ended.
  void tell(ExecReport& report) const;

 private:
  explicit InjectorDirectories(std::vector<Injector> injectors) : injectors_(std::move(injectors)) {}
  std::vector<Injector> injectors_;
  struct Served {
    std::filesystem::path domain, run;
  };
  std::vector<Served> served_;
  Descriptor used_list_;
  std::unordered_set<std::string> used_;
  std::unique_ptr<RemovedWithUs> parent_;  // of all of them; null without injectors
};

}  // namespace holdfast
