// Renderers of what `holdfast exec` found: pure. Each escapes text from file names and programs.
#pragma once

#include <string>

#include "reports/exec/report.h"

namespace holdfast {

// The summary for stderr: groups, most frequent first, each with its holders, what to do and how to suppress it; what
// could not be judged, what is not modelled. Lines are as in render_terminal().
std::string render_exec_terminal(const ExecReport& report, bool colour, int columns);

// "holdfast.exec/1": UTF-8, one object. Its public fields:
//   schema  exit (of the command; 128 + signal if one ended it)
//   refusals[]   call path to (null: none) code pid program at_ms
//     holders[]  pid program path access ("r", "rw", "-") share ("rw-")
// and besides
//   signal (null: none)  command[]  directories[]  temporary[] (directories shared with other programs)  enforced
//   duration_ms  opens ("decided", "untrapped")  decided  judged[], outside[], moved[] (directory calls: where those
//   judged were; those not watched; of these, after an injector was in the way)
//   refused (all that count)  missed_refusals
//   refusals_beyond (of those, how many are not listed)  suppressed  bytes_replaced  warnings[]  not_modelled[]
//   spared (calls that only programs outside the command had in their way, in temporary directories; no refusals)
//   spared_refusals[] (the first of them, as refusals)
//   refusals: errno reason    refusals.holders: kind inherited descriptor (null: a mapping) open_ms (null: unknown)
//     stack[]       (the innermost frame first; empty: unknown)  function file line module offset (null: unknown)
//     test          (that ran; null: none is known)
//   groups[]        call code reason place count several_paths advice suppression  stack test (of the first refusal)
//     stack_note (why frames or lines are missing; null: nothing to say)
//     code_places[] (where in the code: each place once, as in the summary)
//     holders[]     kind program
//   injectors[]     name planned fired min_fired
//   suppressions[]  text count shipped (true: one of those for well-known programs)
//   unjudged[]      kind (a word of harness/history/doubts.def) meaning count example
// Bytes of names that are not UTF-8 become U+FFFD, and bytes_replaced is true if there were any.
std::string exec_json(const ExecReport& report);

// The same groups as a page, as Markdown, and as JUnit (a failed case for each group).
std::string exec_html(const ExecReport& report);
std::string exec_markdown(const ExecReport& report);
std::string exec_junit(const ExecReport& report);

}  // namespace holdfast
