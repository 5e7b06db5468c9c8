#include "services/engine/graph/fact_table.h"

#include <algorithm>
#include <array>

namespace linchpin::engine {
namespace {

using Is = FactKind;
using Of = FactOwner;
using A = ValueType;
using Else = WhenUnknown;

// In the order of FactKind.
constexpr std::array kRows = {
    FactRow{Is::kHostingMode, Of::kDeployment, "hosting_mode", A::kMode, Else::kOneOfTheEnum, true},
    FactRow{Is::kModel, Of::kDeployment, "model", A::kModel, Else::kAnyValue, true},
    FactRow{Is::kOperator, Of::kDeployment, "operator", A::kVendor, Else::kValueOrNone, true},
    FactRow{Is::kHost, Of::kDeployment, "host", A::kHost, Else::kAnyValue, true},
    FactRow{Is::kPassThrough, Of::kDeployment, "pass_through", A::kYesNo, Else::kOneOfTheEnum, true},
    FactRow{Is::kHostProvider, Of::kHost, "provider", A::kVendor, Else::kValueOrNone, true},
    FactRow{Is::kHostCountry, Of::kHost, "country", A::kCountry, Else::kAnyValue, true},
    FactRow{Is::kVendorCountry, Of::kVendor, "country", A::kCountry, Else::kAnyValue, true},
    FactRow{Is::kVendorParent, Of::kVendor, "parent", A::kVendor, Else::kValueOrNone, true},
    FactRow{Is::kDeveloper, Of::kModel, "developer", A::kVendor, Else::kAnyValue, true},
    FactRow{Is::kOrigin, Of::kModel, "origin_country", A::kCountry, Else::kAnyValue, true},
    FactRow{Is::kWeights, Of::kModel, "weights", A::kWeights, Else::kOneOfTheEnum, true},
    FactRow{Is::kActivation, Of::kModel, "requires_activation", A::kFlag, Else::kOneOfTheEnum, true},
    FactRow{Is::kLicence, Of::kModel, "licence", A::kLicence, Else::kValueOrNone, true},
    FactRow{Is::kDerivations, Of::kModel, "derivations", A::kOther, Else::kNoDomain, false},
    FactRow{Is::kRelation, Of::kModel, "derivations", A::kOther, Else::kNoDomain, false},
    FactRow{Is::kIrrevocability, Of::kLicence, "irrevocable", A::kFlag, Else::kOneOfTheEnum, true},
    FactRow{Is::kIntermediary, Of::kDeployment, "intermediaries", A::kVendor, Else::kNoDomain, false},
    FactRow{Is::kBase, Of::kModel, "derivations", A::kModel, Else::kNoDomain, false},
    FactRow{Is::kSwitchTime, Of::kConsumer, "alternatives", A::kOther, Else::kNoDomain, false},
    FactRow{Is::kTier, Of::kConsumer, "tier", A::kOther, Else::kNoDomain, false},
    FactRow{Is::kOutlives, Of::kDeployment, "outlives_developer", A::kYesNo, Else::kOneOfTheEnum, true},
    FactRow{Is::kCustody, Of::kDeployment, "custody", A::kCustody, Else::kOneOfTheEnum, true},
    FactRow{Is::kWeightsSource, Of::kDeployment, "weights_source", A::kVendor, Else::kNoDomain, false},
    FactRow{Is::kProviderOfHost, Of::kDeployment, "host.provider", A::kVendor, Else::kValueOrNone, true},
    FactRow{Is::kCountryOfHost, Of::kDeployment, "host.country", A::kCountry, Else::kAnyValue, true},
    FactRow{Is::kDeveloperOfModel, Of::kDeployment, "model.developer", A::kVendor, Else::kAnyValue, true},
    FactRow{Is::kLineageDeveloper, Of::kModel, "lineage.developer", A::kVendor, Else::kValueOrNone, true},
    FactRow{Is::kLineageOrigin, Of::kModel, "lineage.origin_country", A::kCountry, Else::kAnyValue, true},
    FactRow{Is::kVersionOf, Of::kModel, "version_of", A::kModel, Else::kNoDomain, false},
};

constexpr bool InOrder() {
  for (size_t i = 0; i < kRows.size(); ++i) {
    if (kRows[i].kind != static_cast<FactKind>(i)) return false;
  }
  return kRows.back().kind == kLastFactKind;
}
static_assert(InOrder(), "a row for each kind of fact, in their order");

}  // namespace

const FactRow& RowOf(FactKind kind) { return kRows[static_cast<size_t>(kind)]; }

std::optional<FactKind> BoundedFact(FactOwner owner, std::string_view path) {
  const auto row = std::find_if(kRows.begin(), kRows.end(), [&](const FactRow& r) {
    return r.can_be_bounded && r.owner == owner && r.field == path;
  });
  return row == kRows.end() ? std::nullopt : std::optional(row->kind);
}

}  // namespace linchpin::engine
