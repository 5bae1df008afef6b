#include "reports/exec/how_long.h"

#include <iterator>
#include <map>
#include <utility>

namespace holdfast {

void tell_how_long(ExecReport& report, const std::vector<InjectorHold>& holds) {
  // One process holds a file under one name once at a time: no two of its holds overlap.
  std::map<std::pair<std::int32_t, std::string>, std::map<std::int64_t, std::int64_t>> begun;
  for (const InjectorHold& hold : holds) begun[{hold.pid, hold.path}][hold.from_ns] = hold.to_ns;
  for (ExecRefusal& refusal : report.refusals) {
    for (ExecHolder& holder : refusal.holders) {
      if (holder.kind != HolderKind::injector) continue;
      const auto of_file = begun.find({holder.pid, holder.path});
      if (of_file == begun.end()) continue;
      const auto after = of_file->second.upper_bound(refusal.at_ns);
      if (after == of_file->second.begin()) continue;
      const auto [from_ns, to_ns] = *std::prev(after);
      if (refusal.at_ns <= to_ns) holder.open_ns = refusal.at_ns - from_ns;
    }
  }
}

}  // namespace holdfast
