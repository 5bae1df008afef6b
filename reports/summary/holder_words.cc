#include "reports/summary/holder_words.h"

#include <fmt/format.h>

#include "core/base/path_text.h"

namespace holdfast {

std::string holder_name(const Plan& plan, const Holder& holder) {
  switch (holder.kind) {
    case HolderKind::injector: {
      const auto& injectors = plan.scenario.injectors;
      return holder.index < injectors.size() ? injectors[holder.index].name
                                             : fmt::format("injector {}", holder.index);
    }
    case HolderKind::agent:
      return "agent";
    case HolderKind::self:
      return "self";
    case HolderKind::posix_only:
      return "posix-only";
    case HolderKind::stranger:
      return "stranger";
    case HolderKind::unseen:
      break;
  }
  return "unseen";
}

std::string share_letters(std::uint8_t share) {
  std::string letters = "---";
  if ((share & 4U) != 0) letters[0] = 'r';
  if ((share & 2U) != 0) letters[1] = 'w';
  if ((share & 1U) != 0) letters[2] = 'd';
  return letters;
}

std::string program_name(const std::string& program) {
  return std::string(file_name(program));
}

}  // namespace holdfast
