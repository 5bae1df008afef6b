#include "harness/cli/testing_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "harness/history/event_reader.h"
#include "harness/history/recorder.h"

namespace holdfast {

std::string file_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void put_file(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
  EXPECT_TRUE(file.flush().good()) << path;
}

void put_program(const std::filesystem::path& path, const std::string& bytes) {
  put_file(path, bytes);
  std::filesystem::permissions(path, std::filesystem::perms(0755));
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string small_scenario(const std::string& agents, const std::string& rest) {
  return fmt::format(
      "title = \"A small crowd\"\n[subject]\nkind = \"core\"\nstore = \"snapshot\"\ndurability = "
      "\"process\"\n"
      "[agents]\n{}\n[sharing]\nrules = \"windows\"\nprofile = \"python\"\n"
      "[[waive]]\ncheck = \"bounded-wait\"\nreason = \"tests about time write their own scenarios\"\n"
      "[run]\ndeadline = \"60s\"\n{}\n",
      agents, rest);
}

RunTest::RunTest() {
  std::string name = testing::TempDir() + "holdfast-cli-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  scratch_ = std::filesystem::canonical(name);
  std::filesystem::permissions(scratch_, std::filesystem::perms(0755));
}

RunTest::~RunTest() {
  std::error_code ignored;
  std::filesystem::remove_all(scratch_, ignored);
}

void RunTest::TearDown() {
  expect_nothing_left();
}

void RunTest::expect_nothing_left() {
  for (const ProcessSeen& process : processes_naming(scratch_.string())) {
    ADD_FAILURE() << "process " << process.pid
                  << " is left: " << fmt::format("{}", fmt::join(process.argv, " "));
    ::kill(process.pid, SIGKILL);
  }
  if (!temp_files_may_stay_) {
    EXPECT_EQ(temp_files_beneath(scratch_), std::vector<std::string>{});
  }
  EXPECT_EQ(locks_beneath(scratch_), std::vector<std::string>{});
}

TestProcess RunTest::start_program(const std::filesystem::path& program,
                                   const std::vector<std::string>& arguments, ProcessOptions options) {
  std::vector<std::string> argv{program.string()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  // Named in the environment too, every process of a run can be found: the launcher's command
  // line tells nothing.
  options.environment.push_back("HOLDFAST_TEST_SCRATCH=" + scratch_.string());
  options.environment.push_back("HOLDFAST_SCENARIOS=" + scenarios_);
  if (options.directory.empty()) options.directory = scratch_;
  return TestProcess::start(argv, (scratch_ / fmt::format("capture-{}", started_++)).string(), options);
}

TestProcess RunTest::start(const std::vector<std::string>& arguments, ProcessOptions options) {
  return start_program(HOLDFAST_BINARY, arguments, std::move(options));
}

std::filesystem::path RunTest::program_for_everyone() {
  const auto bin = scratch_ / "bin";
  if (!std::filesystem::create_directory(bin)) return bin / "holdfast";
  std::filesystem::copy_file(HOLDFAST_BINARY, bin / "holdfast");
  for (const auto& entry : std::filesystem::directory_iterator(scenarios_)) {
    if (entry.path().extension() == ".toml")
      std::filesystem::copy_file(entry.path(), bin / entry.path().filename());
  }
  scenarios_ = bin;
  return bin / "holdfast";
}

ProcessEnd RunTest::holdfast(const std::vector<std::string>& arguments, const ProcessOptions& options) {
  return start(arguments, options).wait();
}

TestProcess RunTest::start_small(const std::string& text, const std::string& name, ProcessOptions options) {
  put_file(scratch_ / "small.toml", text);
  return start({"run", "small.toml", "--out", name}, std::move(options));
}

Summary RunTest::result_of(const std::string& name) {
  const auto path = scratch_ / name / "result.json";
  auto summary = parse_summary(file_bytes(path), path.string());
  if (summary) return *summary;
  ADD_FAILURE() << summary.error().message;
  return {};
}

std::vector<ProcessSeen> RunTest::members(const std::string& role, const std::string& name) const {
  auto seen = processes_naming((scratch_ / name).string());
  std::erase_if(
      seen, [&](const ProcessSeen& process) { return process.argv.size() < 4 || process.argv[1] != role; });
  return seen;
}

pid_t RunTest::agent(std::uint32_t index, const std::string& name) const {
  for (const ProcessSeen& process : members("internal-agent", name)) {
    if (process.argv[3] == std::to_string(index)) return process.pid;
  }
  return 0;
}

bool RunTest::released(const std::string& name) const {
  return std::filesystem::exists(scratch_ / name / "store" / "queue.json");
}

std::vector<Event> RunTest::conducted(const std::string& name) const {
  std::vector<Event> events;
  auto reader = EventReader::open(scratch_ / name / "events" / event_file_name(Role::conductor));
  if (!reader) return events;
  while (auto* event = reader->next()) events.push_back(std::move(*event));
  return events;
}

void RunTest::stop_agents(const std::string& name) const {
  for (const ProcessSeen& agent : members("internal-agent", name)) stop_process(agent.pid);
}

void expect_one_sentence(const ProcessEnd& end, int exit_code, const std::string& part) {
  EXPECT_EQ(end.exit_code, exit_code) << end.err;
  std::istringstream lines(end.err);
  std::vector<std::string> sentences;
  for (std::string line; std::getline(lines, line);) {
    if (!line.ends_with(" calls refused"))
      sentences.push_back(line);  // the progress of a run that takes its time
  }
  ASSERT_EQ(sentences.size(), 1U) << end.err;
  EXPECT_TRUE(sentences[0].starts_with("holdfast: ")) << end.err;
  EXPECT_TRUE(holds(sentences[0], part)) << end.err << "does not say: " << part;
  EXPECT_EQ(end.out, "");
}

}  // namespace holdfast
