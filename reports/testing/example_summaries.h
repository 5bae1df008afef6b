// Hand-made summaries for the tests of the renderers.
#pragma once

#include "reports/summary/summary.h"

namespace holdfast {

inline constexpr const char* hostile_text =
    "\x1b[31mred\x1b]0;title\x07 </script><b onclick=\"x\">&amp; | [x](http://evil.example) `code` "
    "*bold* _it_ @everyone www.evil.example\n# forged heading\r\n| a | b |\n]]> <!-- "
    "\xff\xfe \xc0\x80 \xe2\x80\xae evil \xf0\x9f\x92\xa5";

Summary example_pass();          // eight agents, retried, nothing lost
Summary example_fail();          // a store without lock or retry: lost messages, failed agents
Summary example_inconclusive();  // interrupted, a check that could not tell, an injector that did not fire
Summary example_one_operation();
Summary example_many_agents();  // 1,000 agents

// Every text that could come from a subject or a file is `text`.
Summary example_hostile(const std::string& text = hostile_text);

}  // namespace holdfast
