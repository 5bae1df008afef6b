#include "harness/scenario/settings_hash.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(SettingsHash, TellsWhatIsDoneFromWhatIsSaidAboutIt) {
  const Scenario plain;
  const std::string hash = settings_hash(plain);
  EXPECT_EQ(hash.size(), 16U);

  Scenario said = plain;
  said.name = "other";
  said.title = "Another title";
  said.expectations = {{"lost", Relation::equals, 0}};
  said.waivers = {{"lost", "known"}};
  said.subject.directory = "/elsewhere";
  EXPECT_EQ(settings_hash(said), hash);

  Scenario crowd = plain;
  crowd.agents.count += 1;
  Scenario retry = plain;
  retry.subject.retry.max_retries += 1;
  Scenario rules = plain;
  rules.sharing.rules = Rules::posix;
  Scenario injected = plain;
  injected.injectors.resize(1);
  for (const Scenario& done : {crowd, retry, rules, injected}) EXPECT_NE(settings_hash(done), hash);
}

}  // namespace
}  // namespace holdfast
