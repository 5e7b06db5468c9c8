// Finds the domains of one graph. Internal to Knowledge::Create.
#ifndef LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_KNOWLEDGE_READER_H_
#define LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_KNOWLEDGE_READER_H_

#include <optional>
#include <vector>

#include "services/engine/knowledge/knowledge.h"

namespace linchpin::engine {

// One fact while its domain is found. It is cut twice: on what is proven, then on what is likely.
class FactInProgress {
 public:
  FactInProgress(FactKind kind, uint32_t subject, const StatedPtr& stated, std::vector<Contradiction>& found)
      : kind_(kind), subject_(subject), found_(found) {
    if (stated == nullptr) return;
    bound_ = stated->BoundOf(kind);
    likelihood_ = stated->LikelyOf(kind);
  }

  // The domain on one side, in this order: Start, then the cuts, then Settle.
  void StartProven();
  void StartLikely();
  // By what the document states, a bound or, on the side likely, the likelihood.
  void CutByStated();
  // By what a rule concludes. A likelihood of a rule only where none is stated, and on the side likely only.
  void CutBy(const std::optional<Conclusion>& conclusion);
  // By what another fact of the same thing allows. `from`: the fact whose likelihood is the reason, on the
  // side likely.
  void CutTo(const Domain& allowed, FactKind from);
  template <typename Predicate>
  void Remove(const Predicate& removed, FactKind from) {
    Domain cut = now_;
    cut.RemoveListed(removed);
    CutTo(cut, from);
  }

  const Domain& now() const { return now_; }
  FactKind kind() const { return kind_; }
  // Anything but the whole domain of the kind?
  bool IsSpecial() const { return has_likely_ || contradicted_ || fact_.proven != WholeDomain(kind_); }
  bool has_likely() const { return has_likely_; }
  void EndProven() { fact_.proven = now_; }
  void EndLikely();
  OpenFact Take() { return std::move(fact_); }

 private:
  void Narrow(const Domain& cut, Rule rule, bool is_likelihood);

  const FactKind kind_;
  const uint32_t subject_;
  std::vector<Contradiction>& found_;
  const Bound* bound_ = nullptr;
  const Likelihood* likelihood_ = nullptr;
  OpenFact fact_;
  Domain now_;
  bool on_likely_ = false;
  bool contradicted_ = false;  // On what is proven: cut by nothing.
  bool has_likely_ = false;
};

class KnowledgeReader {
 public:
  explicit KnowledgeReader(Knowledge& knowledge) : knowledge_(knowledge), graph_(*knowledge.graph_) {}
  void Read();

 private:
  struct DeploymentFactsOpen;
  enum class Side : uint8_t { kProven, kLikely };

  void ReadVendor(VendorIndex index);
  void ReadHost(HostIndex index);
  void ReadLicence(LicenceIndex index);
  void ReadModel(ModelIndex index);
  void ReadDeployment(DeploymentIndex index);
  // One fact that nothing else of the same thing or any rule bears on.
  void ReadAlone(FactKind kind, uint32_t subject, const StatedPtr& stated);
  void Keep(FactInProgress fact, uint32_t subject);

  // Of models (model_reader.cc).
  Domain OriginsAllowed(ModelIndex index, Side side) const;
  void ReadOrigin(ModelIndex index);
  void ReadLineage(ModelIndex index);
  void CheckDerivedValues(ModelIndex index);
  std::vector<Member> DevelopersOf(ModelIndex index, Side side) const;
  Domain WeightsDomain(ModelIndex index, Side side) const;

  // Of deployments (deployment_reader.cc).
  bool IsPlain(const Deployment& deployment) const;
  void ReadSide(DeploymentIndex index, DeploymentFactsOpen& open, Side side) const;
  void ReadModeAndOperator(const Deployment& deployment, DeploymentFactsOpen& open, Side side) const;
  void ReadModelOfDeployment(DeploymentFactsOpen& open) const;
  void ReadHostOfDeployment(const Deployment& deployment, DeploymentFactsOpen& open) const;
  void CutByHosts(DeploymentFactsOpen& open) const;
  std::vector<Member> ModelDevelopers(const Deployment& deployment, const DeploymentFactsOpen& open,
                                      Side side) const;
  bool IsClosed(const Deployment& deployment, Side side) const;

  Knowledge& knowledge_;
  const Graph& graph_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_KNOWLEDGE_READER_H_
