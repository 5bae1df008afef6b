#include "harness/crowd/inject/follow_triggers.h"

#include <fmt/core.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "harness/crowd/inject/scanned_files.h"
#include "harness/crowd/inject/watched_tree.h"
#include "harness/history/doubt.h"
#include "harness/linux/barrier.h"

namespace holdfast {
namespace {

struct Scan {
  std::uint64_t number = 0;
  std::string path;
  std::int64_t open_ns = 0;   // when to open
  std::int64_t close_ns = 0;  // when to let go, once opened
  Duration hold{0};
  bool yielded = false;
  int tries = 0;
  Descriptor file;
};

class Follower {
 public:
  Follower(InjectorContext& context, const Interest& interest)
      : context_(context), injector_(context.plan.scenario.injectors[context.index]), interest_(interest) {}

  Result<> run() {
    const Triggers& triggers = injector_.triggers;
    const std::uint32_t mask = (triggers.close ? IN_CLOSE_WRITE : 0U) |
                               (triggers.replace ? IN_MOVED_TO : 0U) | (triggers.open ? IN_OPEN : 0U);
    auto watched = WatchedTree::start(context_.store, mask,
                                      context_.used ? WatchedTree::Reach::asked : WatchedTree::Reach::all);
    if (!watched) {
      return fail(Code::failed, fmt::format("the {} {}", injector_.name, watched.error().message),
                  watched.error().os_code);
    }
    watched_.emplace(std::move(*watched));
    if (auto warned = warn(); !warned) return warned;
    tell_status({StatusKind::ready, context_.token, 0, 0});
    if (!wait_for_gate(start_descriptor)) return {};
    for (;;) {
      pollfd polled[] = {{watched_->descriptor(), POLLIN, 0},
                         {stop_descriptor, POLLIN, 0},
                         {stop_signal_descriptor(), POLLIN, 0},
                         {interest_.wishes, POLLIN, 0},
                         {context_.used ? context_.used->descriptor() : -1, POLLIN, 0}};
      const timespec left = time_to_next();
      ::ppoll(polled, 5, scans_.empty() ? nullptr : &left, nullptr);
      const bool ends = polled[1].revents != 0 || polled[2].revents != 0;
      if (polled[3].revents != 0) hear_wishes();
      if (auto noticed = notice(); !noticed) return noticed;
      if (auto advanced = advance(ends); !advanced) return advanced;
      if (ends) return {};
    }
  }

 private:
  [[nodiscard]] timespec time_to_next() const {
    std::int64_t next_ns = monotonic_ns() + 1'000'000'000;
    for (const Scan& scan : scans_) next_ns = std::min(next_ns, scan.file ? scan.close_ns : scan.open_ns);
    const std::int64_t left_ns = std::max<std::int64_t>(0, next_ns - monotonic_ns());
    return {left_ns / 1'000'000'000, left_ns % 1'000'000'000};
  }

  // Who wants a held file gets it after yield_after.
  void hear_wishes() {
    signalfd_siginfo wish{};
    while (::read(interest_.wishes, &wish, sizeof wish) == static_cast<ssize_t>(sizeof wish)) {
      for (Scan& scan : scans_) {
        if (!scan.file || scan.file.get() != wish.ssi_fd || scan.yielded) continue;
        scan.yielded = true;
        scan.close_ns = std::min(scan.close_ns, monotonic_ns() + injector_.yield_after.count());
      }
    }
  }

  // Reads what happened since, and plans a scan for each trigger.
  Result<> notice() {
    // Each file is in the list before it exists, so the list comes first.
    if (context_.used)
      for (const std::string& path : context_.used->read()) watched_->watch_around(path);
    const auto notices = watched_->read();
    if (!notices)
      return fail(Code::failed, fmt::format("the {}: {}", injector_.name, notices.error().message));
    if (auto warned = warn(); !warned) return warned;
    for (const FileNotice& notice : *notices) {
      if (notice.path.ends_with(".lock")) continue;
      if (context_.used && !context_.used->contains(notice.path)) continue;
      if ((notice.mask & IN_OPEN) != 0 && !scanned_.changed(notice.path)) continue;
      if (auto planned = plan(notice.path); !planned) return planned;
    }
    return {};
  }

  Result<> warn() {
    auto warning = watched_->take_warning();
    if (!warning) return {};
    Event event;
    event.type = EventType::warning;
    event.process = context_.index;
    event.time_ns = monotonic_ns();
    event.value = {0, static_cast<std::uint64_t>(DoubtKind::not_walked), 1, 0};
    event.text = fmt::format("{}: {}", injector_.name, *warning);
    return context_.recorder.record(event);
  }

  Result<> plan(std::string path) {
    const std::uint64_t trigger = triggers_++;
    if (!acts_on_trigger(context_.plan, context_.index, trigger) || would_break_own(path)) return {};
    Scan scan;
    scan.number = trigger;
    scan.path = std::move(path);
    scan.open_ns = monotonic_ns() + injector_.delay.count();
    scan.hold = planned_hold(context_.plan, context_.index, trigger);
    auto recorded = record_fault(context_, EventType::planned, Function::scan, trigger,
                                 static_cast<std::uint64_t>(scan.hold.count()));
    if (!recorded) return recorded;
    scans_.push_back(std::move(scan));
    return injector_.delay.count() == 0 ? open(scans_.back()) : Result<>();
  }

  Result<> open(Scan& scan) {
    int error = EBUSY;
    if (!would_break_own(scan.path)) {
      scan.file = interest_.open(scan.path);
      error = scan.file ? 0 : errno;
    }
    // An oplock is not granted while whoever closed the file is not quite gone.
    constexpr int most_tries = 6;
    constexpr std::int64_t try_again_ns = 2'000'000;
    if (error == EAGAIN && ++scan.tries < most_tries) {
      scan.open_ns = monotonic_ns() + try_again_ns;
      return {};
    }
    scan.close_ns = monotonic_ns() + scan.hold.count();
    if (scan.file && injector_.triggers.open) scanned_.remember(scan.file.get());
    if (!scan.file) scan.open_ns = -1;  // over: the file was gone before it could be scanned
    return record_fault(context_, scan.file ? EventType::fired : EventType::missed, Function::scan,
                        scan.number, 0, static_cast<std::uint16_t>(error), scan.path);
  }

  // Opening a file once more that is held under an oplock would break it.
  [[nodiscard]] bool would_break_own(const std::string& path) const {
    struct stat wanted {
    }, held{};
    if (interest_.wishes < 0 || ::lstat(path.c_str(), &wanted) != 0) return false;
    return std::any_of(scans_.begin(), scans_.end(), [&](const Scan& scan) {
      return scan.file && ::fstat(scan.file.get(), &held) == 0 && held.st_dev == wanted.st_dev &&
             held.st_ino == wanted.st_ino;
    });
  }

  // Opens and lets go of what is due, or of everything.
  Result<> advance(bool everything) {
    const std::int64_t now_ns = monotonic_ns();
    for (Scan& scan : scans_) {
      if (!scan.file && scan.open_ns >= 0 && scan.open_ns <= now_ns && !everything) {
        if (auto opened = open(scan); !opened) return opened;
      }
      if (scan.file && (everything || scan.close_ns <= now_ns)) {
        scan.file.reset();
        scan.open_ns = -1;
        auto recorded = record_fault(context_, EventType::released, Function::scan, scan.number,
                                     scan.yielded && !everything ? 1 : 0);
        if (!recorded) return recorded;
      }
    }
    std::erase_if(scans_, [](const Scan& scan) { return scan.open_ns < 0; });
    return {};
  }

  InjectorContext& context_;
  const Injector& injector_;
  const Interest& interest_;
  std::optional<WatchedTree> watched_;
  std::vector<Scan> scans_;
  ScannedFiles scanned_;
  std::uint64_t triggers_ = 0;
};

}  // namespace

Result<> follow_triggers(InjectorContext& context, const Interest& interest) {
  return Follower(context, interest).run();
}

}  // namespace holdfast
