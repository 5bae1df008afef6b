// How the mutant store replaces the queue: as the core does, or in one of the ways that lose it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "core/base/result.h"
#include "scenarios/mutants/fault.h"

namespace holdfast {

// One replacement: write() before the first publish(), publish() until it is not Code::denied, discard() at last.
class MutantFile {
 public:
  MutantFile(std::filesystem::path queue, PlantedFault fault) : queue_(std::move(queue)), fault_(fault) {}

  Result<> write(const std::string& text);
  Result<> publish();
  Result<> discard();  // nothing to do once it is published
  // Writes copies beside it for this long, and flushes each.
  void flood(std::chrono::nanoseconds time, const std::function<std::int64_t()>& now_ns);

 private:
  Result<> write_temp();
  Result<> overwrite(std::size_t unchanged_bytes);

  std::filesystem::path queue_;
  PlantedFault fault_;
  std::filesystem::path temp_;  // empty: there is none
  std::string text_;
};

// The whole queue; Code::not_found, Code::denied. Keeps the descriptor open if that is the fault.
Result<std::string> read_queue_text(const std::filesystem::path& queue, PlantedFault fault);

}  // namespace holdfast
