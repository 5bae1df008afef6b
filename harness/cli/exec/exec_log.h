// Collects the supervisor's decisions for the report of `holdfast exec`, in bounded memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/supervisor/call_log.h"
#include "harness/supervisor/look/runtime_of.h"
#include "harness/supervisor/stack/stack_reader.h"
#include "reports/exec/report.h"

namespace holdfast {

class ExecLog : public CallLog {
 public:
  // Fills `report`, which must outlive it and must not be touched before close(). `injector_names` is indexed by
  // participant. `stacks`: also where in the code each refused call came from.
  ExecLog(ExecReport& report, std::vector<std::string> injector_names, bool stacks);

  void decided(const DecidedCall& call) override;
  void outside(const std::string& directory) override;
  void warned(const Doubt& doubt, bool doubtful) override;
  void injected(const Event&) override {}  // there are no kills here
  void counted(const Exactness& exactness) override { report_.missed_refusals = exactness.missed; }
  Result<> close() override;

 private:
  ExecHolder holder_of(const NamedHolder& holder);
  ExecRefusal refusal_of(const DecidedCall& call, std::uint16_t code, Obstacle reason,
                         const std::vector<NamedHolder>& holders);

  ExecReport& report_;
  std::vector<std::string> injector_names_;
  std::unique_ptr<StackReader> stacks_;     // null: none are wanted
  std::vector<std::string> shared_places_;  // directories in which programs create their own
  bool injector_was_in_the_way_ = false;
  Runtimes runtimes_;
};

}  // namespace holdfast
