// Tells which files the command creates, renames or links, before it does: in directories that others use as well, no
// injector may touch any other.
#pragma once

#include <functional>
#include <string>

#include "harness/supervisor/before/call_rule.h"

namespace holdfast {

class CreatedFiles : public CallRule {
 public:
  // `tell` gets absolute paths, some of them again and again.
  explicit CreatedFiles(std::function<void(const std::string& path)> tell) : tell_(std::move(tell)) {}

  [[nodiscard]] bool concerns(pid_t) const override { return true; }
  CallFate before(const AskedCall& call, const Record& record) override;

 private:
  std::function<void(const std::string& path)> tell_;
};

}  // namespace holdfast
