#include "services/risk/domain/scenarios/risk_rules.h"

#include <cmath>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/engine/graph/fact.h"
#include "services/resource/kinds.h"
#include "services/risk/domain/scenarios/scenario_reader.h"
#include "services/risk/domain/scores/hazard_defaults.h"
#include "services/risk/domain/scores/hazard_set.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using Violations = std::vector<base::FieldViolation>;

constexpr std::string_view kKeyForms =
    "must be the key of an atom: `vendor:ID`, `host:ID`, `licence:ID`, `weights:CC`, `services:CC`, "
    "`model:ID`, `api:ID` or `throttle:ID`";

bool IsOfCountry(v1::HazardClass hazard_class) {
  return hazard_class == v1::HAZARD_CLASS_WEIGHTS_BAN || hazard_class == v1::HAZARD_CLASS_SERVICES_CUTOFF;
}

bool IsKey(std::string_view key, v1::HazardClass hazard_class) {
  if (hazard_class == v1::HAZARD_CLASS_UNSPECIFIED) return false;
  const std::string_view id = key.substr(key.find(':') + 1);
  return IsOfCountry(hazard_class) ? engine::Country::Parse(id).has_value() : resource::IsId(id);
}

// One row of a table.
class RowCheck {
 public:
  RowCheck(const v1::Hazard& row, std::string path, Violations& violations)
      : row_(row), path_(std::move(path)), violations_(violations) {}

  // `seen` holds what rows before were about.
  void Run(std::set<std::string>& seen) {
    const bool of_class = row_.hazard_class() != v1::HAZARD_CLASS_UNSPECIFIED;
    if (of_class != row_.atom().empty()) {
      return Add("", "must be about one class or one atom: set `hazard_class` or `atom`");
    }
    const v1::HazardClass hazard_class = of_class ? row_.hazard_class() : HazardClassOfKey(row_.atom());
    if (!of_class && !IsKey(row_.atom(), hazard_class)) return Add("atom", std::string(kKeyForms));
    const std::string about = of_class ? v1::HazardClass_Name(hazard_class) : row_.atom();
    if (!seen.insert(about).second)
      Add(of_class ? "hazard_class" : "atom", absl::StrCat("`", about, "` is listed twice"));
    CheckRate();
    if (row_.has_severity_ppm() && AtomClassOf(hazard_class).has_value()) {
      Add("severity_ppm", "only API_CUTOFF and THROTTLING may lose a part; leave it out");
    }
  }

 private:
  void CheckRate() {
    const double rate = row_.rate_per_year();
    if (!row_.has_rate_per_year()) {
      Add("rate_per_year", "is required");
    } else if (!(rate >= 0 && rate <= engine::kRatePerYearMax)) {
      Add("rate_per_year", "must be from 0 to 365, at most one loss a day");
    }
  }
  void Add(std::string_view field, std::string description) {
    violations_.push_back(
        {field.empty() ? path_ : absl::StrCat(path_, ".", std::string(field)), std::move(description)});
  }

  const v1::Hazard& row_;
  const std::string path_;
  Violations& violations_;
};

bool NeedsCountry(v1::Cutoff::Type type) {
  return type == v1::Cutoff::TYPE_COUNTRY_SERVICE_CUTOFF || type == v1::Cutoff::TYPE_COUNTRY_WEIGHTS_BAN;
}

void CheckDocument(const google::protobuf::Message& document, std::string_view prefix,
                   Violations& violations) {
  if (document.GetDescriptor() == v1::HazardTable::descriptor()) {
    CheckHazardTable(static_cast<const v1::HazardTable&>(document), prefix, violations);
  } else if (document.GetDescriptor() == v1::Scenario::descriptor()) {
    CheckScenario(static_cast<const v1::Scenario&>(document), prefix, violations);
  }
}

}  // namespace

void CheckHazardTable(const v1::HazardTable& table, std::string_view prefix, Violations& violations) {
  const std::string before(prefix);
  if (table.name() == kShippedHazardTable) {
    violations.push_back({before + "name", "`hazardTables/shipped` is the shipped table; take another id"});
  }
  std::set<std::string> seen;
  for (int i = 0; i < table.hazards_size(); ++i) {
    RowCheck(table.hazards(i), absl::StrCat(before, "hazards[", i, "]"), violations).Run(seen);
  }
}

void CheckScenario(const v1::Scenario& scenario, std::string_view prefix, Violations& violations) {
  const std::string before(prefix);
  if (scenario.cutoffs_size() > kScenarioCutoffsMax) {
    violations.push_back(
        {before + "cutoffs", absl::StrCat("has more than ", kScenarioCutoffsMax, " cutoffs")});
  }
  std::set<std::string> ids;
  for (int i = 0; i < scenario.cutoffs_size(); ++i) {
    const v1::Cutoff& cutoff = scenario.cutoffs(i);
    const std::string path = absl::StrCat(before, "cutoffs[", i, "]");
    if (cutoff.type() == v1::Cutoff::TYPE_UNSPECIFIED) violations.push_back({path + ".type", "is required"});
    const bool country = NeedsCountry(cutoff.type());
    if (country && cutoff.country().empty())
      violations.push_back({path + ".country", "is required for this type"});
    if (!country && cutoff.target().empty())
      violations.push_back({path + ".target", "is required for this type"});
    const std::string id = cutoff.id().empty() ? absl::StrCat(i + 1) : cutoff.id();
    if (!ids.insert(id).second)
      violations.push_back({path + ".id", absl::StrCat("`", id, "` is listed twice")});
  }
}

writing::WriteRules RiskRules() { return {CheckDocument, nullptr, nullptr}; }

}  // namespace linchpin::risk
