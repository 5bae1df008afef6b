#include "reports/format/text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "reports/format/code_points.h"
#include "reports/testing/example_summaries.h"

namespace holdfast {
namespace {

// Bytes that like to make trouble, and pieces of well-formed text between them.
rc::Gen<std::string> hostile_strings() {
  return rc::gen::map(
      rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
          "\x1b[2J", "\n", "\r", "\t", "\x7f", "\xc2\x9b", "\xff", "\xc0\x80", "\xed\xa0\x80",
          "\xf4\x90\x80\x80", "\xe2\x80\xae", "\xef\xbf\xbf", "\xe6\xbc", std::string(1, '\0'), " ", "word",
          "ü", "漢字", "💥", "e\xcc\x81", "|", "`", "``", "*", "_", "<b>", "&lt;", "@", "@@", "http://x",
          "www.x", "# ", "- ", "1. ", "\\", "[a](b)", "$x$", "~~")),
      [](const std::vector<std::string>& pieces) {
        std::string text;
        for (const auto& piece : pieces) text += piece;
        return text;
      });
}

bool is_inert(std::string_view text) {
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    if (!point.valid || is_unsafe(point.value)) return false;
    text.remove_prefix(point.bytes.size());
  }
  return true;
}

TEST(Text, OneLineShowsWhatWouldAct) {
  EXPECT_EQ(one_line("plain \\ text"), "plain \\ text");
  EXPECT_EQ(one_line("a\nb\r\tc"), "a\\nb\\r\\tc");
  EXPECT_EQ(one_line("\x1b[31mred\x7f"), "\\x1b[31mred\\x7f");
  EXPECT_EQ(one_line("\xff\xc0\x80"), "\\xff\\xc0\\x80");
  EXPECT_EQ(one_line("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a surrogate is no character";
  EXPECT_EQ(one_line("\xc2\x9b"
                     "2J"),
            "\\u{9b}2J")
      << "a control sequence in one character";
  EXPECT_EQ(one_line("user\xe2\x80\xae"
                     "gpj.exe"),
            "user\\u{202e}gpj.exe");
  EXPECT_EQ(one_line("ü 漢字 💥"), "ü 漢字 💥");
  EXPECT_EQ(one_line(std::string_view("\0", 1)), "\\x00");
}

TEST(Text, MarkdownIsInert) {
  EXPECT_EQ(markdown_text("a|b"), "a\\|b");
  EXPECT_EQ(markdown_text("<b>&amp;"), "&lt;b&gt;&amp;amp;");
  EXPECT_EQ(markdown_text("@team"), "`@`team");
  EXPECT_EQ(markdown_text("@@x"), "`@@`x");
  EXPECT_EQ(markdown_text("see https://x.y and www.x.y"), "see https\\://x.y and www\\.x.y");
  EXPECT_EQ(markdown_text("[a](b) `c` *d* _e_ #1 ~f~ $g$ \\"),
            "\\[a\\](b) \\`c\\` \\*d\\* \\_e\\_ \\#1 \\~f\\~ \\$g\\$ \\\\");
  EXPECT_EQ(markdown_text("- x"), "\\- x");
  EXPECT_EQ(markdown_text("---"), "\\---");
  EXPECT_EQ(markdown_text("12. x"), "12\\. x");
  EXPECT_EQ(markdown_text("12.5 ms"), "12.5 ms");
  EXPECT_EQ(markdown_text("12) x"), "12\\) x");
  EXPECT_EQ(markdown_text("    code"), "code");
  EXPECT_EQ(markdown_code("rw-"), "`rw-`");
  EXPECT_EQ(markdown_code("a`|b"), "a\\`\\|b");
  EXPECT_EQ(markdown_code(""), "");
}

TEST(Text, MarkdownBlockCannotBeLeft) {
  EXPECT_EQ(markdown_block("a\nb"), "```text\na\nb\n```\n");
  EXPECT_EQ(markdown_block("a\n```\n# out"), "````text\na\n```\n# out\n````\n");
}

TEST(Text, WidthsCountColumns) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("漢字"), 4U);
  EXPECT_EQ(display_width("e\xcc\x81"), 1U);
  EXPECT_EQ(cut_to("abcdef", 4), "abc…");
  EXPECT_EQ(cut_to("漢字漢", 4), "漢…");
  EXPECT_EQ(cut_to("abc", 3), "abc");
  EXPECT_EQ(cut_to("abc", 0), "");
  EXPECT_EQ(left_aligned("ab", 4), "ab  ");
  EXPECT_EQ(right_aligned("ab", 4), "  ab");
  EXPECT_EQ(right_aligned("abcde", 4), "abcde");
}

TEST(Text, WrapsBetweenWords) {
  EXPECT_EQ(wrapped("one two three", 8, "- ", "  "), "- one\n  two\n  three\n");
  EXPECT_EQ(wrapped("one two", 80, "- ", "  "), "- one two\n");
  EXPECT_EQ(wrapped("abcdefgh ij", 5, "", ""), "abcde\nfgh\nij\n");
  EXPECT_EQ(wrapped("to 100 %) in 12 ms x", 8, "", ""), "to\n100 %)\nin 12 ms\nx\n")
      << "a number keeps its unit";
  EXPECT_EQ(wrapped("is 5 seconds", 6, "", ""), "is 5\nsecond\ns\n");
  EXPECT_EQ(wrapped("", 5, "- ", "  "), "- \n");
}

RC_GTEST_PROP(Text, OneLineIsInertAndStable, ()) {
  const auto text = *hostile_strings();
  const std::string line = one_line(text);
  RC_ASSERT(is_inert(line));
  RC_ASSERT(one_line(line) == line);
}

RC_GTEST_PROP(Text, WrappingKeepsTheWordsAndTheWidth, ()) {
  const std::string text = one_line(*hostile_strings());
  const auto columns = *rc::gen::inRange<std::size_t>(4, 60);
  std::string lines = wrapped(text, columns, "- ", "  ");
  std::string put_together;
  RC_ASSERT(lines.substr(0, 2) == "- ");
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    RC_ASSERT(end != std::string::npos);
    RC_ASSERT(display_width(lines.substr(0, end)) <= columns);
    put_together += lines.substr(2, end - 2);
    lines.erase(0, end + 1);
  }
  const auto without_blanks = [](std::string s) {
    s.erase(std::remove(s.begin(), s.end(), ' '), s.end());
    return s;
  };
  RC_ASSERT(without_blanks(put_together) == without_blanks(text));
}

RC_GTEST_PROP(Text, MarkdownHasNoBareMarkup, ()) {
  const std::string escaped = markdown_text(*hostile_strings());
  RC_ASSERT(is_inert(escaped));
  bool in_code = false;
  for (std::size_t at = 0; at < escaped.size(); ++at) {
    if (escaped[at] == '\\' && !in_code) {
      ++at;  // whatever follows is text
      continue;
    }
    if (escaped[at] == '`') in_code = !in_code;
    RC_ASSERT(std::string_view("<>*_[]|~$#").find(escaped[at]) == std::string_view::npos);
    RC_ASSERT(escaped[at] != '@' || in_code);
    RC_ASSERT(escaped.compare(at, 3, "://") != 0);
  }
  RC_ASSERT(!in_code);
}

RC_GTEST_PROP(Text, AnyBytesAreRead, ()) {
  const auto bytes = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  RC_ASSERT(is_inert(one_line(bytes)));
}

}  // namespace
}  // namespace holdfast
