#include "services/risk/domain/scores/hazard_set.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "services/resource/kinds.h"
#include "services/risk/domain/scores/hazard_defaults.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

struct ClassRow {
  v1::HazardClass hazard_class;
  std::string_view prefix;  // Of keys.
  std::optional<engine::AtomClass> atom_class;
};

constexpr ClassRow kClasses[] = {
    {v1::HAZARD_CLASS_VENDOR_EXIT, "vendor", engine::AtomClass::kVendor},
    {v1::HAZARD_CLASS_HOST_FAILURE, "host", engine::AtomClass::kHost},
    {v1::HAZARD_CLASS_LICENCE_CHANGE, "licence", engine::AtomClass::kLicence},
    {v1::HAZARD_CLASS_WEIGHTS_BAN, "weights", engine::AtomClass::kWeights},
    {v1::HAZARD_CLASS_SERVICES_CUTOFF, "services", engine::AtomClass::kServices},
    {v1::HAZARD_CLASS_MODEL_RETIREMENT, "model", engine::AtomClass::kModel},
    {v1::HAZARD_CLASS_API_CUTOFF, "api", std::nullopt},
    {v1::HAZARD_CLASS_THROTTLING, "throttle", std::nullopt},
};

engine::Hazard Read(const v1::Hazard& message) {
  engine::Hazard hazard{.rate_per_year = message.rate_per_year(),
                        .notice_seconds = message.notice().seconds()};
  if (message.has_duration()) hazard.duration_seconds = message.duration().seconds();
  return hazard;
}

constexpr size_t kHomeNamed = 3;  // In a version.
constexpr char kHomeReason[] =
    "Home: that a country bans its own weights or stops its own services is taken as never. A row for this "
    "atom in a table of your own counts it.";

void SetHome(const std::vector<std::string>& home, HazardSet& set) {
  if (home.empty()) return;
  for (const std::string& country : home) {
    for (const char* prefix : {"weights:", "services:"}) {
      v1::Hazard row;
      row.set_atom(absl::StrCat(prefix, country));
      row.set_rate_per_year(0);
      row.set_reason(kHomeReason);
      set.by_atom.emplace(row.atom(), row);
    }
  }
  const size_t named = home.size() > kHomeNamed + 1 ? kHomeNamed : home.size();
  absl::StrAppend(&set.version, ", home ", absl::StrJoin(home.begin(), home.begin() + named, " "));
  if (named < home.size()) absl::StrAppend(&set.version, " and ", home.size() - named, " more");
}

void SetDates(HazardSet& set) {
  for (const auto& [model, time] : set.retirements) {
    set.hazards.SetDate(absl::StrCat("model:", model.substr(model.rfind('/') + 1)),
                        absl::ToInt64Seconds(time - set.as_of));
  }
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
  for (const ClassRow& row : kClasses) {
    if (row.hazard_class == hazard_class) return row.atom_class;
  }
  return std::nullopt;
}

v1::HazardClass HazardClassOf(engine::AtomClass atom_class) {
  for (const ClassRow& row : kClasses) {
    if (row.atom_class == atom_class) return row.hazard_class;
  }
  return v1::HAZARD_CLASS_UNSPECIFIED;
}

v1::HazardClass HazardClassOfKey(std::string_view key) {
  const size_t colon = key.find(':');
  if (colon == std::string_view::npos) return v1::HAZARD_CLASS_UNSPECIFIED;
  for (const ClassRow& row : kClasses) {
    if (row.prefix == key.substr(0, colon)) return row.hazard_class;
  }
  return v1::HAZARD_CLASS_UNSPECIFIED;
}

HazardSet MakeHazardSet(const v1::HazardTable* table, const RetirementTimes& retirements, absl::Time now,
                        const std::vector<std::string>& home) {
  HazardSet set;
  set.table = std::string(kShippedHazardTable);
  set.version = std::string(kShippedHazardVersion);
  set.as_of = DayOf(now);
  set.classes = ShippedHazards();
  set.retirements = retirements;
  if (table != nullptr) {
    set.table = table->name();
    set.version = absl::StrCat("revision ", table->revision(), " on ", std::string(kShippedHazardVersion));
    for (const v1::Hazard& row : table->hazards()) {
      if (row.atom().empty()) {
        set.classes[static_cast<size_t>(row.hazard_class()) - 1] = row;
      } else {
        set.by_atom[row.atom()] = row;
      }
    }
  }
  SetHome(home, set);
  for (const v1::Hazard& row : set.classes) {
    if (const auto atom_class = AtomClassOf(row.hazard_class())) set.hazards.SetClass(*atom_class, Read(row));
  }
  for (const auto& [key, row] : set.by_atom) {
    if (AtomClassOf(HazardClassOfKey(key)).has_value()) set.hazards.SetAtom(key, Read(row));
  }
  SetDates(set);
  return set;
}

}  // namespace linchpin::risk
