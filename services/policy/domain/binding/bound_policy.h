// A policy under one assignment, ready to be evaluated: checked, parameters put in, sets resolved.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_BOUND_POLICY_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_BOUND_POLICY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "linchpin/common/v1/dimension.pb.h"
#include "linchpin/policy/v1/assignment.pb.h"
#include "linchpin/policy/v1/policy.pb.h"
#include "services/engine/concentration/exact.h"
#include "services/engine/graph/lineage.h"
#include "services/policy/domain/binding/field_path.h"
#include "services/policy/domain/binding/jurisdictions.h"
#include "services/policy/domain/binding/message_template.h"
#include "services/policy/domain/binding/selector.h"

namespace linchpin::policy {

struct LineageSpec {
  std::vector<v1::OriginFacet> facets;  // Ascending, each once.
  CountrySet countries;
  bool denied = false;  // Whether the countries are denied rather than allowed.
  engine::Reach reach = engine::Reach::kWeights;
  int max_depth = 32;
  bool primary_only = false;
  bool exclude_self = false;

  bool Allows(engine::Country country) const { return countries.Contains(country) != denied; }
  friend bool operator==(const LineageSpec&, const LineageSpec&) = default;
};

struct FallbackSpec {
  int min_count = 1;
  std::vector<common::v1::Dimension> different_in;  // Ascending, each once.
  std::optional<absl::Duration> tested_within;
  bool essential_only = false;

  friend bool operator==(const FallbackSpec&, const FallbackSpec&) = default;
};

struct ConcentrationSpec {
  BoundSelector over;
  common::v1::Dimension group_by = common::v1::DIMENSION_UNSPECIFIED;
  common::v1::Basis basis = common::v1::BASIS_APPLICATIONS;
  v1::Metric metric = v1::METRIC_SHARE;
  int k = 1;
  v1::Comparator violates_when = v1::COMPARATOR_GT;
  engine::Decimal limit;
  double limit_number = 0;  // The same, for people.
  int64_t min_population = 2;
  std::optional<CountrySet> home;
  std::string home_text;  // As the policy or its assignment names it.

  friend bool operator==(const ConcentrationSpec&, const ConcentrationSpec&) = default;
};

struct AttributeSpec {
  std::vector<FieldTest> must;
  std::vector<FieldTest> must_not;

  friend bool operator==(const AttributeSpec&, const AttributeSpec&) = default;
};

struct FreshnessSpec {
  FieldPath field;
  std::optional<absl::Duration> max_age;
  std::optional<absl::Duration> min_ahead;
  bool in_use = false;

  friend bool operator==(const FreshnessSpec&, const FreshnessSpec&) = default;
};

// Roles of parties, as bits.
class PartyRoles {
 public:
  void Add(v1::PartyRole role) { bits_ |= 1U << role; }
  bool Has(v1::PartyRole role) const { return (bits_ >> role & 1U) != 0; }
  bool empty() const { return bits_ == 0; }
  friend bool operator==(const PartyRoles&, const PartyRoles&) = default;

 private:
  uint32_t bits_ = 0;
};

struct AccessPathSpec {
  std::vector<FieldTest> all;  // Of vendors, as those of `none`.
  std::vector<FieldTest> none;
  PartyRoles tested;  // Whose vendors are tested.
  PartyRoles owned;   // Whose owners are.
  bool possible = false;
  bool primary_only = false;

  friend bool operator==(const AccessPathSpec&, const AccessPathSpec&) = default;
};

struct SurvivabilitySpec {
  BoundSelector over;
  std::vector<std::string> named;  // Keys of atoms (engine::KeyOf), ascending, each once. Empty: `each`.
  v1::Shock::Loss each = v1::Shock::LOSS_UNSPECIFIED;
  std::optional<CountrySet> spared;
  std::string spared_text;  // As the policy or its assignment names it.
  bool by_weight = false;   // By criticality rather than by count.
  engine::Decimal at_least;
  double at_least_number = 0;  // The same, for people.
  bool immediate = false;
  int32_t lost_at_ppm = 0;
  int64_t min_population = 2;

  friend bool operator==(const SurvivabilitySpec&, const SurvivabilitySpec&) = default;
};

struct TrendSpec {
  ConcentrationSpec measure;  // Its limit is how much it may grow; `violates_when` is not read.
  absl::Duration window;
  std::string window_text;  // "30d"
  bool existing_only = false;

  friend bool operator==(const TrendSpec&, const TrendSpec&) = default;
};

struct BoundRule {
  std::string id;
  std::string remediation;
  v1::Severity severity = v1::SEVERITY_MEDIUM;
  v1::UnknownHandling on_unknown = v1::UNKNOWN_HANDLING_INDETERMINATE;
  bool waivable = true;
  v1::Assurance assurance = v1::ASSURANCE_CAUTIOUS;  // Of the assignment.
  bool over_population = false;  // Its subject is the assignment, and it sums over a population.
  BoundSelector select;          // Of a rule over a population: not read.
  std::variant<LineageSpec, FallbackSpec, ConcentrationSpec, AttributeSpec, FreshnessSpec, AccessPathSpec,
               SurvivabilitySpec, TrendSpec>
      spec;
  MessageTemplate message;
};

// Whether two rules say the same of every subject of both, whomever they select; of rules over a population,
// whether they say the same of one population.
bool AskTheSame(const BoundRule& a, const BoundRule& b);
// Whom it selects: its subjects, or its population.
const BoundSelector& SelectorOf(const BoundRule& rule);

struct BoundPolicy {
  std::string assignment;
  std::string policy;
  std::vector<BoundRule> rules;
  std::map<std::string, std::string> parameters;  // As text, by id, for messages.
};

// All that is wrong with a policy by itself: INVALID_ARGUMENT, POLICY_INVALID, with a violation for each
// fault, paths relative to the policy. `sets` null: names of sets are taken as they are.
absl::Status CheckPolicy(const v1::Policy& policy, const JurisdictionSets* sets = nullptr);

// Puts an assignment's values into its policy. Errors as of CheckPolicy; faults of the assignment have paths
// that begin with `assignment.`.
absl::StatusOr<BoundPolicy> BindPolicy(const v1::Policy& policy, const v1::Assignment& assignment,
                                       const JurisdictionSets& sets);

// How grave findings of a rule are under an assignment: its override, that of `*`, the rule's own, else
// MEDIUM.
v1::Severity SeverityOf(const v1::Rule& rule, const v1::Assignment& assignment);

// How strictly it holds; one that does not say is AUDIT.
v1::Mode ModeOf(const v1::Assignment& assignment);

// INVALID_ARGUMENT, FIELD_INVALID, on `mode` for a mode that is not supported yet.
absl::Status CheckMode(const v1::Assignment& assignment);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_BOUND_POLICY_H_
