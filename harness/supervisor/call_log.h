// Receives the supervisor's decisions: the event file of a run, or another log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "harness/history/doubt.h"
#include "harness/history/event.h"
#include "harness/history/exactness.h"
#include "harness/history/recorder.h"
#include "harness/supervisor/decide/decider.h"

namespace holdfast {

struct DecidedCall {
  Function function = Function::none;
  pid_t process = 0;
  pid_t thread = 0;
  std::optional<Participant> participant;
  std::int64_t received_ns = 0;  // CLOCK_MONOTONIC
  const Decision& decision;
};

// Called from the supervisor's thread, before the caller goes on.
class CallLog {
 public:
  virtual ~CallLog() = default;
  // Every call that touches the domain.
  virtual void decided(const DecidedCall& call) = 0;
  // A rename, removal or link elsewhere: its absolute directory.
  virtual void outside(const std::string&) {}
  // Comes before the call concerned; `doubtful`: the call was not judged properly.
  virtual void warned(const Doubt& doubt, bool doubtful) = 0;
  // Acts of injectors without a process: kills, delays.
  virtual void injected(const Event& event) = 0;
  // Once, before the end.
  virtual void counted(const Exactness&) {}
  // Nothing follows. Returns what went wrong.
  virtual Result<> close() = 0;
};

// Writes events, see harness/history/event.h.
class EventLog : public CallLog {
 public:
  explicit EventLog(Recorder recorder) : recorder_(std::move(recorder)) {}
  void decided(const DecidedCall& call) override;
  void warned(const Doubt& doubt, bool doubtful) override;
  void injected(const Event& event) override { record(event); }
  void counted(const Exactness& exactness) override;
  Result<> close() override;

 private:
  void record(const Event& event);

  Recorder recorder_;
  bool search_noted_ = false;
  Result<> trouble_;  // the first failure to record
};

}  // namespace holdfast
