#include "services/risk/domain/hazard_set.h"

#include "absl/strings/str_cat.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "services/resource/kinds.h"
#include "services/risk/domain/hazard_defaults.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

engine::Hazard Read(const v1::Hazard& message) {
  engine::Hazard hazard{.rate_per_year = message.rate_per_year(),
                        .notice_seconds = message.notice().seconds()};
  if (message.has_duration()) hazard.duration_seconds = message.duration().seconds();
  return hazard;
}

}  // namespace

absl::Time DayOf(absl::Time now) {
  return absl::FromCivil(absl::ToCivilDay(now, absl::UTCTimeZone()), absl::UTCTimeZone());
}

RetirementTimes RetirementTimesOf(const replica::View& view) {
  namespace inventory = ::linchpin::inventory::v1;
  RetirementTimes times;
  view.ForEach(*resource::FindKindOf(inventory::Model::descriptor()),
               [&](const replica::DocumentRef& document) {
                 inventory::Model model;
                 if (!replica::ParseInto(document, model) || !model.has_retirement_time()) return;
                 times[model.name()] = absl::FromUnixSeconds(model.retirement_time().seconds());
               });
  return times;
}

std::optional<engine::AtomClass> AtomClassOf(v1::HazardClass hazard_class) {
  switch (hazard_class) {
    case v1::HAZARD_CLASS_VENDOR_EXIT:
      return engine::AtomClass::kVendor;
    case v1::HAZARD_CLASS_HOST_FAILURE:
      return engine::AtomClass::kHost;
    case v1::HAZARD_CLASS_LICENCE_CHANGE:
      return engine::AtomClass::kLicence;
    case v1::HAZARD_CLASS_WEIGHTS_BAN:
      return engine::AtomClass::kWeights;
    case v1::HAZARD_CLASS_SERVICES_CUTOFF:
      return engine::AtomClass::kServices;
    case v1::HAZARD_CLASS_MODEL_RETIREMENT:
      return engine::AtomClass::kModel;
    default:
      return std::nullopt;
  }
}

v1::HazardClass HazardClassOf(engine::AtomClass atom_class) {
  for (int value = v1::HazardClass_MIN; value <= v1::HazardClass_MAX; ++value) {
    const auto hazard_class = static_cast<v1::HazardClass>(value);
    if (AtomClassOf(hazard_class) == atom_class) return hazard_class;
  }
  return v1::HAZARD_CLASS_UNSPECIFIED;
}

HazardSet ShippedHazardSet(const RetirementTimes& retirements, absl::Time now) {
  HazardSet set{std::string(kShippedHazardTable), std::string(kShippedHazardVersion), DayOf(now), {}};
  for (const v1::Hazard& row : ShippedHazards()) {
    if (const auto atom_class = AtomClassOf(row.hazard_class())) set.hazards.SetClass(*atom_class, Read(row));
  }
  for (const auto& [model, time] : retirements) {
    set.hazards.SetDate(absl::StrCat("model:", model.substr(model.rfind('/') + 1)),
                        absl::ToInt64Seconds(time - set.as_of));
  }
  return set;
}

}  // namespace linchpin::risk
