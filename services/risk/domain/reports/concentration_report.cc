#include "services/risk/domain/reports/concentration_report.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/engine/concentration/concentration.h"
#include "services/engine/concentration/foreign.h"
#include "services/risk/domain/scores/assumptions.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
namespace common = ::linchpin::common::v1;

constexpr int kGroupsDefault = 50;
constexpr int kUnknownThroughMax = 20;
constexpr int kCyclicMax = 100;
constexpr size_t kForeignModelsMax = 50;
constexpr int kAssumptionsMax = 100;

void AddGroup(const engine::Concentration& figure, std::string_view key, uint64_t weight, uint64_t likely,
              v1::Concentration& message) {
  v1::Concentration::Group& group = *message.add_groups();
  group.set_key(std::string(key));
  group.set_weight(static_cast<int64_t>(weight));
  const engine::Bounded share = *figure.Share(key);
  group.set_share_ratio(share.value.ToDouble());
  group.set_share_lower_ratio(share.lower.ToDouble());
  group.set_share_upper_ratio(share.upper.ToDouble());
  group.set_likely_weight(static_cast<int64_t>(likely));
  if (key != engine::kUnknownKey) return;
  for (const engine::UnknownItem& item : figure.unknown) {
    if (group.unknown_through_size() == kUnknownThroughMax) break;
    if (!item.likely.empty()) continue;
    group.add_unknown_through(item.resource);
  }
}

// The groups with what is neither proven nor likely as one among them, largest first, then by key.
void AddGroups(const engine::Concentration& figure, int max_groups, v1::Concentration& message) {
  std::vector<engine::WeightedGroup> rows = figure.groups;
  const uint64_t unknown = figure.WeightOf(engine::kUnknownKey);
  if (unknown > 0) rows.push_back({std::string(engine::kUnknownKey), unknown});
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::make_tuple(b.likely_weight(), b.weight, a.key) <
           std::make_tuple(a.likely_weight(), a.weight, b.key);
  });
  for (const engine::WeightedGroup& row : rows) {
    if (message.groups_size() == max_groups) return;
    AddGroup(figure, row.key, row.weight, row.likely, message);
  }
}

void AddFigures(const engine::Concentration& figure, int top_k, v1::Concentration& message) {
  message.set_group_count(figure.group_count());
  if (figure.total == 0) return;
  const engine::Bounded hhi = *figure.Hhi();
  message.set_hhi(hhi.value.ToDouble());
  message.set_hhi_lower(hhi.lower.ToDouble());
  message.set_hhi_upper(hhi.upper.ToDouble());
  message.set_normalised_hhi(*figure.NormalisedHhi());
  message.set_effective_number(figure.EffectiveNumber()->value.ToDouble());
  const engine::Diversity diversity = *figure.DiversityOfValue();
  message.set_gini(diversity.gini);
  message.set_shannon_entropy(diversity.shannon);
  message.set_theil(diversity.theil);
  message.set_hill_number_1(diversity.hill_1);
  message.set_hill_number_infinity(diversity.hill_infinity);
  const engine::Bounded top = *figure.TopShare(top_k);
  message.set_top_share_ratio(top.value.ToDouble());
  message.set_top_share_lower_ratio(top.lower.ToDouble());
  message.set_top_share_upper_ratio(top.upper.ToDouble());
  const engine::Bounded unknown = *figure.Share(engine::kUnknownKey);
  message.set_unknown_share_ratio(unknown.value.ToDouble());
  message.set_open_share_ratio(unknown.upper.ToDouble());
  message.set_untold(figure.IsUntold());
}

void AddConcentration(const engine::Knowledge& knowledge, const engine::Attribution& attribution,
                      engine::Dimension dimension, const v1::GetConcentrationRequest& request,
                      v1::Concentration& message) {
  const engine::Concentration figure = engine::Concentrate(knowledge, attribution, dimension);
  message.set_dimension(ToProto(dimension));
  message.set_population(attribution.population);
  message.set_total_weight(static_cast<int64_t>(attribution.total));
  message.set_unattributed_weight(static_cast<int64_t>(attribution.unattributed));
  message.set_unmeasured(attribution.unmeasured);
  AddFigures(figure, request.top_k() == 0 ? 1 : request.top_k(), message);
  AddGroups(figure, request.max_groups() == 0 ? kGroupsDefault : request.max_groups(), message);
  for (engine::ConsumerIndex consumer : attribution.cyclic) {
    if (message.cyclic_consumers_size() == kCyclicMax) break;
    message.add_cyclic_consumers(std::string(knowledge.graph().consumers().NameOf(consumer)));
  }
}

void AddForeign(const engine::Knowledge& knowledge, const engine::Attribution& attribution,
                const std::vector<std::string>& home, v1::ForeignShare& message) {
  std::vector<engine::Country> countries;
  for (const std::string& code : home) {
    message.add_home(code);
    if (auto country = engine::Country::Parse(code)) countries.push_back(*country);
  }
  const engine::ForeignWeight weight = engine::WeighForeign(knowledge, attribution, countries);
  const engine::Graph& graph = knowledge.graph();
  message.set_foreign_weight(static_cast<int64_t>(weight.foreign));
  message.set_home_weight(static_cast<int64_t>(weight.home));
  message.set_unknown_weight(static_cast<int64_t>(weight.unknown));
  message.set_likely_foreign_weight(static_cast<int64_t>(weight.likely_foreign));
  if (attribution.total > 0) {
    message.set_foreign_share_likely_ratio(
        engine::Fraction{engine::Uint128{weight.foreign} + weight.likely_foreign, attribution.total}
            .ToDouble());
    message.set_foreign_share_lower_ratio(engine::Fraction{weight.foreign, attribution.total}.ToDouble());
    message.set_foreign_share_upper_ratio(
        engine::Fraction{engine::Uint128{weight.foreign} + weight.unknown, attribution.total}.ToDouble());
  }
  for (size_t i = 0; i < std::min(weight.models.size(), kForeignModelsMax); ++i) {
    const engine::ForeignModel& foreign = weight.models[i];
    v1::ForeignShare::ForeignModel& model = *message.add_models();
    model.set_model(graph.models()[foreign.model].name);
    model.set_weight(static_cast<int64_t>(foreign.weight));
    for (engine::ModelIndex step : foreign.path) model.add_path(graph.models()[step].name);
    model.set_origin_country(foreign.origin.ToString());
  }
}

void AddAssumptions(const Analysis& analysis, const v1::GetConcentrationRequest& request,
                    v1::GetConcentrationResponse& response) {
  const engine::Graph& graph = analysis.graph();
  const engine::Counted& who = analysis.counted();
  std::vector<engine::ConsumerIndex> counted;
  for (engine::ConsumerIndex consumer : graph.consumers()) {
    const bool as_service = request.include_business_services() && who.IsBusinessService(consumer);
    if (who.IsApplication(consumer) || as_service) counted.push_back(consumer);
  }
  response.set_stand_in_route_count(who.stand_ins());
  AddStandIns(who, *response.mutable_assumptions());
  FigureAssumptions assumptions =
      AssumptionsOfFigures(graph, counted, request.basis() == common::BASIS_CRITICALITY);
  response.set_untiered_consumers(assumptions.untiered);
  for (std::string& sentence : assumptions.sentences) {
    if (response.assumptions_size() < kAssumptionsMax) response.add_assumptions(std::move(sentence));
  }
}

absl::StatusOr<std::vector<engine::Dimension>> DimensionsAsked(const v1::GetConcentrationRequest& request) {
  if (request.dimensions().empty()) {
    return std::vector<engine::Dimension>(engine::kAllDimensions.begin(), engine::kAllDimensions.end());
  }
  std::vector<engine::Dimension> dimensions;
  for (int i = 0; i < request.dimensions_size(); ++i) {
    if (request.dimensions(i) == common::DIMENSION_UNSPECIFIED ||
        !common::Dimension_IsValid(request.dimensions(i))) {
      return base::FieldError(absl::StrCat("dimensions[", i, "]"),
                              "name a dimension, or leave the list empty for all");
    }
    dimensions.push_back(DimensionOf(request.dimensions(i)));
  }
  return dimensions;
}

}  // namespace

engine::Basis BasisOf(common::Basis basis) {
  switch (basis) {
    case common::BASIS_CRITICALITY:
      return engine::Basis::kCriticality;
    case common::BASIS_REQUESTS:
      return engine::Basis::kRequests;
    case common::BASIS_TOKENS:
      return engine::Basis::kTokens;
    case common::BASIS_SPEND:
      return engine::Basis::kSpend;
    default:
      return engine::Basis::kApplications;
  }
}

// Both lists have the same order; the API's begins with UNSPECIFIED.
static_assert(common::DIMENSION_OPERATOR == 1 + static_cast<int>(engine::Dimension::kOperator));
static_assert(common::DIMENSION_HOST_COUNTRY == 1 + static_cast<int>(engine::Dimension::kHostCountry));
static_assert(common::DIMENSION_BASE_MODEL_ROOT == 1 + static_cast<int>(engine::Dimension::kBaseModelRoot));
static_assert(common::DIMENSION_LICENCE == 1 + static_cast<int>(engine::Dimension::kLicence));
static_assert(common::Dimension_MAX == common::DIMENSION_LICENCE);

engine::Dimension DimensionOf(common::Dimension dimension) {
  return static_cast<engine::Dimension>(static_cast<int>(dimension) - 1);
}

common::Dimension ToProto(engine::Dimension dimension) {
  return static_cast<common::Dimension>(static_cast<int>(dimension) + 1);
}

static_assert(common::BASIS_APPLICATIONS == 1 + static_cast<int>(engine::Basis::kApplications));
static_assert(common::BASIS_SPEND == 1 + static_cast<int>(engine::Basis::kSpend));

common::Basis ToProto(engine::Basis basis) { return static_cast<common::Basis>(static_cast<int>(basis) + 1); }

absl::Status ReportConcentration(Analysis& analysis, const v1::GetConcentrationRequest& request,
                                 const std::vector<std::string>& default_home,
                                 const std::function<bool()>& cancelled,
                                 v1::GetConcentrationResponse& response) {
  const auto dimensions = DimensionsAsked(request);
  if (!dimensions.ok()) return dimensions.status();
  const auto attribution =
      analysis.Attribution(BasisOf(request.basis()), request.include_business_services(), cancelled);
  if (!attribution.ok()) return attribution.status();
  response.set_basis(request.basis() == common::BASIS_UNSPECIFIED ? common::BASIS_APPLICATIONS
                                                                  : request.basis());
  for (engine::Dimension dimension : *dimensions) {
    AddConcentration(analysis.Knowledge(), **attribution, dimension, request, *response.add_concentrations());
  }
  const std::vector<std::string> home =
      request.home().empty() ? default_home
                             : std::vector<std::string>(request.home().begin(), request.home().end());
  if (!home.empty()) AddForeign(analysis.Knowledge(), **attribution, home, *response.mutable_foreign());
  AddAssumptions(analysis, request, response);
  return absl::OkStatus();
}

}  // namespace linchpin::risk
