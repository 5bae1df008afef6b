// Any bytes as what a subject's program answers: an answer within bounds, or a short sentence that quotes it.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/check.h"
#include "core/store/utf8.h"
#include "harness/crowd/agents/protocol.h"

using namespace holdfast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t entries_max = 20;
  static const Request requests[] = {init_request(0, 2, "/s"), broadcast_request({0, 1}, {0, 1}, "b"),
                                     read_request()};
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  for (const Request& request : requests) {
    const auto answer = parse_answer(line, request, entries_max);
    if (!answer) {
      HOLDFAST_CHECK(answer.error().message.starts_with("its line \""));
      HOLDFAST_CHECK(answer.error().message.size() < 700);
      continue;
    }
    HOLDFAST_CHECK(answer->entries.size() <= entries_max);
    HOLDFAST_CHECK(answer->entries.empty() || request.asked == Asked::read || answer->kind != AnswerKind::ok);
    HOLDFAST_CHECK(answer->os_code >= 0 && answer->os_code <= 65535);
  }
  return 0;
}
