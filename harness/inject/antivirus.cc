// A virus scanner: opens a file soon after a writer closed it and after a replace, and holds it
// while it "scans".
//
// A model, and reports call it one: nobody has published how long real scanners hold files (WINDOWS.md 4).
// Lock files are left alone: nothing ever replaces them, so a hold on one could not matter and would only pad
// the count of faults fired.
#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "core/base/clock.h"
#include "harness/inject/injector.h"
#include "harness/supervisor/barrier.h"
#include "harness/supervisor/descriptor.h"

namespace holdfast {
namespace {

struct Scan {
  std::uint64_t number = 0;
  std::string path;
  std::int64_t open_ns = 0;   // when to open
  std::int64_t close_ns = 0;  // when to let go, once opened
  Duration hold{0};
  Descriptor file;
};

class Antivirus {
 public:
  explicit Antivirus(InjectorContext& context)
      : context_(context), injector_(context.plan.scenario.injectors[context.index]) {}

  Result<> run() {
    watch_ = Descriptor(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!watch_ ||
        ::inotify_add_watch(watch_.get(), context_.store.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO) < 0) {
      return fail(Code::failed,
                  fmt::format("the antivirus cannot watch {}: {} (see fs.inotify.max_user_instances)",
                              context_.store.string(), std::strerror(errno)),
                  errno);
    }
    tell_status({StatusKind::ready, context_.token, 0, 0});
    if (!wait_for_gate(start_descriptor)) return {};
    for (;;) {
      pollfd polled[] = {
          {watch_.get(), POLLIN, 0}, {stop_descriptor, POLLIN, 0}, {stop_signal_descriptor(), POLLIN, 0}};
      const timespec left = time_to_next();
      ::ppoll(polled, 3, scans_.empty() ? nullptr : &left, nullptr);
      const bool ends = polled[1].revents != 0 || polled[2].revents != 0;
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

  // Reads what was closed or replaced since, and plans a scan of it.
  Result<> notice() {
    alignas(inotify_event) std::array<char, 16384> buffer;
    for (;;) {
      const ssize_t got = ::read(watch_.get(), buffer.data(), buffer.size());
      if (got <= 0) return {};
      for (ssize_t at = 0; at < got;) {
        const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
        if ((event->mask & IN_Q_OVERFLOW) != 0) {
          return fail(Code::failed,
                      "the antivirus was told of more files than it could note down (see "
                      "fs.inotify.max_queued_events): what it should have scanned is not known");
        }
        const std::string name = event->len > 0 ? event->name : "";
        if (name.empty() || name.ends_with(".lock")) continue;
        const std::uint64_t trigger = triggers_++;
        if (!acts_on_trigger(context_.plan, context_.index, trigger)) continue;
        Scan scan;
        scan.number = trigger;
        scan.path = (context_.store / name).string();
        scan.open_ns = monotonic_ns() + injector_.delay.count();
        scan.hold = planned_hold(context_.plan, context_.index, trigger);
        auto recorded = record_fault(context_, EventType::planned, Function::scan, trigger,
                                     static_cast<std::uint64_t>(scan.hold.count()));
        if (!recorded) return recorded;
        scans_.push_back(std::move(scan));
        if (injector_.delay.count() == 0) {
          if (auto opened = open(scans_.back()); !opened) return opened;
        }
      }
    }
  }

  Result<> open(Scan& scan) {
    scan.file = Descriptor(::open(scan.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    const int error = scan.file ? 0 : errno;
    scan.close_ns = monotonic_ns() + scan.hold.count();
    if (!scan.file) scan.open_ns = -1;  // over: the file was gone before it could be scanned
    return record_fault(context_, scan.file ? EventType::fired : EventType::missed, Function::scan,
                        scan.number, 0, static_cast<std::uint16_t>(error), scan.path);
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
        if (auto recorded = record_fault(context_, EventType::released, Function::scan, scan.number);
            !recorded) {
          return recorded;
        }
      }
    }
    std::erase_if(scans_, [](const Scan& scan) { return scan.open_ns < 0; });
    return {};
  }

  InjectorContext& context_;
  const Injector& injector_;
  Descriptor watch_;
  std::vector<Scan> scans_;
  std::uint64_t triggers_ = 0;
};

}  // namespace

Result<> inject_antivirus(InjectorContext& context) {
  return Antivirus(context).run();
}

}  // namespace holdfast
