// The supply graph at one revision: who needs what, whose it is and where it comes from (S1).
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_GRAPH_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_GRAPH_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/graph/consumer_chunk.h"
#include "services/engine/graph/fact.h"
#include "services/engine/graph/facts.h"
#include "services/engine/graph/index.h"
#include "services/engine/graph/reverse_index.h"
#include "services/engine/graph/stated.h"
#include "services/engine/graph/table.h"

namespace linchpin::engine {

struct Vendor {
  std::string name;
  std::optional<Country> country;
  Fact<VendorIndex> parent;
  uint8_t roles = 0;  // Bits of RoleBit; 0: not stated.
  std::optional<OwnLine> own_line;
  std::shared_ptr<const VendorTies> ties;  // Null: none is stated.
  StatedPtr stated;
};

struct Host {
  std::string name;
  Fact<VendorIndex> provider;
  std::optional<Country> country;
  StatedPtr stated;
};

struct Licence {
  std::string name;
  std::optional<bool> irrevocable;
  StatedPtr stated;
};

struct Derivation {
  ModelIndex base;
  std::optional<Relation> relation;
};

struct Model {
  std::string name;
  std::optional<VendorIndex> developer;
  std::optional<Country> stated_origin;  // See Graph::OriginOf.
  std::optional<Weights> weights;
  Fact<LicenceIndex> licence;
  Fact<std::vector<Derivation>> derivations;
  std::optional<bool> requires_activation;
  std::optional<ModelIndex> version_of;
  std::optional<int64_t> release_seconds;
  StatedPtr stated;
};

struct Deployment {
  std::string name;
  std::optional<ModelIndex> model;
  std::optional<HostingMode> mode;
  std::optional<VendorIndex> operator_vendor;  // Absent when self-hosted: none. Else absent is unknown.
  std::optional<HostIndex> host;
  Fact<int64_t> capacity_units;
  std::optional<bool> pass_through;
  Fact<std::vector<VendorIndex>> intermediaries;
  std::optional<bool> outlives_developer;
  std::optional<Custody> custody;
  std::optional<VendorIndex> weights_source;  // Absent: assumed none.
  StatedPtr stated;

  bool has_finite_capacity() const { return capacity_units.has_value(); }
};

// The origin of a model: stated, derived from its developer's country, or unknown.
struct Origin {
  std::optional<Country> country;
  bool derived = false;
};

using VendorTable = Table<Vendor, VendorIndex>;
using HostTable = Table<Host, HostIndex>;
using LicenceTable = Table<Licence, LicenceIndex>;
using ModelTable = Table<Model, ModelIndex>;
using DeploymentTable = Table<Deployment, DeploymentIndex>;

// One dependency of one consumer. A view: valid while its graph is.
class GroupView {
 public:
  GroupView(const ConsumerChunk* chunk, uint32_t group) : chunk_(chunk), group_(group) {}
  // The id of the dependency within its consumer.
  std::string_view id() const { return chunk_->IdOf(group_); }
  const GroupTerms& terms() const { return chunk_->TermsOf(group_); }
  // Alternatives, in order of preference.
  uint32_t size() const { return chunk_->alternative_begin[group_ + 1] - chunk_->alternative_begin[group_]; }
  std::span<const Target> targets() const { return chunk_->TargetsOf(group_); }
  Target target(uint32_t k) const { return targets()[k]; }
  const AlternativeTerms& alternative(uint32_t k) const {
    return chunk_->AlternativeOf(chunk_->alternative_begin[group_] + k);
  }
  // Observed usage of the dependency as a whole, and of one alternative; empty() where none was observed.
  Usage usage() const { return chunk_->UsageOf(group_, UsageRow::kWholeGroup); }
  Usage usage(uint32_t k) const { return chunk_->UsageOf(group_, k); }

 private:
  const ConsumerChunk* chunk_;
  uint32_t group_;
};

// An application or a business service with its groups. A view: valid while its graph is.
class ConsumerView {
 public:
  ConsumerView(const ConsumerChunk* chunk, uint32_t local) : chunk_(chunk), local_(local) {}
  std::string_view name() const { return chunk_->NameOf(local_); }
  const ConsumerRecord& record() const { return chunk_->records[local_]; }
  // Groups, bytewise ascending by id.
  uint32_t group_count() const { return chunk_->group_begin[local_ + 1] - chunk_->group_begin[local_]; }
  GroupView group(uint32_t ordinal) const { return {chunk_, chunk_->group_begin[local_] + ordinal}; }

 private:
  const ConsumerChunk* chunk_;
  uint32_t local_;
};

// All consumers. Iteration visits live indexes in ascending order.
class ConsumerTable {
 public:
  class Iterator {
   public:
    Iterator(const ConsumerTable* table, uint32_t at) : table_(table), at_(at) { SkipDead(); }
    ConsumerIndex operator*() const { return {at_}; }
    Iterator& operator++() {
      ++at_;
      SkipDead();
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    void SkipDead() {
      while (at_ < table_->slots() && !table_->IsLive({at_})) ++at_;
    }
    const ConsumerTable* table_;
    uint32_t at_;
  };

  ConsumerTable() = default;
  ConsumerTable(const ConsumerTable&) = default;

  uint32_t slots() const { return slots_; }
  uint32_t size() const { return slots_ - static_cast<uint32_t>(free_.size()); }
  // Groups and alternatives of all consumers: arrays by number (see GroupNumber) need this many places.
  uint32_t group_count() const { return group_base_.empty() ? 0 : group_base_.back(); }
  uint32_t alternative_count() const { return alternative_base_.empty() ? 0 : alternative_base_.back(); }
  bool IsLive(ConsumerIndex index) const { return index.value < slots_ && !NameOf(index).empty(); }
  std::string_view NameOf(ConsumerIndex index) const { return chunk(index).NameOf(Local(index)); }
  // Only for an index below slots().
  ConsumerView operator[](ConsumerIndex index) const { return {&chunk(index), Local(index)}; }
  std::optional<ConsumerIndex> Find(std::string_view name) const;
  Iterator begin() const { return Iterator(this, 0); }
  Iterator end() const { return Iterator(this, slots_); }

  // Groups and alternatives are numbered in the order of consumers; the numbers hold for this graph only.
  uint32_t GroupNumber(ConsumerIndex index, uint32_t ordinal) const {
    return group_base_[index.value / ConsumerChunk::kConsumers] + chunk(index).group_begin[Local(index)] +
           ordinal;
  }
  const ConsumerChunk& chunk(ConsumerIndex index) const {
    return *chunks_[index.value / ConsumerChunk::kConsumers];
  }
  static uint32_t Local(ConsumerIndex index) { return index.value % ConsumerChunk::kConsumers; }
  // The number of the first group and the first alternative of the chunk of `index`.
  uint32_t GroupBase(ConsumerIndex index) const {
    return group_base_[index.value / ConsumerChunk::kConsumers];
  }
  uint32_t AlternativeBase(ConsumerIndex index) const {
    return alternative_base_[index.value / ConsumerChunk::kConsumers];
  }
  size_t BytesUsed() const;

 private:
  friend class Graph;
  friend class GraphEditor;
  void Renumber();

  uint32_t slots_ = 0;
  std::vector<std::shared_ptr<const ConsumerChunk>> chunks_;
  NameIndex<2048> names_;
  std::vector<uint32_t> free_;
  std::vector<uint32_t> group_base_;        // One more than chunks.
  std::vector<uint32_t> alternative_base_;  // One more than chunks.
};

// The whole inventory that simulation and concentration read, immutable.
//
// Ownership: shared; a graph made from another by Apply shares with it all that did not change.
// Thread safety: all members may run at once.
// Errors: Apply refuses with InvalidArgument what S1 says must be rejected and what lies outside the
//   bounds of facts.h, and with FailedPrecondition the deletion of what is still referred to; the message
//   names the thing.
//   A refused Apply leaves nothing behind.
// Cost: memory of about 50 bytes for a group with two ordinary alternatives; Apply copies the pieces that
//   change (tens of microseconds for one dependency among a million).
//
// Example:
//   GraphChanges changes;
//   changes.vendors.push_back({.name = "vendors/a", .country = Country::Parse("US"), .parent =
//   Fact<std::string>::None()}); absl::StatusOr<std::shared_ptr<const Graph>> graph =
//   Graph::Empty()->Apply(changes);
class Graph {
 public:
  static std::shared_ptr<const Graph> Empty();

  // The graph after `changes`; this one stays as it is. Replacing a consumer keeps its groups.
  absl::StatusOr<std::shared_ptr<const Graph>> Apply(const GraphChanges& changes) const;

  // This graph with only these consumers, ascending; consumer i of it is kept[i]. They keep all values, and
  // their levels, if whatever they depend on and whoever shares a finite deployment with them is among them;
  // each target must be. Shares all else. Cost: linear in what is kept.
  std::shared_ptr<const Graph> Restrict(std::span<const ConsumerIndex> kept) const;
  // Whether nothing but consumers has been written between the two, one made from the other by Apply.
  bool SharesFactsWith(const Graph& other) const;

  int64_t revision() const { return revision_; }
  const VendorTable& vendors() const { return vendors_; }
  const HostTable& hosts() const { return hosts_; }
  const LicenceTable& licences() const { return licences_; }
  const ModelTable& models() const { return models_; }
  const DeploymentTable& deployments() const { return deployments_; }
  const ConsumerTable& consumers() const { return consumers_; }

  // Calls `visit(const Dependent&)` for every alternative that points at the target, ascending by consumer
  // index, group, alternative.
  template <typename Visit>
  void ForEachDependent(Target target, const Visit& visit) const {
    if (target.is_consumer()) {
      on_consumers_.ForEach(target.consumer().value, visit);
    } else {
      on_deployments_.ForEach(target.deployment().value, visit);
    }
  }
  bool HasDependents(Target target) const {
    return target.is_consumer() ? !on_consumers_.IsEmpty(target.consumer().value)
                                : !on_deployments_.IsEmpty(target.deployment().value);
  }

  std::string_view NameOf(Target target) const {
    return target.is_consumer() ? consumers_.NameOf(target.consumer())
                                : std::string_view(deployments_[target.deployment()].name);
  }
  // Deployments are looked up first; the two share no names, since a resource name begins with its kind.
  std::optional<Target> FindTarget(std::string_view name) const;
  Origin OriginOf(ModelIndex model) const;

  // Memory of the consumers, groups, alternatives and reverse lists, in bytes; an estimate from capacities.
  size_t BytesUsed() const;

 private:
  friend class GraphEditor;
  Graph() = default;
  Graph(const Graph&) = default;
  struct WithoutConsumers {};
  Graph(const Graph& other, WithoutConsumers)
      : revision_(other.revision_),
        vendors_(other.vendors_),
        hosts_(other.hosts_),
        licences_(other.licences_),
        models_(other.models_),
        deployments_(other.deployments_) {}

  int64_t revision_ = 0;
  VendorTable vendors_;
  HostTable hosts_;
  LicenceTable licences_;
  ModelTable models_;
  DeploymentTable deployments_;
  ConsumerTable consumers_;
  ReverseIndex on_deployments_;
  ReverseIndex on_consumers_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_GRAPH_H_
