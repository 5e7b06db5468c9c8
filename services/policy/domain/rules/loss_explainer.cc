#include "services/policy/domain/rules/loss_explainer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "services/engine/cutoff/conditions.h"
#include "services/policy/domain/rules/decision.h"
#include "services/policy/domain/rules/subject_result.h"

namespace linchpin::policy {
namespace {

using engine::ConsumerIndex;
using engine::FactKind;
using engine::FactRef;
using engine::HitReason;
using engine::Truth;

constexpr size_t kConsumersAsked = 1'000;

void AddFact(v1::Explanation::FactUsed fact, v1::Explanation& explanation) {
  const bool known = std::any_of(
      explanation.facts().begin(), explanation.facts().end(),
      [&](const auto& other) { return other.resource() == fact.resource() && other.path() == fact.path(); });
  if (!known && explanation.facts_size() < kFactsMax) *explanation.add_facts() = std::move(fact);
}

bool IsOfModel(engine::AtomClass atom_class) {
  return atom_class == engine::AtomClass::kWeights || atom_class == engine::AtomClass::kLicence ||
         atom_class == engine::AtomClass::kModel;
}

// The facts by which it is hit; empty where nothing proves it.
void AddProof(const World& world, const HitReason& reason, v1::Explanation& explanation) {
  const bool proven = reason.truth == Truth::kTrue;
  const LikelyFacts& likely = reason.likely_facts;
  for (const FactRef& fact : proven ? reason.facts : reason.likely_proof) {
    const bool leans = !proven && std::find(likely.begin(), likely.end(), fact) != likely.end();
    AddFact(world.FactUsed(fact, leans), explanation);
  }
}

}  // namespace

void LossExplainer::AddPaths(const World& world, const engine::Atom& atom, engine::Reading reading,
                             const std::vector<ConsumerIndex>& fallen, v1::Explanation& explanation) {
  const engine::ResolvedCutoff cutoff = engine::ResolvedCutoffOf(atom);
  const std::string lost = ResourceOf(losses_.graph(), atom);
  for (const ConsumerIndex consumer : fallen) {
    if (explanation.paths_size() == kPathsMax) return;
    for (const SupplyWalk::Reached& reached : walk_.FromConsumer(consumer, /*primary_only=*/false)) {
      const HitReason reason = engine::Explain(losses_.knowledge(), cutoff, reached.deployment);
      const bool hit =
          reading == engine::Reading::kLikely ? reason.likely : engine::HoldsIn(reading, reason.truth);
      if (!hit) continue;
      auto* names = explanation.add_paths()->mutable_names();
      for (std::string& name : walk_.PathTo(reached)) *names->Add() = std::move(name);
      const auto model = losses_.graph().deployments()[reached.deployment].model;
      if (IsOfModel(atom.atom_class) && model && losses_.graph().models()[*model].name != lost)
        *names->Add() = losses_.graph().models()[*model].name;
      if (!lost.empty()) *names->Add() = lost;
      AddProof(world, reason, explanation);
      break;
    }
  }
}

void LossExplainer::AddMissing(const engine::Atom& atom, const std::vector<ConsumerIndex>& undecided,
                               MissingFacts& missing) {
  const engine::ResolvedCutoff cutoff = engine::ResolvedCutoffOf(atom);
  absl::flat_hash_set<uint32_t> seen;
  const auto ask = [&](engine::DeploymentIndex deployment) {
    if (!seen.insert(deployment.value).second) return;
    const HitReason reason = engine::Explain(losses_.knowledge(), cutoff, deployment);
    if (reason.truth != Truth::kUnknown) return;
    for (const FactRef& fact : reason.facts)
      missing.push_back({engine::SubjectOf(losses_.graph(), fact), engine::FieldOf(losses_.graph(), fact)});
  };
  const size_t before = missing.size();
  for (size_t i = 0; i < undecided.size() && i < kConsumersAsked; ++i) {
    for (const SupplyWalk::Reached& reached : walk_.FromConsumer(undecided[i], /*primary_only=*/false))
      ask(reached.deployment);
  }
  if (missing.size() == before) AddSwitchTimes(undecided, missing);
  if (missing.size() > before) return;
  // Through a pool that it shares, one is touched by what hits another.
  for (const engine::DeploymentIndex deployment : losses_.graph().deployments()) ask(deployment);
}

// Where the same is hit in every reading, how long a change-over takes decides.
void LossExplainer::AddSwitchTimes(const std::vector<ConsumerIndex>& undecided, MissingFacts& missing) const {
  const engine::Graph& graph = losses_.graph();
  const auto add = [&](ConsumerIndex consumer) {
    const engine::ConsumerView view = graph.consumers()[consumer];
    for (uint32_t group = 0; group < view.group_count(); ++group) {
      for (uint32_t k = 1; k < view.group(group).size(); ++k) {
        if (view.group(group).alternative(k).switch_seconds != engine::AlternativeTerms::kUnknownSwitch)
          continue;
        const FactRef fact{FactKind::kSwitchTime, consumer.value, group, k};
        missing.push_back({engine::SubjectOf(graph, fact), engine::FieldOf(graph, fact)});
      }
    }
  };
  const size_t before = missing.size();
  for (const ConsumerIndex consumer : undecided) add(consumer);
  if (missing.size() > before) return;
  // Those of whom the undecided depend on, by way of other consumers.
  for (const ConsumerIndex consumer : graph.consumers()) add(consumer);
}

}  // namespace linchpin::policy
