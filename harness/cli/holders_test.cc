// Whole runs beside holders of other manners: who delays, who yields, and who takes files for himself.
#include <gtest/gtest.h>

#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

class Holders : public RunTest {
 protected:
  ProcessEnd run_into(const std::string& name, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "run");
    arguments.insert(arguments.end(), {"--out", name});
    return holdfast(arguments);
  }
};

// A store that never tries again, so that a single refusal fails the run.
std::string without_retries(const std::string& injectors) {
  return small_scenario("count = 3\nbroadcasts = 6", injectors) +
         "[[expect]]\nfigure = \"refusals.total\"\nequals = 0\n";
}

constexpr const char* one_try = "subject.retry.max_retries=0";

TEST_F(Holders, AScannerThatDelaysRefusesNothing) {
  const std::string scanner = "[[inject]]\nkind = \"antivirus\"\nhold = \"15ms\"\nmin_fired = 5\n";
  put_file(scratch() / "delay.toml", without_retries(scanner + "mode = \"delay\"\n"));
  const auto delayed = run_into("delay", {"delay.toml", "--set", one_try});
  EXPECT_EQ(delayed.exit_code, 0) << delayed.out << delayed.err;
  const Summary summary = result_of("delay");
  EXPECT_EQ(summary.ok, 18U);
  EXPECT_GT(summary.injectors.at(0).made_wait, 0U);
  EXPECT_TRUE(holds(file_bytes(scratch() / "delay" / "report.md"), "calls wait, ")) << delayed.out;

  // Its control: the same scanner refuses.
  temp_files_may_stay();
  put_file(scratch() / "refuse.toml", without_retries(scanner));
  const auto refused = holdfast({"run", "refuse.toml", "--set", one_try, "--out", "refuse"});
  EXPECT_EQ(refused.exit_code, 1) << refused.out << refused.err;
  EXPECT_GT(result_of("refuse").refusals, 0U);
}

// It may be refused itself, by who has the file open when it comes.
TEST_F(Holders, AScannerThatDelaysDelaysOpensTooWhereItSharesNothing) {
  put_file(scratch() / "delay.toml",
           small_scenario("count = 3\nbroadcasts = 6",
                          "[[inject]]\nkind = \"antivirus\"\nhold = \"15ms\"\nmin_fired = 3\n"
                          "mode = \"delay\"\nshare = \"\"\n"));
  const auto delayed = run_into("delay", {"delay.toml", "--set", one_try});
  EXPECT_EQ(delayed.exit_code, 0) << delayed.out << delayed.err;
}

TEST_F(Holders, AnIndexerYieldsToWhoeverWantsTheFile) {
  put_file(scratch() / "indexer.toml",
           without_retries(
               "[[inject]]\nkind = \"indexer\"\nhold = \"1h\"\nyield_after = \"2ms\"\nmin_fired = 3\n"));
  const auto yielded = run_into("indexer", {"indexer.toml", "--set", one_try});
  EXPECT_EQ(yielded.exit_code, 0) << yielded.out << yielded.err;
  EXPECT_EQ(result_of("indexer").ok, 18U);
}

TEST_F(Holders, ABackupThatSharesNothingIsInTheWayOfReadersToo) {
  put_file(scratch() / "backup.toml",
           small_scenario("count = 2\nbroadcasts = 16\nrate = 20",
                          "[[inject]]\nkind = \"backup\"\nhold = \"40ms\"\nstart_delay = \"60ms\"\n"
                          "period = \"200ms\"\ncount = 8\n"));  // whichever finds that the file is there
  const auto end = run_into("backup", {"backup.toml"});
  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  const Summary summary = result_of("backup");
  EXPECT_EQ(summary.ok, 32U);
  ASSERT_EQ(summary.injectors.size(), 1U);
  EXPECT_EQ(summary.injectors[0].kind, "backup");
  for (const HolderSummary& holder : summary.refusals_by_holder) {
    if (holder.holder == "backup") {
      EXPECT_EQ(holder.share, "---");
    }
  }
}

// The holder shares deletion, so the origin's remove is done; but where deletion is classic its name stays.
TEST_F(Holders, ClassicDeletionKeepsTheNameUntilTheLastHandleCloses) {
  temp_files_may_stay();  // of origin-before
  put_file(scratch() / "delete.toml",
           small_scenario("count = 1\nbroadcasts = 4\nrate = 10",
                          "[[inject]]\nkind = \"open-handle\"\npath = \"queue.json\"\nhold = \"10s\"\n"
                          "share = \"rwd\"\n"));
  const std::string store = "subject.store=origin-before";
  const auto posix = holdfast({"run", "delete.toml", "--set", store, "--out", "posix"});
  EXPECT_EQ(posix.exit_code, 0) << posix.out << posix.err;
  EXPECT_EQ(result_of("posix").refusals, 0U);
  const auto classic =
      holdfast({"run", "delete.toml", "--set", store, "--set", "sharing.delete=classic", "--out", "classic"});
  EXPECT_EQ(classic.exit_code, 1) << classic.out << classic.err;
  const Summary summary = result_of("classic");
  EXPECT_GT(summary.refusals, 0U);
  EXPECT_EQ(summary.refusals_by_code, (std::map<std::uint16_t, std::uint64_t>{{5, summary.refusals}}));
  ASSERT_FALSE(summary.refusals_by_holder.empty());
  EXPECT_EQ(summary.refusals_by_holder[0].holder, "open-handle");
  // The last handle is closed, and the name is gone.
  EXPECT_FALSE(std::filesystem::exists(scratch() / "classic" / "store" / "queue.json"));
}

}  // namespace
}  // namespace holdfast
