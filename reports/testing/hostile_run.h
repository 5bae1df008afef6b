// For tests: a run in which the names of subjects, programs and files try to act on the page.
#pragma once

#include <string>

#include "reports/page/timeline.h"
#include "reports/testing/example_summaries.h"
#include "reports/testing/small_run.h"

namespace holdfast {

// Markup that would run, ends of scripts and comments, quotes, NUL, bytes that are not UTF-8, a right-to-left
// override, line separators of JavaScript, a template's braces; and a MiB more of it.
inline std::string hostile_markup(std::size_t more_bytes = std::size_t{1} << 20) {
  std::string text = "</script><script>window.harmed = 1</script>-->]]><!--<script>";
  text += "\"'><img src=x onerror=\"window.harmed = 2\"><a href=\"javascript:window.harmed = 3\">x</a>";
  text += std::string("\0\x01\x1b[31m\xff\xfe", 9);
  text += "\u202e\u2028\u2029${window.harmed = 4}{{body}}\r\n\\u003c\\";
  return text + std::string(more_bytes, '<');
}

struct HostileRun {
  explicit HostileRun(const std::string& text = hostile_markup()) : summary_(example_hostile(text)) {
    run.plan.scenario.name = run.plan.scenario.title = text;
    Injector injector;
    injector.kind = InjectorKind::open_handle;
    injector.name = text;
    injector.share = "rw";
    run.plan.scenario.injectors.push_back(injector);
    Fault fault;
    fault.planned_hold_ns = 500 * ms_ns;
    fault.fired_ns = barrier_ns + 10 * ms_ns;
    fault.released_ns = barrier_ns + 600 * ms_ns;
    fault.path = "/store/" + text;
    run.history.injectors.push_back({0, 4711, 1, 1, {fault}});
    Holder holder = holder_of(HolderKind::injector, 0, 4711, 6, text.c_str());
    holder.program = holder.path = text;
    Holder stranger = holder_of(HolderKind::stranger, no_process, 4712, 6, "");
    stranger.program = text;
    run.broadcast(0, 0, Outcome::ok, {50, 300, 700}, 800, {holder, stranger});
    run.broadcast(0, 1, Outcome::fail, {40, 200}, 300, {stranger});
    run.history.texts.push_back(text);
    run.history.operations.back().error = 1;
    run.broadcast(1, 0, Outcome::info, {20}, 0, {holder});
    for (Call& call : run.history.calls) call.path = call.destination = text;
    run.read(0, {});
    run.read(1, {});
    run.sort();
    drawn_ = timeline_of(run.plan, run.history);
  }

  [[nodiscard]] const Summary& summary() const { return summary_; }
  [[nodiscard]] const Timeline& timeline() const { return drawn_; }

 private:
  SmallRun run{2, 2};
  Summary summary_;
  Timeline drawn_;
};

}  // namespace holdfast
