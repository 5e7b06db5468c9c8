#include "services/risk/domain/reports/importance_report.h"

#include <cmath>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/engine/structure/importance.h"
#include "services/risk/domain/reports/engine_error.h"
#include "services/risk/domain/reports/failure_request.h"
#include "services/risk/domain/scores/chances.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

constexpr int kAtomsDefault = 50;
constexpr int64_t kTrialsDefault = 1'000'000;

void Set(const engine::Bounded& figure, v1::Figure& message) {
  message.set_lower(figure.lower);
  message.set_upper(figure.upper);
}

void AddAtom(const engine::AtomImportance& atom, v1::AtomImportance& message) {
  message.set_atom(atom.key);
  message.set_chance(atom.chance);
  Set(atom.birnbaum, *message.mutable_birnbaum());
  Set(atom.criticality, *message.mutable_criticality());
  Set(atom.fussell_vesely, *message.mutable_fussell_vesely());
  Set(atom.achievement, *message.mutable_risk_achievement_worth());
  Set(atom.reduction, *message.mutable_risk_reduction_worth());
  Set(atom.diagnostic, *message.mutable_diagnostic());
}

void SetSample(const engine::FailureSample& sample, v1::FailureSample& message) {
  message.set_trials(sample.trials);
  message.set_failures(sample.failures);
  message.set_failure_ratio(sample.ratio());
  message.set_standard_error(sample.standard_error());
}

v1::ImportanceList::BoundReason ReasonOf(engine::Importance::Bound bound) {
  switch (bound) {
    case engine::Importance::Bound::kNone:
      return v1::ImportanceList::BOUND_REASON_UNSPECIFIED;
    case engine::Importance::Bound::kDiagram:
      return v1::ImportanceList::BOUND_REASON_DIAGRAM;
    case engine::Importance::Bound::kSearch:
      return v1::ImportanceList::BOUND_REASON_SEARCH;
    case engine::Importance::Bound::kCutSets:
      break;
  }
  return v1::ImportanceList::BOUND_REASON_CUT_SETS;
}

absl::Status AddList(const engine::EvaluationPlan& plan, const engine::FailureQuestion& question,
                     const engine::ImportanceOptions& options, int max_atoms, v1::ImportanceList& list) {
  const auto found = engine::FindImportance(plan, question, options);
  if (!found.ok()) return FromEngine(found.status());
  list.set_reading(ToProto(question.reading));
  Set(found->failure, *list.mutable_failure());
  list.set_atom_count(static_cast<int64_t>(found->atoms.size()));
  list.set_bound_reason(ReasonOf(found->bound));
  list.set_numbers_bind_at(ObstacleName(plan.graph(), found->obstacle));
  if (found->sample.has_value()) SetSample(*found->sample, *list.mutable_sample());
  for (const engine::AtomImportance& atom : found->atoms) {
    if (list.atoms_size() < max_atoms) AddAtom(atom, *list.add_atoms());
  }
  return absl::OkStatus();
}

}  // namespace

DefaultChances DefaultsOf(HazardSet hazards) {
  DefaultChances defaults{hazards.table, hazards.version, nullptr};
  defaults.chance = [hazards = std::move(hazards.hazards)](engine::AtomClass atom_class,
                                                           std::string_view key) {
    const engine::AtomHazard hazard = hazards.Of(atom_class, key);
    return hazard.certain() ? 1 : -std::expm1(-hazard.hazard.rate_per_year);
  };
  return defaults;
}

absl::Status ReportImportance(Analysis& analysis, const v1::GetImportanceRequest& request,
                              const DefaultChances& defaults, const std::function<bool()>& cancelled,
                              v1::GetImportanceResponse& response) {
  auto question = ReadQuestion(analysis, request.question());
  if (!question.ok()) return question.status();
  if (absl::Status status = CheckTogether(*question); !status.ok()) return status;
  question->together = TogetherOf(request.together());
  const auto readings = ReadReadings(request.readings());
  if (!readings.ok()) return readings.status();
  const auto chances = Chances::Read(request, question->atoms, defaults);
  if (!chances.ok()) return chances.status();
  const auto factors = ReadBetaFactors(request, *chances, question->atoms);
  if (!factors.ok()) return factors.status();
  for (const engine::BetaFactor& factor : *factors) question->common_causes.push_back(factor.cause);
  auto chance = engine::WithBetaFactors([&](std::string_view key) { return chances->Of(key); }, *factors);
  if (!chance.ok()) return FromEngine(chance.status());
  const auto plan = analysis.Plan();
  if (!plan.ok()) return plan.status();
  engine::ImportanceOptions options{.chance = *std::move(chance)};
  options.limits.evaluation.cancelled = cancelled;
  options.trials = request.trials() == 0 ? kTrialsDefault : request.trials();
  options.seed = request.seed() == 0 ? 1 : request.seed();
  if (chances->used_table()) {
    response.set_hazard_table(defaults.table);
    response.set_hazard_table_version(defaults.version);
  }
  const int max_atoms = request.max_atoms() == 0 ? kAtomsDefault : request.max_atoms();
  for (engine::Reading reading : *readings) {
    question->reading = reading;
    absl::Status status = AddList(**plan, *question, options, max_atoms, *response.add_lists());
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace linchpin::risk
