#include "reports/run/operations_csv.h"

#include <fmt/format.h>

#include <iterator>

#include "harness/check/attempts.h"
#include "reports/format/text.h"
#include "reports/summary/holder_words.h"
#include "reports/summary/operation_facts.h"

namespace holdfast {
namespace {

constexpr std::size_t csv_piece_bytes = 60'000;
constexpr std::size_t most_text_columns = 300;

constexpr std::string_view csv_head =
    "agent,number,operation,outcome,code,lacking,intended_ms,invoke_ms,complete_ms,latency_ms,attempts,"
    "retries,"
    "waited_ms,refusals,first_refusal,first_holder,error\r\n";

std::string csv_text(std::string_view said) {
  if (said.empty()) return "";
  const std::string line = cut_to(one_line(said.substr(0, most_text_columns * 4)), most_text_columns);
  std::string field = "\"";
  if (std::string_view("=+-@").find(line.front()) != std::string_view::npos) field += '\'';
  for (const char c : line) field += c == '"' ? std::string("\"\"") : std::string(1, c);
  return field + "\"";
}

std::string_view outcome_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok:
      return "ok";
    case Outcome::fail:
      return "failed";
    case Outcome::info:
      break;
  }
  return "unknown";
}

}  // namespace

void write_operations_csv(const Plan& plan, const History& history,
                          const std::function<void(std::string_view)>& write) {
  const std::int64_t zero_ns = zero_ns_of(history);
  const auto ms = [&](std::int64_t time_ns) {
    return fmt::format("{:.6f}", static_cast<double>(time_ns - zero_ns) * 1e-6);
  };
  const std::vector<std::uint32_t> lacking = lacking_recipients(plan, history);
  std::string piece(csv_head);
  for (std::size_t at = 0; at < history.operations.size(); ++at) {
    const Operation& operation = history.operations[at];
    const Attempts attempts = attempts_of(history, operation);
    std::int64_t waited_ns = 0;
    for (const ObservedWait& wait : attempts.waits) waited_ns += wait.wait_ns;
    std::uint64_t refusals = 0;
    const Call* first = nullptr;
    for (const Call& call : calls_of(history, operation)) {
      if (call.windows_code == 0) continue;
      ++refusals;
      if (first == nullptr) first = &call;
    }
    const bool answered = operation.complete_ns != 0;
    fmt::format_to(
        std::back_inserter(piece), "{},{},{},{},{},{},{},{},{},{},{},{},{:.6f},{},{},{},{}\r\n",
        operation.agent, operation.number, operation.function == Function::broadcast ? "broadcast" : "read",
        outcome_of(operation.outcome), operation.code, lacking[at], ms(operation.intended_ns),
        ms(operation.invoke_ns), answered ? ms(operation.complete_ns) : "",
        answered
            ? fmt::format("{:.6f}", static_cast<double>(operation.complete_ns - operation.intended_ns) * 1e-6)
            : "",
        attempts.retries + 1, attempts.retries, static_cast<double>(waited_ns) * 1e-6, refusals,
        first == nullptr ? "" : std::to_string(first->windows_code),
        first == nullptr
            ? ""
            : csv_text(holder_name(plan, first->holders.empty() ? Holder{} : first->holders.front())),
        csv_text(history.texts[operation.error]));
    if (piece.size() > csv_piece_bytes) {
      write(piece);
      piece.clear();
    }
  }
  write(piece);
}

}  // namespace holdfast
