#include "reports/summary/refusal_summary.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "reports/summary/holder_words.h"

namespace holdfast {
namespace {

constexpr std::size_t most_pids_kept = 32;

// holder, program, share mode
using HolderKey = std::tuple<std::string, std::string, std::string>;

struct HolderTally {
  std::uint64_t count = 0;
  std::set<std::int32_t> pids;  // the smallest ones only
};

HolderKey key_of(const Plan& plan, const Holder& holder) {
  // The share mode of an unseen holder is only an assumption.
  const bool seen = holder.kind != HolderKind::unseen;
  return {holder_name(plan, holder), program_name(holder.program), seen ? share_letters(holder.share) : ""};
}

}  // namespace

void summarise_refusals(const Plan& plan, const History& history, Summary& summary) {
  std::map<HolderKey, HolderTally> tallies;
  const Holder nobody;
  std::vector<std::pair<HolderKey, std::int32_t>>
      named;  // in one refusal; a process with two handles is one holder
  for (const Call& call : history.calls) {
    if (call.windows_code == 0) continue;
    ++summary.refusals;
    ++summary.refusals_by_code[call.windows_code];
    named.clear();
    for (const Holder& holder : call.holders) named.emplace_back(key_of(plan, holder), holder.pid);
    if (named.empty()) named.emplace_back(key_of(plan, nobody), 0);
    std::sort(named.begin(), named.end());
    named.erase(std::unique(named.begin(), named.end()), named.end());
    for (const auto& [key, pid] : named) {
      HolderTally& tally = tallies[key];
      ++tally.count;
      if (pid > 0) tally.pids.insert(pid);
      if (tally.pids.size() > most_pids_kept) tally.pids.erase(std::prev(tally.pids.end()));
    }
  }
  for (const auto& [key, tally] : tallies) {
    HolderSummary holder;
    std::tie(holder.holder, holder.program, holder.share) = key;
    holder.pids.assign(tally.pids.begin(), tally.pids.end());
    holder.count = tally.count;
    summary.refusals_by_holder.push_back(std::move(holder));
  }
  // Ties stay in the order of their names.
  std::stable_sort(summary.refusals_by_holder.begin(), summary.refusals_by_holder.end(),
                   [](const HolderSummary& a, const HolderSummary& b) { return a.count > b.count; });
}

}  // namespace holdfast
