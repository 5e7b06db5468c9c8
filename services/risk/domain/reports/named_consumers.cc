#include "services/risk/domain/reports/named_consumers.h"

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/resource/kinds.h"

namespace linchpin::risk {
namespace {

bool IsConsumerKind(const resource::KindInfo* kind, NamedRoutes routes) {
  if (kind == nullptr) return false;
  return kind->kind == "Application" || kind->kind == "BusinessService" ||
         (kind->kind == "Route" && routes == NamedRoutes::kTaken);
}

}  // namespace

absl::StatusOr<std::vector<engine::ConsumerIndex>> FindConsumers(
    const engine::Graph& graph, const google::protobuf::RepeatedPtrField<std::string>& names,
    const std::string& field, NamedRoutes routes) {
  std::vector<engine::ConsumerIndex> consumers;
  for (int i = 0; i < names.size(); ++i) {
    const std::string& name = names.Get(i);
    if (!IsConsumerKind(resource::KindOfName(name), routes)) {
      const char* wanted = routes == NamedRoutes::kTaken ? "an application, a business service or a route"
                                                         : "an application or a business service";
      return base::FieldError(absl::StrCat(field, "[", i, "]"),
                              absl::StrCat("name ", wanted, "; \"", name, "\" is none"));
    }
    const auto consumer = graph.consumers().Find(name);
    if (!consumer.has_value()) {
      return base::Error(
          base::reason::TargetNotFound{.target = name},
          absl::StrCat(field, "[", i, "]: ", name, " is not in the inventory; name a consumer that is"));
    }
    consumers.push_back(*consumer);
  }
  return consumers;
}

}  // namespace linchpin::risk
