#include "harness/crowd/agents/store_queue.h"
#include "scenarios/subjects/origin_store.h"

namespace holdfast {
namespace {

class OriginQueue final : public StoreQueue<OriginStore> {
 public:
  OriginQueue(StoreRequest&& request, OriginVariant variant)
      : StoreQueue(request.directory, variant, std::move(request.sleep)) {}

  [[nodiscard]] std::optional<std::string> swallowed_corruption() override {
    const auto& problem = store_.last_load_problem();
    if (!problem || problem->code != Code::corrupt) return std::nullopt;
    return problem->message;
  }
};

}  // namespace

std::unique_ptr<Queue> make_origin_before_queue(StoreRequest request) {
  return std::make_unique<OriginQueue>(std::move(request), OriginVariant::before);
}

std::unique_ptr<Queue> make_origin_after_queue(StoreRequest request) {
  return std::make_unique<OriginQueue>(std::move(request), OriginVariant::after);
}

std::unique_ptr<Queue> make_origin_enhanced_queue(StoreRequest request) {
  return std::make_unique<OriginQueue>(std::move(request), OriginVariant::enhanced);
}

}  // namespace holdfast
