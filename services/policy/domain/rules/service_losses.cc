#include "services/policy/domain/rules/service_losses.h"

#include <iterator>
#include <utility>

#include "services/resource/kinds.h"
#include "services/resource/validate.h"

namespace linchpin::policy {

using engine::Atom;
using engine::AtomClass;

namespace {

struct Prefix {
  std::string_view text, collection;
  AtomClass atom_class;
};
constexpr Prefix kPrefixes[] = {
    {"vendor:", "vendors/", AtomClass::kVendor},    {"host:", "hosts/", AtomClass::kHost},
    {"licence:", "licences/", AtomClass::kLicence}, {"model:", "models/", AtomClass::kModel},
    {"weights:", "", AtomClass::kWeights},          {"services:", "", AtomClass::kServices},
};

}  // namespace

std::optional<NamedLoss> LossNamed(std::string_view key) {
  for (const Prefix& prefix : kPrefixes) {
    if (key.substr(0, prefix.text.size()) != prefix.text) continue;
    const std::string_view rest = key.substr(prefix.text.size());
    NamedLoss loss{prefix.atom_class, "", std::nullopt};
    if (prefix.collection.empty()) {
      if (!resource::IsCountry(rest)) return std::nullopt;
      loss.country = engine::Country::Parse(rest);
    } else {
      if (!resource::IsId(rest)) return std::nullopt;
      loss.resource = std::string(prefix.collection) + std::string(rest);
    }
    return loss;
  }
  return std::nullopt;
}

std::string ResourceOf(const engine::Graph& graph, const Atom& atom) {
  if (atom.unlisted) return "";
  const auto loss = LossNamed(engine::KeyOf(graph, atom));
  return loss ? loss->resource : "";
}

ServiceLosses::ServiceLosses(SharedPlan& plan) : plan_(plan), knowledge_(plan.knowledge()) {}

absl::StatusOr<const engine::EvaluationPlan*> ServiceLosses::Plan() {
  const auto plan = plan_.Plan();
  if (!plan.ok()) return plan.status();
  return plan->get();
}

absl::StatusOr<const ServiceLosses::Outcomes*> ServiceLosses::Of(AtomClass atom_class,
                                                                 const ServiceTerms& terms) {
  auto found = outcomes_.find({atom_class, terms});
  if (found == outcomes_.end())
    found = outcomes_.emplace(std::pair{atom_class, terms}, Sweep(atom_class, terms)).first;
  if (!found->second.ok()) return found->second.status();
  return &*found->second;
}

absl::StatusOr<ServiceLosses::Outcomes> ServiceLosses::Sweep(AtomClass atom_class,
                                                             const ServiceTerms& terms) {
  const auto plan = Plan();
  if (!plan.ok()) return plan.status();
  engine::SweepOptions options;
  options.readiness = terms.readiness;
  options.threshold_ppm = terms.lost_at_ppm;
  options.list_failed = true;
  auto outcomes = engine::Sweep(**plan, engine::AtomIndex(*knowledge_, atom_class), options);
  if (!outcomes.ok()) return outcomes;
  auto unlisted = engine::Sweep(**plan, engine::AtomIndex::OfUnlisted(*knowledge_, atom_class), options);
  if (!unlisted.ok()) return unlisted;
  std::move(unlisted->begin(), unlisted->end(), std::back_inserter(*outcomes));
  return outcomes;
}

absl::StatusOr<Atom> ServiceLosses::AtomNamed(const std::string& key) const {
  const std::optional<NamedLoss> named = LossNamed(key);
  if (!named) return absl::NotFoundError("`" + key + "` names no loss");
  Atom atom{.atom_class = named->atom_class};
  if (named->country) {
    atom.country = *named->country;
    return atom;
  }
  const auto take = [&](const auto& index) {
    if (index) atom.index = index->value;
  };
  if (named->atom_class == AtomClass::kVendor) take(graph().vendors().Find(named->resource));
  if (named->atom_class == AtomClass::kHost) take(graph().hosts().Find(named->resource));
  if (named->atom_class == AtomClass::kLicence) take(graph().licences().Find(named->resource));
  if (named->atom_class == AtomClass::kModel) take(graph().models().Find(named->resource));
  if (atom.index == UINT32_MAX)
    return absl::NotFoundError("`" + key + "`: " + named->resource + " is not in the inventory");
  return atom;
}

absl::StatusOr<engine::AtomOutcome> ServiceLosses::Lose(const std::string& key, const ServiceTerms& terms) {
  const absl::StatusOr<Atom> atom = AtomNamed(key);
  if (!atom.ok()) return atom.status();
  const auto plan = Plan();
  if (!plan.ok()) return plan.status();
  engine::AtomOutcome outcome{*atom, key, {}};
  for (const engine::Reading reading : engine::kReadings) {
    const auto lister = engine::LossLister::Create(**plan, reading, terms.readiness);
    if (!lister.ok()) return lister.status();
    const auto lowered = (*lister)->Lose(*atom);
    if (!lowered.ok()) return lowered.status();
    for (const auto& consumer : *lowered) {
      if (consumer.base > terms.lost_at_ppm && consumer.level <= terms.lost_at_ppm)
        outcome.impact[reading].failures.push_back(consumer.consumer);
    }
  }
  return outcome;
}

absl::StatusOr<std::vector<bool>> ServiceLosses::Down(engine::Reading reading, const ServiceTerms& terms) {
  const auto plan = Plan();
  if (!plan.ok()) return plan.status();
  const auto baseline = (*plan)->Baseline(reading, terms.readiness);
  if (!baseline.ok()) return baseline.status();
  std::vector<bool> down(graph().consumers().slots(), false);
  for (const engine::ConsumerIndex consumer : graph().consumers())
    down[consumer.value] = (*baseline)->level[consumer.value] <= terms.lost_at_ppm;
  return down;
}

}  // namespace linchpin::policy
