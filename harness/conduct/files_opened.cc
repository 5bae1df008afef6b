#include "harness/conduct/files_opened.h"

namespace holdfast {
namespace {

class OpensNoted : public CallLog {
 public:
  OpensNoted(std::unique_ptr<CallLog> log, FilesOpened& opened) : log_(std::move(log)), opened_(opened) {}

  void decided(const DecidedCall& call) override {
    opened_.decided(call);
    log_->decided(call);
  }
  void outside(const std::string& directory) override { log_->outside(directory); }
  void warned(const Doubt& doubt, bool doubtful) override { log_->warned(doubt, doubtful); }
  void injected(const Event& event) override { log_->injected(event); }
  void counted(const Exactness& exactness) override { log_->counted(exactness); }
  Result<> close() override { return log_->close(); }

 private:
  std::unique_ptr<CallLog> log_;
  FilesOpened& opened_;
};

}  // namespace

void FilesOpened::decided(const DecidedCall& call) {
  const Decision& decision = call.decision;
  if (decision.error != 0) return;
  if (call.function == Function::rename || call.function == Function::unlink ||
      call.function == Function::rmdir) {
    first_agent_.erase(decision.path);
    by_several_.erase(decision.path);
  }
  const bool by_agent = call.participant && call.participant->role == Role::agent;
  if (call.function != Function::open || !by_agent) return;
  opened(decision.path, call.participant->index);
  opened(decision.path.substr(0, decision.path.rfind('/')), call.participant->index);
}

void FilesOpened::opened(const std::string& path, std::uint32_t agent) {
  const auto [known, is_new] = first_agent_.try_emplace(path, agent);
  if (!is_new && known->second != agent) by_several_.insert(path);
}

std::unique_ptr<CallLog> noting_opens(std::unique_ptr<CallLog> log, FilesOpened& opened) {
  return std::make_unique<OpensNoted>(std::move(log), opened);
}

}  // namespace holdfast
