// The words for what `holdfast exec` found. Single words are the same in JSON and in suppressions, which are read
// back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reports/exec/report.h"

namespace holdfast {

std::string_view call_word(Function call);           // "rename"
std::string_view reason_word(Obstacle reason);       // "held"
std::string_view holder_kind_word(HolderKind kind);  // "self"
std::optional<Function> find_call(std::string_view word);
std::optional<Obstacle> find_reason(std::string_view word);
std::optional<HolderKind> find_holder_kind(std::string_view word);

// The path of a refusal that the rules refused: the destination of a replace (5), else the first.
const std::string& refused_path(const ExecRefusal& refusal);
bool is_replace(const ExecRefusal& refusal);  // refused because of its destination

// "python3 (pid 12), another process of the command: descriptor 5, rw-, shares rw-, open for 1.2 s"
std::string holder_sentence(const ExecHolder& holder);

std::string directories_text(const ExecReport& report);  // of the domain, where calls were: "/srv/a, /tmp"

// No call was checked against the rules; the sentence for that case.
bool nothing_judged(const ExecReport& report);
std::string nothing_judged_sentence(const ExecReport& report);

// "25 calls were made elsewhere, 25 below /tmp: watch them too with --dir /work --dir /tmp"; empty unless they
// outnumber the calls that were judged.
std::string outside_sentence(const ExecReport& report);

// That a hold changed where the command works, so that fewer calls were judged than without it; empty: it did not.
std::string moved_sentence(const ExecReport& report);

// "3 calls by a process whose memory could not be read"
std::string unjudged_sentence(const Unjudged& unjudged);
// "4 calls could not be judged: 3 by …, 1 …"
std::string unjudged_sentence(const ExecReport& report);

}  // namespace holdfast
