#include "services/risk/domain/remedies/candidate.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"

namespace linchpin::risk {

namespace v1 = ::linchpin::risk::v1;

RemedyCosts::RemedyCosts() {
  days_[v1::REMEDY_KIND_ADD_FALLBACK] = 1;
  days_[v1::REMEDY_KIND_NEW_DEPLOYMENT] = 15;
  days_[v1::REMEDY_KIND_HOTTER_FALLBACK] = 2;
  days_[v1::REMEDY_KIND_TEST_FALLBACK] = 1;
  days_[v1::REMEDY_KIND_HOLD_WEIGHTS] = 3;
  days_[v1::REMEDY_KIND_MOVE_HOST] = 10;
  days_[v1::REMEDY_KIND_MORE_CAPACITY] = 5;
  days_[v1::REMEDY_KIND_SPLIT_TRAFFIC] = 2;
  days_[v1::REMEDY_KIND_SWITCH_TO_HOME_MODEL] = 5;
}

absl::StatusOr<RemedyCosts> RemedyCosts::Read(
    const google::protobuf::RepeatedPtrField<v1::RemedyCost>& costs) {
  RemedyCosts read;
  std::set<int> seen;
  for (int i = 0; i < costs.size(); ++i) {
    const v1::RemedyCost& cost = costs[i];
    if (cost.kind() == v1::REMEDY_KIND_UNSPECIFIED || !v1::RemedyKind_IsValid(cost.kind())) {
      return base::FieldError(absl::StrCat("costs[", i, "].kind"), "name a kind of remedy");
    }
    if (!seen.insert(cost.kind()).second) {
      return base::FieldError(absl::StrCat("costs[", i, "].kind"),
                              absl::StrCat(v1::RemedyKind_Name(cost.kind()), " is listed twice; remove one"));
    }
    read.days_[static_cast<size_t>(cost.kind())] = cost.days();
  }
  return read;
}

void RemedyCosts::Describe(google::protobuf::RepeatedPtrField<v1::RemedyCost>& costs) const {
  for (size_t kind = 1; kind < days_.size(); ++kind) {
    v1::RemedyCost& cost = *costs.Add();
    cost.set_kind(static_cast<v1::RemedyKind>(kind));
    cost.set_days(days_[kind]);
  }
}

}  // namespace linchpin::risk
