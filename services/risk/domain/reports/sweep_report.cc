#include "services/risk/domain/reports/sweep_report.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/engine/simulation/simulate.h"
#include "services/engine/simulation/sweep.h"
#include "services/risk/domain/reports/engine_error.h"
#include "services/risk/domain/scores/atom_classes.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

constexpr size_t kAtomsDefault = 100;
constexpr int kConsumersDefault = 10;
constexpr size_t kResponseBytesMax = 15 << 20;

// Each class once, in the order in which they are first named.
absl::StatusOr<std::vector<engine::AtomClass>> ClassesAsked(const v1::SweepCutoffsRequest& request) {
  auto classes = ReadAtomClasses(request.atom_classes(), "atom_classes");
  if (classes.ok() && classes->empty()) classes->push_back(engine::AtomClass::kVendor);
  return classes;
}

// One atom with what is lost at once and what stays lost.
struct Swept {
  engine::Atom atom;
  std::string key;
  engine::ByReading<engine::AtomImpact> immediate;
  engine::ByReading<engine::AtomImpact> sustained;

  const engine::ByReading<engine::AtomImpact>& of(engine::Readiness readiness) const {
    return readiness == engine::Readiness::kImmediate ? immediate : sustained;
  }
};

void Rank(engine::Readiness readiness, std::vector<Swept>& atoms) {
  std::sort(atoms.begin(), atoms.end(), [readiness](const Swept& a, const Swept& b) {
    for (engine::Reading reading : engine::kReadings) {
      const int64_t of_a = a.of(readiness)[reading].impact_index_ppm;
      const int64_t of_b = b.of(readiness)[reading].impact_index_ppm;
      if (of_a != of_b) return of_a > of_b;
    }
    return a.key < b.key;
  });
}

void Fill(const engine::AtomImpact& impact, v1::AtomLoss& message) {
  message.set_index_ppm(static_cast<int32_t>(impact.impact_index_ppm));
  message.set_impacted(impact.impacted);
  message.set_down(impact.failed);
}

void Fill(const engine::ByReading<engine::AtomImpact>& impact, v1::AtomLosses& message) {
  Fill(impact.proven, *message.mutable_proven());
  Fill(impact.likely, *message.mutable_likely());
  Fill(impact.not_excluded, *message.mutable_not_excluded());
}

// Whom single atoms impair, by reading; one that is as the reading before is not asked.
class Losers {
 public:
  Losers(const engine::EvaluationPlan& plan, engine::Readiness readiness, engine::Limits limits, int max)
      : plan_(plan), readiness_(readiness), limits_(std::move(limits)), max_(max) {}

  // Each consumer in the first list that it belongs to.
  absl::Status Name(const Swept& swept, v1::AtomImpact& message) {
    std::set<engine::ConsumerIndex> told;
    for (engine::Reading reading : engine::kReadings) {
      const auto& impact = swept.of(readiness_)[reading];
      if (impact.impacted == 0) continue;
      auto& list = reading == engine::Reading::kProven   ? *message.mutable_consumers()
                   : reading == engine::Reading::kLikely ? *message.mutable_likely_consumers()
                                                         : *message.mutable_not_excluded_consumers();
      if (absl::Status status = Add(swept.atom, reading, told, list); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Add(const engine::Atom& atom, engine::Reading reading, std::set<engine::ConsumerIndex>& told,
                   google::protobuf::RepeatedPtrField<std::string>& list) {
    auto& lister = listers_[reading];
    if (lister == nullptr) {
      auto made = engine::LossLister::Create(plan_, reading, readiness_, limits_);
      if (!made.ok()) return FromEngine(made.status());
      lister = *std::move(made);
    }
    const auto lowered = lister->Lose(atom);
    if (!lowered.ok()) return FromEngine(lowered.status());
    std::vector<std::pair<__int128, engine::ConsumerIndex>> rows;
    const engine::ConsumerTable& consumers = plan_.graph().consumers();
    for (const engine::StaticOutcome::Lowered& loss : *lowered) {
      if (!plan_.counted().IsCounted(loss.consumer)) continue;
      const __int128 weight = plan_.counted().WeightOf(loss.consumer);
      if (told.insert(loss.consumer).second)
        rows.emplace_back(weight * (loss.base - loss.level), loss.consumer);
    }
    const size_t count = std::min(rows.size(), static_cast<size_t>(max_));
    std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count), rows.end(),
                      [&consumers](const auto& a, const auto& b) {
                        if (a.first != b.first) return a.first > b.first;
                        return consumers.NameOf(a.second) < consumers.NameOf(b.second);
                      });
    for (size_t i = 0; i < count; ++i) *list.Add() = std::string(consumers.NameOf(rows[i].second));
    return absl::OkStatus();
  }

  const engine::EvaluationPlan& plan_;
  const engine::Readiness readiness_;
  const engine::Limits limits_;
  const int max_;
  engine::ByReading<std::unique_ptr<engine::LossLister>> listers_;
};

// Sweeps one class twice, at once and for good, and joins the two by key.
absl::Status SweepClass(const Analysis& analysis, const engine::EvaluationPlan& plan,
                        engine::AtomClass atom_class, engine::SweepOptions options,
                        std::vector<Swept>& atoms) {
  std::map<std::string, Swept> by_key;
  for (engine::Readiness readiness : {engine::Readiness::kSustained, engine::Readiness::kImmediate}) {
    options.readiness = readiness;
    auto outcomes = engine::Sweep(plan, analysis.Atoms(atom_class), options);
    if (!outcomes.ok()) return FromEngine(outcomes.status());
    for (engine::AtomOutcome& outcome : *outcomes) {
      Swept& swept = by_key[outcome.key];
      swept.atom = outcome.atom;
      swept.key = outcome.key;
      (readiness == engine::Readiness::kSustained ? swept.sustained : swept.immediate) =
          std::move(outcome.impact);
    }
  }
  for (auto& [key, swept] : by_key) atoms.push_back(std::move(swept));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Swept>> SweepAll(const Analysis& analysis, const engine::EvaluationPlan& plan,
                                            const std::vector<engine::AtomClass>& classes,
                                            engine::Readiness ranked_by, engine::SweepOptions options,
                                            const std::function<void(int64_t, int64_t)>& progress) {
  int64_t total = 0, done = 0;
  for (engine::AtomClass atom_class : classes)
    total += static_cast<int64_t>(analysis.Atoms(atom_class).entries().size());
  if (progress) {
    progress(0, total);
    // Every atom is met twice.
    options.atom_done = [&] {
      if (++done % 2 == 0) progress(done / 2, total);
    };
  }
  std::vector<Swept> atoms;
  for (engine::AtomClass atom_class : classes) {
    if (absl::Status status = SweepClass(analysis, plan, atom_class, options, atoms); !status.ok())
      return status;
  }
  Rank(ranked_by, atoms);
  return atoms;
}

}  // namespace

absl::Status ReportSweep(Analysis& analysis, const v1::SweepCutoffsRequest& request, const SweepHooks& hooks,
                         v1::SweepResult& result) {
  const auto classes = ClassesAsked(request);
  if (!classes.ok()) return classes.status();
  const auto plan = analysis.Plan();
  if (!plan.ok()) return plan.status();
  engine::SweepOptions options;
  options.limits.cancelled = hooks.cancelled;
  const engine::Readiness ranked_by = request.readiness() == v1::READINESS_IMMEDIATE
                                          ? engine::Readiness::kImmediate
                                          : engine::Readiness::kSustained;
  const auto atoms = SweepAll(analysis, **plan, *classes, ranked_by, options, hooks.progress);
  if (!atoms.ok()) return atoms.status();
  result.set_atom_count(static_cast<int64_t>(atoms->size()));
  result.set_stand_in_route_count((*plan)->counted().stand_ins());
  const size_t max_atoms =
      request.max_atoms() == 0 ? kAtomsDefault : static_cast<size_t>(request.max_atoms());
  const int max_consumers = request.max_consumers() == 0 ? kConsumersDefault : request.max_consumers();
  Losers losers(**plan, ranked_by, options.limits, max_consumers);
  size_t bytes = 0;
  for (size_t i = 0; i < std::min(atoms->size(), max_atoms); ++i) {
    v1::AtomImpact& message = *result.add_atoms();
    message.set_key((*atoms)[i].key);
    Fill((*atoms)[i].immediate, *message.mutable_immediate());
    Fill((*atoms)[i].sustained, *message.mutable_sustained());
    if (absl::Status status = losers.Name((*atoms)[i], message); !status.ok()) return status;
    bytes += message.ByteSizeLong() + 8;
    if (bytes > kResponseBytesMax) {
      return base::Error(base::reason::LimitReached{.limit = absl::StrCat(kResponseBytesMax, " bytes")},
                         "the answer is larger than a message may be; set max_atoms or max_consumers");
    }
  }
  return absl::OkStatus();
}

}  // namespace linchpin::risk
