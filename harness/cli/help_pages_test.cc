// Completion and the manual, as the shells and man take them.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "core/testing/plain_words.h"
#include "harness/cli/testing_run.h"

namespace holdfast {
namespace {

class HelpPages : public RunTest {
 protected:
  // What bash offers for the last of these words.
  std::vector<std::string> offered(const std::vector<std::string>& words) {
    std::string line;
    for (const std::string& word : words) line += " '" + word + "'";
    put_file(scratch() / "holdfast.bash", holdfast({"completion", "bash"}).out);
    put_file(scratch() / "ask.sh",
             "set -eu\n. ./holdfast.bash\ncomplete -p holdfast >&2\nCOMP_WORDS=(holdfast" + line +
                 ")\nCOMP_CWORD=" + std::to_string(words.size()) +
                 "\n_holdfast\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
    ProcessOptions options;
    options.directory = scratch();
    const auto end =
        TestProcess::start({"/bin/bash", "ask.sh"}, (scratch() / "asked").string(), options).wait();
    EXPECT_EQ(end.exit_code, 0) << end.err;
    EXPECT_EQ(end.err, "complete -o default -F _holdfast holdfast\n");
    std::istringstream lines(end.out);
    std::vector<std::string> all;
    for (std::string one; std::getline(lines, one);) all.push_back(one);
    return all;
  }
};

using Words = std::vector<std::string>;

TEST_F(HelpPages, BashOffersWhatMayFollow) {
  EXPECT_EQ(offered({"swe"}), Words({"sweep"}));
  EXPECT_EQ(offered({"--v"}), Words({"--version"}));
  EXPECT_EQ(offered({"sweep", "retry-budget", "--ho"}), Words({"--hold"}));
  EXPECT_EQ(offered({"baseline", ""}), Words({"update", "--help"}));
  EXPECT_EQ(offered({"baseline", "update", "--base"}), Words({"--baseline"}));
  EXPECT_EQ(offered({"run", "--seed", ""}), Words({""}));                  // its value is the user's
  EXPECT_EQ(offered({"exec", "--", "--que"}), Words({""}));                // another program's words
  EXPECT_EQ(offered({"exec", "--opens", "--enf"}), Words({"--enforce"}));  // a flag takes no value
  EXPECT_EQ(offered({"completion", "--he"}), Words({"--help"}));
  EXPECT_EQ(offered({"completion", "z"}), Words({"zsh"}));
  // A flag of one command takes a value in another.
  EXPECT_EQ(offered({"run", "--json", "--vari"}), Words({"--variant"}));
  EXPECT_EQ(offered({"exec", "--json", "--vari"}), Words({""}));
}

TEST_F(HelpPages, DoNotReadAsTranslated) {
  EXPECT_EQ(translated_words(holdfast({"--help"}).out), "");
  EXPECT_EQ(translated_words(holdfast({"completion", "man"}).out), "");
}

TEST_F(HelpPages, EveryShellKnowsEveryCommandAndOption) {
  for (const std::string command : {"run", "sweep", "check", "report", "replay", "shrink", "compare", "gate",
                                    "list", "hold", "who", "exec", "rules", "doctor", "selftest"}) {
    std::istringstream help(holdfast({command, "--help"}).out);
    Words options;
    for (std::string line; std::getline(help, line);) {
      if (!line.starts_with("  --")) continue;
      options.push_back(line.substr(4, line.find_first_of(" \n", 4) - 4));
    }
    for (const auto& [shell, mark] :
         {std::pair<std::string, std::string>{"bash", "--"}, {"zsh", "--"}, {"fish", "-l "}}) {
      SCOPED_TRACE(command + " in " + shell);
      const std::string script = holdfast({"completion", shell}).out;
      EXPECT_TRUE(holds(script, command));
      for (const std::string& option : options) EXPECT_TRUE(holds(script, mark + option)) << option;
    }
  }
}

TEST_F(HelpPages, TheManualHasNoRequestByAccident) {
  const auto end = holdfast({"completion", "man"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_TRUE(end.out.starts_with(".TH HOLDFAST 1"));
  std::istringstream lines(end.out);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(".") && !line.starts_with("'")) continue;
    const std::string request = line.substr(0, line.find(' '));
    const Words known{".TH", ".SH", ".SS", ".TP", ".PP", ".nf", ".fi"};
    EXPECT_NE(std::find(known.begin(), known.end(), request), known.end()) << line;
  }
  for (const char* const part :
       {".SS holdfast baseline update", "\\fB\\-\\-hold\\fR \\fIvalue\\fR", ".SH EXIT STATUS"})
    EXPECT_TRUE(holds(end.out, part)) << part;
}

TEST_F(HelpPages, AnotherShellIsOneSentence) {
  const auto end = holdfast({"completion", "tcsh"});
  EXPECT_EQ(end.exit_code, 64);
  EXPECT_TRUE(holds(end.err, "tcsh")) << end.err;
}

}  // namespace
}  // namespace holdfast
