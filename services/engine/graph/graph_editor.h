// The making of one graph from another. Internal to Graph::Apply.
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_GRAPH_EDITOR_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_GRAPH_EDITOR_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "services/engine/graph/graph.h"

namespace linchpin::engine {

// Writes into a copy that shares everything with its original; used once, by one thread.
class GraphEditor {
 public:
  GraphEditor(const Graph& original, const GraphChanges& changes)
      : graph_(new Graph(original)), changes_(changes) {}

  absl::StatusOr<std::shared_ptr<const Graph>> Run();

 private:
  // One thing to do to one consumer. Exactly one pointer is set, or `erase` is true.
  struct ConsumerWork {
    ConsumerIndex consumer;
    bool erase = false;
    const ConsumerFacts* facts = nullptr;
    const GroupFacts* group = nullptr;
    const std::string* erased_group = nullptr;
  };

  // Small kinds (graph_apply.cc).
  void EraseSmallKinds();
  void NameSmallKinds();
  absl::Status FillVendors();
  absl::Status FillHosts();
  absl::Status FillLicences();
  absl::Status FillModels();
  absl::Status FillDeployments();
  absl::Status FillDeployment(const DeploymentFacts& facts, Deployment& out);
  absl::StatusOr<VendorIndex> FindVendor(std::string_view subject, std::string_view field,
                                         const std::string& name);
  absl::Status CheckNames() const;

  // Bounds, likelihoods and ties of vendors (graph_apply_knowledge.cc).
  absl::Status ReadMembers(std::string_view subject, std::string_view list, FactKind kind,
                           const std::vector<std::string>& texts, bool& none,
                           std::vector<Member>& members) const;
  absl::Status ReadStated(std::string_view subject, const KnowledgeFacts& facts, StatedPtr& out) const;
  absl::Status ReadTies(const VendorFacts& facts, std::shared_ptr<const VendorTies>& out) const;
  bool IsDangling(const StatedPtr& stated) const;
  bool IsDangling(const VendorTies* ties) const;

  // Consumers (graph_apply_consumers.cc).
  absl::Status ApplyConsumers();
  absl::Status CollectWork(std::vector<ConsumerWork>& work);
  ConsumerIndex EnsureConsumer(const std::string& name);
  void EraseConsumer(ConsumerIndex consumer);
  std::optional<ConsumerIndex> FindConsumer(std::string_view name) const;
  absl::Status RewriteChunk(uint32_t number, std::span<const ConsumerWork> work);
  absl::Status Rework(ConsumerDraft& draft, std::span<const ConsumerWork> work);
  absl::Status PutGroup(ConsumerDraft& draft, const GroupFacts& facts);
  void NoteReverse(ConsumerIndex consumer, const ConsumerChunk* before, const ConsumerDraft& after);
  void UpdateReverse();

  // Demand of routes (graph_apply_routes.cc).
  std::vector<ConsumerIndex> RoutesToSettle() const;
  int64_t DemandOf(ConsumerIndex route) const;
  void SettleRoutes();

  // What S1 rejects (graph_check.cc).
  absl::Status CheckDeleted() const;
  absl::Status CheckDeletedOfVendors() const;
  absl::Status CheckDeletedOfModels() const;
  absl::Status CheckDeletedOfDeployments() const;
  absl::Status CheckParents() const;
  absl::Status CheckDerivations() const;
  absl::Status CheckVendorApis() const;
  absl::Status CheckVendorApi(const Deployment& deployment) const;

  std::unique_ptr<Graph> graph_;
  const GraphChanges& changes_;
  std::vector<VendorIndex> erased_vendors_;
  std::vector<HostIndex> erased_hosts_;
  std::vector<LicenceIndex> erased_licences_;
  std::vector<ModelIndex> erased_models_;
  std::vector<DeploymentIndex> erased_deployments_;
  std::vector<ConsumerIndex> erased_consumers_;
  absl::flat_hash_map<uint32_t, const std::string*> new_consumers_;  // Names not yet in a chunk.
  std::vector<std::pair<Target, Dependent>> reverse_removed_;
  std::vector<std::pair<Target, Dependent>> reverse_added_;
  std::vector<std::pair<Target, std::string>> erased_targets_;  // With their names, for the error.
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_GRAPH_EDITOR_H_
