// Injectors as real processes on a real directory: do they hold what the plan says, let go when told, and
// write down what they did?
#include "harness/crowd/inject/injector.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <optional>
#include <thread>

#include "core/testing/child_process.h"
#include "core/testing/scratch_directory.h"
#include "harness/history/event_reader.h"
#include "harness/linux/barrier.h"
#include "harness/linux/lease.h"

namespace holdfast {
namespace {

// Pipe ends with numbers above those that mean something to a run's children.
struct Pipe {
  Descriptor reading, writing;
};
Pipe high_pipe() {
  constexpr int first_free_number = 32;
  int ends[2];
  HOLDFAST_CHECK(::pipe2(ends, O_CLOEXEC) == 0);
  const Descriptor reading(ends[0]), writing(ends[1]);
  return {Descriptor(::fcntl(ends[0], F_DUPFD_CLOEXEC, first_free_number)),
          Descriptor(::fcntl(ends[1], F_DUPFD_CLOEXEC, first_free_number))};
}

template <typename Condition>
bool soon(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

// Plays the conductor for one injector.
class Stage {
 public:
  explicit Stage(const std::string& inject) {
    const auto scenario = parse_scenario("[agents]\ncount = 1\n[[inject]]\n" + inject, "stage.toml");
    HOLDFAST_CHECK(scenario.has_value());
    plan_.scenario = *scenario;
    Pipe status = high_pipe(), start = high_pipe(), stop = high_pipe();
    status_ = std::move(status.reading);
    start_ = std::move(start.writing);
    stop_ = std::move(stop.writing);
    injector_.emplace([&] {
      ::dup2(status.writing.get(), status_descriptor);
      ::dup2(start.reading.get(), start_descriptor);
      ::dup2(stop.reading.get(), finish_descriptor);
      ::dup2(stop.reading.get(), stop_descriptor);
      start_.reset();
      stop_.reset();
      if (!join_run()) return 1;
      auto recorder = Recorder::open(events_, Role::injector, 0, 1);
      if (!recorder) return 2;
      InjectorContext context{plan_, 0, store(), std::move(*recorder), 1};
      if (!holdfast::inject(context)) return 3;
      return context.recorder.close() ? 0 : 4;
    });
  }

  [[nodiscard]] std::filesystem::path store() const { return scratch_.path(); }
  void put(const std::string& name) const { scratch_.write(name, "x"); }

  void begin() {  // when it says that it watches
    StatusRecord record;
    ASSERT_EQ(::read(status_.get(), &record, sizeof record), static_cast<ssize_t>(sizeof record));
    EXPECT_EQ(record.kind, StatusKind::ready);
    EXPECT_EQ(record.token, 1U);
    start_.reset();
  }
  [[nodiscard]] bool held(const std::string& name) const {
    return Lease::probe(AT_FDCWD, (store() / name).c_str()).openness() == Openness::held;
  }
  void open_stop_gate() { stop_.reset(); }
  void terminate() const { injector_->send(SIGTERM); }
  int wait() {
    const int exit_code = injector_->wait();
    const auto all = events();
    EXPECT_TRUE(!all.empty() && all.back().type == EventType::end) << "its record is not whole";
    return exit_code;
  }

  // So far; asked while it writes, the last ones may be missing.
  [[nodiscard]] std::vector<Event> events() const {
    auto reader = EventReader::open(events_);
    EXPECT_TRUE(reader);
    std::vector<Event> events;
    if (!reader) return events;
    while (auto event = reader->next()) events.push_back(std::move(*event));
    return events;
  }
  [[nodiscard]] std::vector<Event> events(EventType type) const {
    auto all = events();
    std::erase_if(all, [&](const Event& event) { return event.type != type; });
    return all;
  }

 private:
  ScratchDirectory scratch_, records_;
  std::filesystem::path events_ = records_.path() / "injector-0.events";
  Plan plan_;
  Descriptor status_, start_, stop_;
  std::optional<ChildProcess> injector_;
};

TEST(Antivirus, ScansWhatWasClosedAndWhatWasReplacedAndLetsGoAtTheStop) {
  Stage stage("kind = \"antivirus\"\nhold = \"1h\"\n");
  stage.begin();
  stage.put("queue.json.1.tmp");
  ASSERT_TRUE(soon([&] { return stage.held("queue.json.1.tmp"); }));
  std::filesystem::rename(stage.store() / "queue.json.1.tmp", stage.store() / "queue.json");
  EXPECT_TRUE(stage.held("queue.json"));  // the same file
  ASSERT_TRUE(soon([&] { return stage.events(EventType::fired).size() == 2; }));
  stage.open_stop_gate();
  EXPECT_EQ(stage.wait(), 0);
  EXPECT_FALSE(stage.held("queue.json"));
  const auto fired = stage.events(EventType::fired);
  ASSERT_EQ(fired.size(), 2U);
  EXPECT_EQ(fired[0].text, (stage.store() / "queue.json.1.tmp").string());
  EXPECT_EQ(fired[1].text, (stage.store() / "queue.json").string());
  EXPECT_EQ(stage.events(EventType::released).size(), 2U);
  EXPECT_EQ(stage.events(EventType::planned).size(), 2U);
  EXPECT_EQ(stage.events(EventType::planned)[0].value[0], 3600ULL * 1'000'000'000);
}

TEST(Antivirus, LetsGoAfterItsTimeAndLeavesLocksAlone) {
  Stage stage("kind = \"antivirus\"\nhold = \"1ms\"\n");
  stage.begin();
  stage.put("queue.json.lock");
  stage.put("queue.json");
  ASSERT_TRUE(soon([&] { return stage.events(EventType::released).size() == 1; }));
  EXPECT_FALSE(stage.held("queue.json"));
  stage.terminate();  // as good an end as the gate
  EXPECT_EQ(stage.wait(), 0);
  for (const Event& fired : stage.events(EventType::fired)) EXPECT_FALSE(fired.text.ends_with(".lock"));
  EXPECT_EQ(stage.events(EventType::fired).size(), 1U);
}

TEST(Antivirus, FileThatIsGoneBeforeTheScanIsMissed) {
  Stage stage("kind = \"antivirus\"\nhold = \"1h\"\ndelay = \"50ms\"\n");
  stage.begin();
  stage.put("queue.json");
  std::filesystem::remove(stage.store() / "queue.json");
  ASSERT_TRUE(soon([&] { return stage.events(EventType::missed).size() == 1; }));
  stage.open_stop_gate();
  EXPECT_EQ(stage.wait(), 0);
  EXPECT_EQ(stage.events(EventType::missed)[0].code, ENOENT);
  EXPECT_EQ(stage.events(EventType::fired).size(), 0U);
}

TEST(OpenHandle, WaitsForTheFileHoldsItAndLetsGo) {
  Stage stage("kind = \"open-handle\"\npath = \"queue.*\"\nhold = \"1h\"\n");
  stage.begin();
  ASSERT_TRUE(soon([&] { return !stage.events(EventType::planned).empty(); }));
  stage.put("queue.json");  // within the window
  ASSERT_TRUE(soon([&] { return stage.held("queue.json"); }));
  stage.open_stop_gate();
  EXPECT_EQ(stage.wait(), 0);
  EXPECT_FALSE(stage.held("queue.json"));
  EXPECT_EQ(stage.events(EventType::fired).size(), 1U);
  EXPECT_EQ(stage.events(EventType::released).size(), 1U);
}

TEST(OpenHandle, EveryWindowIsOnRecord) {
  Stage stage("kind = \"open-handle\"\npath = \"queue.json\"\nhold = \"1ms\"\nperiod = \"3ms\"\ncount = 5\n");
  stage.put("queue.json");
  stage.begin();
  ASSERT_TRUE(soon([&] {
    return stage.events(EventType::released).size() + stage.events(EventType::missed).size() == 5;
  }));
  stage.open_stop_gate();  // it stays until it is told to go
  EXPECT_EQ(stage.wait(), 0);
  const auto planned = stage.events(EventType::planned);
  ASSERT_EQ(planned.size(), 5U);
  for (std::size_t i = 0; i < planned.size(); ++i) {
    EXPECT_EQ(planned[i].op, i);
    EXPECT_EQ(planned[i].value[0], 1'000'000U);
  }
}

TEST(OpenHandle, ALinkAndAMissingFileAreMissed) {
  Stage stage(
      "kind = \"open-handle\"\npath = \"queue.json\"\nhold = \"30ms\"\nperiod = \"30ms\"\ncount = 2\n");
  std::filesystem::create_symlink("/etc/hostname", stage.store() / "queue.json");
  stage.begin();
  ASSERT_TRUE(soon([&] { return stage.events(EventType::missed).size() == 2; }));
  stage.open_stop_gate();
  EXPECT_EQ(stage.wait(), 0);
  for (const Event& missed : stage.events(EventType::missed))
    EXPECT_EQ(missed.code, ENOENT);  // a link is no file of the store
  EXPECT_EQ(stage.events(EventType::fired).size(), 0U);
}

TEST(OpenHandle, ToldToGoBeforeTheStart) {
  Stage stage("kind = \"open-handle\"\npath = \"queue.json\"\nhold = \"1h\"\nstart_delay = \"1h\"\n");
  stage.begin();
  stage.terminate();
  EXPECT_EQ(stage.wait(), 0);
  EXPECT_EQ(stage.events(EventType::planned).size(), 0U);
}

TEST(Antivirus, ScansWhatIsOpenedOnceUntilItChanges) {
  Stage stage("kind = \"antivirus\"\nhold = \"1ms\"\ntriggers = \"open\"\n");
  stage.put("queue.json");
  stage.begin();
  const auto read = [&] {
    EXPECT_TRUE(Descriptor(::open((stage.store() / "queue.json").c_str(), O_RDONLY)));
  };
  const auto scans = [&](std::size_t count) {
    return soon([&] { return stage.events(EventType::released).size() == count; });
  };
  read();
  ASSERT_TRUE(scans(1));
  read();  // nothing new to see
  stage.put("queue.json");
  read();
  ASSERT_TRUE(scans(2));
  EXPECT_TRUE(Descriptor(::open((stage.store() / "empty").c_str(), O_WRONLY | O_CREAT | O_EXCL, 0644)));
  stage.open_stop_gate();
  EXPECT_EQ(stage.wait(), 0);
  for (const Event& fired : stage.events(EventType::fired))
    EXPECT_EQ(fired.text, (stage.store() / "queue.json").string());
}

TEST(Indexer, LetsGoAsSoonAsSomebodyElseWantsTheFile) {
  Stage stage("kind = \"indexer\"\nhold = \"1h\"\n");
  stage.begin();
  stage.put("queue.json");
  ASSERT_TRUE(soon([&] { return stage.events(EventType::fired).size() == 1; }));
  // An open waits until the oplock is given back, so it is by then.
  EXPECT_TRUE(Descriptor(::open((stage.store() / "queue.json").c_str(), O_RDONLY)));
  ASSERT_TRUE(soon([&] { return stage.events(EventType::released).size() == 1; }));
  EXPECT_EQ(stage.events(EventType::released)[0].value[0], 1U);

  // A look that does not wait is heard, too.
  std::filesystem::rename(stage.store() / "queue.json", stage.store() / "renamed.json");
  ASSERT_TRUE(soon([&] { return stage.events(EventType::fired).size() == 2; }));
  ASSERT_TRUE(soon([&] { return !stage.held("renamed.json"); }));
  stage.open_stop_gate();
  EXPECT_EQ(stage.wait(), 0);
  EXPECT_EQ(stage.events(EventType::released).size(), 2U);
}

TEST(Indexer, PassesOverWhatSomebodyHasOpen) {
  Stage stage("kind = \"indexer\"\nhold = \"1h\"\ntriggers = \"replace\"\n");
  stage.begin();
  stage.put("queue.json.tmp");
  const Descriptor reader(::open((stage.store() / "queue.json.tmp").c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_TRUE(reader);
  std::filesystem::rename(stage.store() / "queue.json.tmp", stage.store() / "queue.json");
  ASSERT_TRUE(soon([&] { return stage.events(EventType::missed).size() == 1; }));
  EXPECT_EQ(stage.events(EventType::missed)[0].code, EAGAIN);
  stage.terminate();
  EXPECT_EQ(stage.wait(), 0);
}

TEST(Backup, TakesTheFilesInTurnButForLocks) {
  Stage stage("kind = \"backup\"\nhold = \"1ms\"\ncount = 2\nperiod = \"1ms\"\n");
  for (const char* name : {"b.json", "a.json", "queue.json.lock"}) stage.put(name);
  stage.begin();
  ASSERT_TRUE(soon([&] { return stage.events(EventType::released).size() == 4; }));
  stage.open_stop_gate();
  EXPECT_EQ(stage.wait(), 0);
  std::vector<std::string> held;
  for (const Event& fired : stage.events(EventType::fired))
    held.push_back(std::filesystem::path(fired.text).filename().string());
  EXPECT_EQ(held, (std::vector<std::string>{"a.json", "b.json", "a.json", "b.json"}));
  const auto all = stage.events();
  std::size_t open = 0;
  for (const Event& event : all) {
    open += event.type == EventType::fired ? 1 : 0;
    open -= event.type == EventType::released ? 1 : 0;
    EXPECT_LE(open, 1U);  // one after the other
  }
}

TEST(Backup, LetsGoWhenItIsToldTo) {
  Stage stage("kind = \"backup\"\nhold = \"1h\"\n");
  stage.put("queue.json");
  stage.begin();
  ASSERT_TRUE(soon([&] { return stage.held("queue.json"); }));
  stage.open_stop_gate();
  EXPECT_EQ(stage.wait(), 0);
  EXPECT_FALSE(stage.held("queue.json"));
  EXPECT_EQ(stage.events(EventType::released).size(), 1U);
}

}  // namespace
}  // namespace holdfast
