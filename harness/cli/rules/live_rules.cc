#include "harness/cli/rules/live_rules.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "harness/cli/rules/rule_rows.h"
#include "harness/crowd/launch/command_process.h"
#include "harness/crowd/launch/removed_with_us.h"
#include "harness/linux/share_mark.h"
#include "harness/supervisor/supervisor.h"

namespace holdfast {
namespace {

constexpr const char* held_name = "held";
constexpr const char* fresh_name = "fresh";

int open_as(const char* name, const Handle& mode) {
  open_how how{};
  how.flags = with_declared_mode(O_RDWR, mode);  // kept over exec: no passing copy
  return static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, name, &how, sizeof how));
}

bool make_file(const char* name) {
  return Descriptor(::open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)).get() >= 0;
}

// For a profile that distinguishes the two codes.
std::uint16_t code_of(int error) {
  switch (error) {
    case 0:
      return 0;
    case EACCES:
      return error_access_denied;
    case EBUSY:
      return error_sharing_violation;
    default:
      fmt::print(stderr, "holdfast: a call got {}, which no rule gives\n", std::strerror(error));
      std::exit(1);  // NOLINT(concurrency-mt-unsafe)
  }
}

// Another process that has the file open while this object lives.
class HoldingProcess {
 public:
  explicit HoldingProcess(const Handle& mode) {
    std::array<int, 2> opened{}, release{};
    if (::pipe2(opened.data(), O_CLOEXEC) != 0 || ::pipe2(release.data(), O_CLOEXEC) != 0) return;
    process_ = ::fork();
    if (process_ == 0) {
      ::close(release[1]);
      const int error = open_as(held_name, mode) >= 0 ? 0 : errno;
      static_cast<void>(!::write(opened[1], &error, sizeof error));
      char nothing;
      static_cast<void>(!::read(release[0], &nothing, 1));
      ::_exit(0);
    }
    ::close(opened[1]);
    ::close(release[0]);
    int error = EIO;
    static_cast<void>(!::read(opened[0], &error, sizeof error));
    holds_ = error == 0;
    ::close(opened[0]);
    release_ = Descriptor(release[1]);
  }
  HoldingProcess(const HoldingProcess&) = delete;
  HoldingProcess& operator=(const HoldingProcess&) = delete;
  ~HoldingProcess() {
    release_.reset();
    if (process_ > 0) ::waitpid(process_, nullptr, 0);
  }
  [[nodiscard]] bool holds() const { return holds_; }

 private:
  pid_t process_ = -1;
  bool holds_ = false;
  Descriptor release_;
};

int perform(const HeldOperation& operation) {
  int done = 0;
  if (operation.code == delete_of) {
    done = ::unlink(held_name);
  } else if (operation.code == rename_of) {
    done = ::rename(held_name, "renamed");
  } else {
    done = ::rename(fresh_name, held_name);
  }
  return done == 0 ? 0 : errno;
}

Result<> run_prober(const std::string& profile, bool posix, const std::string& output,
                    const std::filesystem::path& directory) {
  const CommandSignals signals;
  const std::vector<std::string> command = {"/proc/self/exe", "internal-rules", posix ? "posix" : "all",
                                            output, directory.string()};
  auto process = CommandProcess::start(command, Trap::opens, {}, signals);
  if (!process) return fail(process.error());
  Domain domain;
  domain.directories = {directory};
  domain.profile = find_profile(profile);
  domain.opens = true;
  class NoLog : public CallLog {
   public:
    void decided(const DecidedCall&) override {}
    void warned(const Doubt& doubt, bool doubtful) override {
      if (doubtful) fmt::print(stderr, "holdfast: {}\n", doubt.text);
    }
    void injected(const Event&) override {}
    Result<> close() override { return {}; }
  };
  const Participants nobody;
  auto supervisor =
      Supervisor::start(process->take_listener(), std::move(domain), std::make_unique<NoLog>(), nobody);
  if (!supervisor) return fail(supervisor.error());
  if (const int error = process->begin(); error != 0)
    return fail(Code::failed,
                fmt::format("cannot start the process that opens files: {}", std::strerror(error)), error);
  const int status = process->wait(signals);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return fail(Code::failed, "the process that opens files failed");
  return (*supervisor)->stop();
}

}  // namespace

int live_rules_main(bool posix, const std::string& output) {
  std::string rows;
  bool held = true;
  if (!posix) {
    if (!make_file(held_name)) return 1;
    for_each_handle([&](const Handle& first) {
      const HoldingProcess holder(first);
      held = held && holder.holds();
      for_each_handle([&](const Handle& second) {
        const Descriptor opened(open_as(held_name, second));
        rows += pair_row(first, second, code_of(opened ? 0 : errno));
      });
    });
  }
  for (const HeldOperation& operation : held_operations) {
    if ((operation.code == posix_replace_onto) != posix) continue;
    for_each_handle([&](const Handle& mode) {
      if (!make_file(held_name) || !make_file(fresh_name)) held = false;
      const HoldingProcess holder(mode);
      held = held && holder.holds();
      rows += operation_row(operation, mode, code_of(perform(operation)));
    });
  }
  std::ofstream file(output, std::ios::binary);
  file << rows;
  return held && file.flush() ? 0 : 1;
}

Result<std::string> live_decisions() {
  const auto made = RemovedWithUs::make("rules");
  if (!made) return fail(made.error());
  const std::filesystem::path& scratch = (*made)->path();
  std::filesystem::create_directory(scratch / "files");

  std::array<std::string, 2> rows;
  for (const bool posix : {false, true}) {
    const auto output = scratch / (posix ? "posix" : "all");
    // Both tell 5 from 32; rust's rename tries again with POSIX semantics.
    auto ran = run_prober(posix ? "rust" : "go", posix, output.string(), scratch / "files");
    if (!ran) return fail(ran.error());
    std::ifstream file(output, std::ios::binary);
    rows[posix ? 1 : 0] = std::string{std::istreambuf_iterator<char>(file), {}};
  }
  // In the order of held_operations: the POSIX ones stand behind the first.
  const auto at = rows[0].find("{\"op\":\"rename-of\"");
  if (at == std::string::npos) return fail(Code::failed, "the process that opens files wrote too little");
  return rows[0].substr(0, at) + rows[1] + rows[0].substr(at);
}

}  // namespace holdfast
