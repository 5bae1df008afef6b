#include "harness/crowd/agents/error_output.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <utility>

namespace holdfast {
namespace {

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno != EINTR) return;  // a log that cannot be written is no reason to end
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

ErrorOutput::~ErrorOutput() {
  finish();
}

void ErrorOutput::listen(Descriptor pipe) {
  finish();
  pipe_ = std::move(pipe);
  // Signals are for the agent's own thread.
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &before);
  thread_ = std::thread([this] { drain(pipe_.get()); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void ErrorOutput::finish() {
  if (thread_.joinable()) thread_.join();
  pipe_.reset();
}

void ErrorOutput::drain(int pipe) {
  constexpr std::size_t tail_bytes = 600;
  std::array<char, 16384> bytes{};
  for (;;) {
    const ssize_t got = ::read(pipe, bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    const std::string_view text(bytes.data(), static_cast<std::size_t>(got));
    const std::lock_guard lock(mutex_);
    const auto kept =
        std::min<std::size_t>(text.size(), static_cast<std::size_t>(kept_bytes_max - kept_bytes_));
    write_all(log_, text.substr(0, kept));
    kept_bytes_ += kept;
    dropped_bytes_ += text.size() - kept;
    tail_.append(text.substr(text.size() - std::min(text.size(), tail_bytes)));
    if (tail_.size() > tail_bytes) tail_.erase(0, tail_.size() - tail_bytes);
  }
}

std::string ErrorOutput::last_line() const {
  const std::lock_guard lock(mutex_);
  std::string_view text = tail_;
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return std::string(text.substr(text.find_last_of('\n') + 1));  // npos + 1 is 0
}

std::uint64_t ErrorOutput::dropped_bytes() const {
  const std::lock_guard lock(mutex_);
  return dropped_bytes_;
}

}  // namespace holdfast
