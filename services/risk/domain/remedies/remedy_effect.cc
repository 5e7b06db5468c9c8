#include "services/risk/domain/remedies/remedy_effect.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "services/engine/score/score.h"
#include "services/risk/domain/reports/engine_error.h"

namespace linchpin::risk {
namespace {

using engine::Reading;
using engine::Target;

constexpr size_t kAtomsTold = 5;

}  // namespace

absl::Status EffectTeller::Tell(const Trial& trial, bool priced, PickedRemedy& picked) const {
  picked.before = subject.ScoreOf(stage.lambdas());
  Correct(After(trial), picked);
  const auto now = stage.Now(trial.affected, limits);
  if (!now.ok()) return FromEngine(now.status());
  TellAtoms(*now, trial, picked);
  if (!priced) return absl::OkStatus();
  const LossSide before{stage.graph(), stage.facts()};
  const LossSide after{trial.graph, trial.facts != nullptr ? trial.facts : stage.facts()};
  auto fall = SumFall(before, after, trial.affected, hazards, draws);
  if (!fall.ok()) return fall.status();
  picked.loss = *std::move(fall);
  return absl::OkStatus();
}

Lambdas EffectTeller::After(const Trial& trial) const {
  Lambdas after = stage.lambdas();
  for (const engine::TriedConsumer& tried : trial.tried) {
    for (Reading reading : engine::kReadings) after[reading][tried.consumer.value] = tried.lambda[reading];
  }
  return after;
}

void EffectTeller::Correct(const Lambdas& after, PickedRemedy& picked) const {
  picked.after = subject.ScoreOf(after);
  picked.moved.clear();
  const engine::ConsumerTable& consumers = stage.graph()->consumers();
  for (engine::ConsumerIndex consumer : consumers) {
    if (consumers[consumer].record().kind == engine::ConsumerKind::kRoute) continue;
    MovedConsumer moved{consumer, {}, {}};
    bool moves = false;
    for (Reading reading : engine::kReadings) {
      const double before = stage.lambdas()[reading][consumer.value], then = after[reading][consumer.value];
      moves |= before != then;
      moved.before[reading] = engine::ScoreOf(before);
      moved.after[reading] = engine::ScoreOf(then);
    }
    if (moves && !(moved.before == moved.after)) picked.moved.push_back(moved);
  }
  const auto fall = [&consumers](const MovedConsumer& moved) {
    return (moved.before.likely - moved.after.likely) *
           static_cast<double>(consumers[moved.consumer].record().weight);
  };
  std::sort(picked.moved.begin(), picked.moved.end(), [&](const MovedConsumer& a, const MovedConsumer& b) {
    if (fall(a) != fall(b)) return fall(a) > fall(b);
    return consumers.NameOf(a.consumer) < consumers.NameOf(b.consumer);
  });
}

// Contributions before less contributions after, by key: a change of facts may number atoms anew.
void EffectTeller::TellAtoms(const std::vector<engine::TriedConsumer>& now, const Trial& trial,
                             PickedRemedy& picked) const {
  std::map<std::string, PerReading> falls;
  const auto add = [&](const engine::AtomCache& atoms, const engine::TriedConsumer& tried, double sign) {
    const double share = subject.ShareOf(tried.consumer) * sign;
    for (const engine::LambdaPart& part : tried.parts) {
      PerReading& fall = falls[atoms.Of(part.atom_class).entries()[part.entry].key];
      for (Reading reading : engine::kReadings) {
        const double lambda = tried.lambda[reading];
        fall[reading] += share * engine::PartOf(engine::ScoreOf(lambda), part.lambda[reading], lambda);
      }
    }
  };
  const engine::AtomCache& after = trial.facts != nullptr ? trial.facts->atom_cache() : stage.trial().atoms();
  for (const engine::TriedConsumer& tried : now) add(stage.trial().atoms(), tried, 1);
  for (const engine::TriedConsumer& tried : trial.tried) add(after, tried, -1);
  for (const auto& [key, fall] : falls) {
    const bool falls_likely = fall.likely > 1e-9;
    if (falls_likely || (fall.likely > -1e-9 && fall.not_excluded > 1e-9))
      picked.atoms.emplace_back(key, fall);
  }
  std::stable_sort(picked.atoms.begin(), picked.atoms.end(), [](const auto& a, const auto& b) {
    return std::tie(a.second.likely, a.second.not_excluded) >
           std::tie(b.second.likely, b.second.not_excluded);
  });
  picked.atoms.resize(std::min(picked.atoms.size(), kAtomsTold));
}

void TellShared(const RemedyStage& stage, const engine::Hazards& hazards, PickedRemedy& picked) {
  const engine::Exposure& exposure = stage.exposure();
  if (picked.candidate.added.empty() || picked.candidate.present.empty()) return;
  const std::optional<Target> added = stage.graph()->FindTarget(picked.candidate.added);
  if (!added.has_value()) return;
  std::vector<Target> together = {*added};
  for (const std::string& name : picked.candidate.present) {
    const std::optional<Target> target = stage.graph()->FindTarget(name);
    if (target.has_value()) together.push_back(*target);
  }
  for (const engine::Exposed& one : exposure.CommonOf(together)) {
    const engine::AtomIndex::Entry& entry = exposure.entry(one.atom);
    if (one.first == Reading::kNotExcluded || hazards.Of(entry.atom.atom_class, entry.key).never()) continue;
    if (picked.still_shared.size() < kAtomsTold) picked.still_shared.push_back(entry.key);
  }
}

}  // namespace linchpin::risk
