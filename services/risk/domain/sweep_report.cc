#include "services/risk/domain/sweep_report.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/engine/simulation/simulate.h"
#include "services/engine/simulation/sweep.h"
#include "services/risk/domain/engine_error.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

constexpr size_t kAtomsDefault = 100;
constexpr int kConsumersDefault = 10;
constexpr size_t kResponseBytesMax = 15 << 20;

std::optional<engine::AtomClass> ClassOf(v1::AtomClass atom_class) {
  switch (atom_class) {
    case v1::ATOM_CLASS_VENDOR:
      return engine::AtomClass::kVendor;
    case v1::ATOM_CLASS_HOST:
      return engine::AtomClass::kHost;
    case v1::ATOM_CLASS_LICENCE:
      return engine::AtomClass::kLicence;
    case v1::ATOM_CLASS_WEIGHTS:
      return engine::AtomClass::kWeights;
    case v1::ATOM_CLASS_SERVICES:
      return engine::AtomClass::kServices;
    case v1::ATOM_CLASS_MODEL:
      return engine::AtomClass::kModel;
    default:
      return std::nullopt;
  }
}

// Each class once, in the order in which they are first named.
absl::StatusOr<std::vector<engine::AtomClass>> ClassesAsked(const v1::SweepCutoffsRequest& request) {
  std::vector<engine::AtomClass> classes;
  for (int i = 0; i < request.atom_classes_size(); ++i) {
    const std::optional<engine::AtomClass> asked = ClassOf(request.atom_classes(i));
    if (!asked.has_value()) {
      return base::FieldError(absl::StrCat("atom_classes[", i, "]"),
                              "name a class, or leave the list empty for VENDOR");
    }
    if (std::find(classes.begin(), classes.end(), *asked) == classes.end()) classes.push_back(*asked);
  }
  if (classes.empty()) classes.push_back(engine::AtomClass::kVendor);
  return classes;
}

void Rank(std::vector<engine::AtomOutcome>& atoms) {
  std::sort(atoms.begin(), atoms.end(), [](const engine::AtomOutcome& a, const engine::AtomOutcome& b) {
    if (a.impact.proven.impact_index_ppm != b.impact.proven.impact_index_ppm)
      return a.impact.proven.impact_index_ppm > b.impact.proven.impact_index_ppm;
    if (a.impact.not_excluded.impact_index_ppm != b.impact.not_excluded.impact_index_ppm)
      return a.impact.not_excluded.impact_index_ppm > b.impact.not_excluded.impact_index_ppm;
    return a.key < b.key;
  });
}

void AddFigures(const engine::AtomOutcome& atom, v1::AtomImpact& message) {
  message.set_key(atom.key);
  message.set_best_index_ppm(static_cast<int32_t>(atom.impact.proven.impact_index_ppm));
  message.set_worst_index_ppm(static_cast<int32_t>(atom.impact.not_excluded.impact_index_ppm));
  message.set_best_impacted(atom.impact.proven.impacted);
  message.set_worst_impacted(atom.impact.not_excluded.impacted);
  message.set_best_down(atom.impact.proven.failed);
  message.set_worst_down(atom.impact.not_excluded.failed);
}

// Those impaired in WORST, by weight times loss falling, then by name.
absl::Status AddConsumers(const engine::Graph& graph, const engine::AtomOutcome& atom,
                          engine::LossLister& losses, int max, v1::AtomImpact& message) {
  if (atom.impact.not_excluded.impacted == 0) return absl::OkStatus();
  const auto lowered = losses.Lose(atom.atom);
  if (!lowered.ok()) return FromEngine(lowered.status());
  std::vector<std::pair<__int128, engine::ConsumerIndex>> rows;
  for (const engine::StaticOutcome::Lowered& loss : *lowered) {
    const __int128 weight = graph.consumers()[loss.consumer].record().weight;
    rows.emplace_back(weight * (loss.base - loss.level), loss.consumer);
  }
  const auto before = [&graph](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first > b.first;
    return graph.consumers().NameOf(a.second) < graph.consumers().NameOf(b.second);
  };
  const size_t count = std::min(rows.size(), static_cast<size_t>(max));
  std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count), rows.end(), before);
  for (size_t i = 0; i < count; ++i)
    message.add_consumers(std::string(graph.consumers().NameOf(rows[i].second)));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<engine::AtomOutcome>> SweepAll(
    const Analysis& analysis, const engine::Prepared& prepared, const std::vector<engine::AtomClass>& classes,
    engine::SweepOptions options, const std::function<void(int64_t, int64_t)>& progress) {
  int64_t total = 0, done = 0;
  for (engine::AtomClass atom_class : classes)
    total += static_cast<int64_t>(analysis.Atoms(atom_class).entries().size());
  if (progress) {
    progress(0, total);
    options.atom_done = [&] { progress(++done, total); };
  }
  std::vector<engine::AtomOutcome> atoms;
  for (engine::AtomClass atom_class : classes) {
    auto outcomes = engine::Sweep(prepared, analysis.Atoms(atom_class), options);
    if (!outcomes.ok()) return FromEngine(outcomes.status());
    std::move(outcomes->begin(), outcomes->end(), std::back_inserter(atoms));
  }
  Rank(atoms);
  return atoms;
}

}  // namespace

absl::Status ReportSweep(Analysis& analysis, const v1::SweepCutoffsRequest& request, const SweepHooks& hooks,
                         v1::SweepResult& result) {
  const auto classes = ClassesAsked(request);
  if (!classes.ok()) return classes.status();
  const auto prepared = analysis.Prepared();
  if (!prepared.ok()) return prepared.status();
  engine::SweepOptions options;
  options.limits.cancelled = hooks.cancelled;
  if (request.readiness() == v1::READINESS_IMMEDIATE) options.readiness = engine::Readiness::kImmediate;
  const auto atoms = SweepAll(analysis, **prepared, *classes, options, hooks.progress);
  if (!atoms.ok()) return atoms.status();
  const auto losses = engine::LossLister::Create(**prepared, engine::Reading::kNotExcluded, options.readiness,
                                                 options.limits);
  if (!losses.ok()) return FromEngine(losses.status());
  result.set_atom_count(static_cast<int64_t>(atoms->size()));
  const size_t max_atoms =
      request.max_atoms() == 0 ? kAtomsDefault : static_cast<size_t>(request.max_atoms());
  const int max_consumers = request.max_consumers() == 0 ? kConsumersDefault : request.max_consumers();
  size_t bytes = 0;
  for (size_t i = 0; i < std::min(atoms->size(), max_atoms); ++i) {
    v1::AtomImpact& message = *result.add_atoms();
    AddFigures((*atoms)[i], message);
    absl::Status status = AddConsumers(analysis.graph(), (*atoms)[i], **losses, max_consumers, message);
    if (!status.ok()) return status;
    bytes += message.ByteSizeLong() + 8;
    if (bytes > kResponseBytesMax) {
      return base::Error(absl::StatusCode::kResourceExhausted, "LIMIT_REACHED",
                         "the answer is larger than a message may be; set max_atoms or max_consumers")
          .With("limit", absl::StrCat(kResponseBytesMax, " bytes"));
    }
  }
  return absl::OkStatus();
}

}  // namespace linchpin::risk
