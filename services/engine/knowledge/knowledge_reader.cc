#include "services/engine/knowledge/knowledge_reader.h"

#include <algorithm>

#include "services/engine/graph/lineage.h"

namespace linchpin::engine {

void FactInProgress::StartProven() { now_ = WholeDomain(kind_); }

void FactInProgress::StartLikely() {
  now_ = fact_.proven;
  on_likely_ = true;
}

void FactInProgress::EndLikely() {
  if (has_likely_) fact_.likely = now_;
}

void FactInProgress::Narrow(const Domain& cut, Rule rule, bool is_likelihood) {
  if (contradicted_ || cut == now_) return;
  if (cut.empty()) {
    found_.push_back({kind_, subject_, rule, on_likely_});
    if (on_likely_) return;
    contradicted_ = fact_.contradicted = true;
    now_ = WholeDomain(kind_);
    fact_.proven_rule = Rule::kStated;
    return;
  }
  now_ = cut;
  if (!on_likely_) {
    fact_.proven_rule = rule;
    fact_.proven_from.reset();
    return;
  }
  has_likely_ = true;
  fact_.likely_rule = rule;
  fact_.likelihood = is_likelihood ? likelihood_ : nullptr;
  fact_.likely_from.reset();
}

void FactInProgress::CutByStated() {
  if (!on_likely_) {
    if (bound_ != nullptr) Narrow(Cut(now_, *bound_), Rule::kStated, false);
  } else if (likelihood_ != nullptr) {
    Narrow(Common(now_, Domain::Of(likelihood_->values, likelihood_->none)), Rule::kStated, true);
  }
}

void FactInProgress::CutBy(const std::optional<Conclusion>& conclusion) {
  if (!conclusion.has_value()) return;
  if (on_likely_ ? likelihood_ != nullptr : !conclusion->is_bound) return;
  Narrow(Cut(now_, conclusion->bound), conclusion->rule, false);
}

void FactInProgress::CutTo(const Domain& allowed, FactKind from) {
  const Domain before = now_;
  Narrow(Common(now_, allowed), Rule::kStated, false);
  if (now_ != before && !contradicted_) (on_likely_ ? fact_.likely_from : fact_.proven_from) = from;
}

void KnowledgeReader::Read() {
  for (VendorIndex index : graph_.vendors()) ReadVendor(index);
  for (HostIndex index : graph_.hosts()) ReadHost(index);
  for (LicenceIndex index : graph_.licences()) ReadLicence(index);
  for (ModelIndex index : graph_.models()) ReadModel(index);
  knowledge_.IndexModels();
  for (ModelIndex index : graph_.models()) ReadLineage(index);
  for (DeploymentIndex index : graph_.deployments()) ReadDeployment(index);
  std::vector<Contradiction>& found = knowledge_.found_->contradictions;
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  knowledge_.found_->has_likely =
      std::any_of(knowledge_.found_->facts.begin(), knowledge_.found_->facts.end(),
                  [](const auto& entry) { return entry.second->likely.has_value(); });
}

void KnowledgeReader::Keep(FactInProgress fact, uint32_t subject) {
  if (!fact.IsSpecial()) return;
  knowledge_.found_->facts[Knowledge::KeyOf(fact.kind(), subject)] = std::make_unique<OpenFact>(fact.Take());
}

void KnowledgeReader::ReadAlone(FactKind kind, uint32_t subject, const StatedPtr& stated) {
  if (stated == nullptr) return;
  FactInProgress fact(kind, subject, stated, knowledge_.found_->contradictions);
  fact.StartProven();
  fact.CutByStated();
  fact.EndProven();
  fact.StartLikely();
  fact.CutByStated();
  fact.EndLikely();
  Keep(std::move(fact), subject);
}

void KnowledgeReader::ReadVendor(VendorIndex index) {
  const Vendor& vendor = graph_.vendors()[index];
  if (vendor.stated == nullptr) return;
  if (!vendor.country.has_value()) ReadAlone(FactKind::kVendorCountry, index.value, vendor.stated);
  if (!vendor.parent.is_unknown()) return;
  const auto closes_cycle = [&](Member parent) {
    const std::vector<VendorIndex> owners = OwnersOf(graph_, {parent}).vendors;
    return std::find(owners.begin(), owners.end(), index) != owners.end();
  };
  FactInProgress parent(FactKind::kVendorParent, index.value, vendor.stated,
                        knowledge_.found_->contradictions);
  parent.StartProven();
  parent.CutByStated();
  parent.Remove(closes_cycle, FactKind::kVendorParent);
  parent.EndProven();
  parent.StartLikely();
  parent.CutByStated();
  parent.Remove(closes_cycle, FactKind::kVendorParent);
  parent.EndLikely();
  Keep(std::move(parent), index.value);
}

void KnowledgeReader::ReadHost(HostIndex index) {
  const Host& host = graph_.hosts()[index];
  if (host.provider.is_unknown()) ReadAlone(FactKind::kHostProvider, index.value, host.stated);
  if (!host.country.has_value()) ReadAlone(FactKind::kHostCountry, index.value, host.stated);
}

void KnowledgeReader::ReadLicence(LicenceIndex index) {
  const Licence& licence = graph_.licences()[index];
  if (!licence.irrevocable.has_value()) ReadAlone(FactKind::kIrrevocability, index.value, licence.stated);
}

}  // namespace linchpin::engine
