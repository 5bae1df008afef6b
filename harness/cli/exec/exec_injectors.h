// The injectors of `holdfast exec`: from what was typed to processes that find what they need in a run directory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "harness/crowd/launch/removed_with_us.h"
#include "harness/scenario/scenario.h"
#include "reports/exec/report.h"

namespace holdfast {

// "antivirus", "antivirus:hold=200ms,share=r", "open-handle:path=*.json,hold={median=\"30ms\",p99=\"1s\"}": the
// keys and values are those of [[inject]] in a scenario. Code::invalid says what is wrong with which.
Result<std::vector<Injector>> parse_injectors(const std::vector<std::string>& specifications);

// A directory for each domain directory, in which the injectors look for their plan and write what they did; gone with
// this object, and with this process even when SIGKILL ends it.
class InjectorDirectories {
 public:
  static Result<InjectorDirectories> create(const std::vector<Injector>& injectors,
                                            const std::vector<std::filesystem::path>& domain,
                                            std::uint64_t seed);

  // An argv for each injector in each directory, in the order of names().
  [[nodiscard]] std::vector<std::vector<std::string>> commands(const std::filesystem::path& executable) const;
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] const std::vector<Injector>& injectors() const { return injectors_; }

  // What they planned and did, and for how long they had had a file when it was in somebody's way, from the events
  // that they wrote; once they have ended.
  void tell(ExecReport& report) const;

 private:
  explicit InjectorDirectories(std::vector<Injector> injectors) : injectors_(std::move(injectors)) {}
  std::vector<Injector> injectors_;
  struct Served {
    std::filesystem::path domain, run;
  };
  std::vector<Served> served_;
  std::unique_ptr<GoneWithUs> gone_with_us_;
};

}  // namespace holdfast
