// What a remedy does, for the answer: whose scores it moves, against which losses, and what it saves.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_REMEDY_EFFECT_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_REMEDY_EFFECT_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "services/risk/domain/remedies/candidate.h"
#include "services/risk/domain/remedies/loss_fall.h"
#include "services/risk/domain/remedies/remedy_stage.h"
#include "services/risk/domain/remedies/score_subject.h"

namespace linchpin::risk {

// Whose score a remedy moves.
struct MovedConsumer {
  engine::ConsumerIndex consumer;
  PerReading before, after;
};

// One that is picked, or listed as if it were the only one.
struct PickedRemedy {
  Candidate candidate;
  std::optional<PerReading> alone = {};  // The score with it alone; none if it builds on one before it.
  PerReading before = {}, after = {};
  std::vector<MovedConsumer> moved = {};                       // By fall times share, falling, then by name.
  std::vector<std::pair<std::string, PerReading>> atoms = {};  // By fall, likely before the others.
  std::vector<std::string> still_shared = {};                  // Keys, in the order of the exposure.
  std::optional<LossFall> loss = {};
};

// Tells of a change before it is taken.
// Ownership: refers to what it is given. Thread safety: immutable.
struct EffectTeller {
  const RemedyStage& stage;  // Before the change.
  const RemedySubject& subject;
  const HazardSet& hazards;
  const LossDraws& draws;
  const engine::Limits& limits;

  // Fills `before`, `after`, `moved`, `atoms` and, where `priced`, `loss` of a change that was tried with
  // parts. Errors: those of ScoreTrial and of SumFall.
  absl::Status Tell(const Trial& trial, bool priced, PickedRemedy& picked) const;
  // Fills `after` and `moved` anew, from lambdas that are known better than by the trial.
  void Correct(const Lambdas& after, PickedRemedy& picked) const;

 private:
  Lambdas After(const Trial& trial) const;
  void TellAtoms(const std::vector<engine::TriedConsumer>& now, const Trial& trial,
                 PickedRemedy& picked) const;
};

// Fills `still_shared`: what takes all of what stood there and what is added, on proven or likely facts, but
// for what `hazards` takes as never lost. `stage` is the one on which both are known.
void TellShared(const RemedyStage& stage, const engine::Hazards& hazards, PickedRemedy& picked);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_REMEDY_EFFECT_H_
