// A second reading of docs/concepts/knowledge.md and of the conditions of docs/concepts/simulation.md, for
// small worlds: every domain is a set of names, every predicate asks each member. It shares no code with the
// engine beyond the input structs.
#ifndef LINCHPIN_TESTS_UNIT_ENGINE_NAIVE_CONDITIONS_H_
#define LINCHPIN_TESTS_UNIT_ENGINE_NAIVE_CONDITIONS_H_

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/engine/cutoff/scenario.h"
#include "services/engine/graph/facts.h"

namespace linchpin::engine {

class NaiveConditions {
 public:
  explicit NaiveConditions(const GraphChanges& facts);

  // Does the cutoff hit the deployment? -1 no, 0 open, 1 yes; on what is proven, or with what is likely.
  int Hit(const Cutoff& cutoff, const DeploymentFacts& deployment, bool likely) const;

  const std::map<std::string, DeploymentFacts>& deployments() const { return deployments_; }

 private:
  using Tri = int;
  using Names = std::set<std::string>;

  // What one unknown fact can be. "none" and "OTHER" are members like any.
  struct Unknown {
    Names whole;
    Names members;
    Names out;          // Taken out, by name.
    bool dead = false;  // Contradicted: whole, and cut by nothing.

    explicit Unknown(Names all) : whole(all), members(std::move(all)) {}
    bool open() const { return members.contains("OTHER"); }
    // Nothing changes if it would leave nothing and `likely`.
    void Keep(const Names& list, bool likely);
    void Drop(const Names& list, bool likely);
    void Become(Names next, bool likely);
    void Bound(const KnowledgeFacts& said, FactKind fact);
    bool Likely(const KnowledgeFacts& said, FactKind fact);
  };
  struct Two {
    Names proven, likely;
  };
  // All that a deployment leaves open, on one side.
  struct Side {
    explicit Side(const NaiveConditions& all);
    Unknown mode, operators, models, developers, hosts, providers, countries, custody, pass, outlives;
  };
  struct Query {
    const Cutoff& cutoff;
    const DeploymentFacts& d;
    bool likely;
    Side proven_side, likely_side;
  };

  static Tri Over(const Names& members, const std::function<Tri(const std::string&)>& ask);
  static Tri Ask(const Query& q, const Two& two, const std::function<Tri(const std::string&)>& ask);

  Names All(const char* kind, bool none) const;
  Names Vendors(int role, bool none) const;
  Two Simple(const KnowledgeFacts& said, FactKind fact, const Names& whole) const;

  // Facts of models, with those of their lines.
  const ModelFacts& Says(const std::string& model, FactKind fact) const;
  std::optional<std::string> Developer(const std::string& model) const;
  std::optional<Country> Origin(const std::string& model) const;
  std::optional<Weights> WeightsOf(const std::string& model) const;
  Fact<std::string> Licence(const std::string& model) const;
  Fact<std::vector<DerivationFacts>> Bases(const std::string& model) const;
  bool MadeFrom(const std::string& model, const std::string& base) const;

  Two VendorCountry(const std::string& vendor) const;
  Two DeveloperDomain(const std::string& model) const;
  Two WeightsDomain(const std::string& model) const;
  Two OriginDomain(const std::string& model) const;
  Names CountriesOf(const Names& vendors) const;
  Names OriginsOfModelsBy(const Names& vendors) const;
  void Lineage(const std::string& model, Two& developers, Two& origins) const;

  void Read(const DeploymentFacts& d, Side& side, bool likely) const;
  Names Developers(const DeploymentFacts& d, const Side& side, bool likely) const;
  Names Group(const std::string& vendor) const;

  Two Parents(const std::string& vendor) const;
  Tri Stands(const Query& q, const std::string& vendor, int depth) const;
  Tri IsAsked(const Query& q, const std::string& vendor) const;
  Tri Owned(const Query& q, const std::string& vendor) const;
  Tri OneOf(const Query& q, const Two& vendors, bool other_counts = true) const;
  Tri ModelIsCut(const Query& q, const std::string& model) const;
  Tri StandsCut(const Query& q, const std::string& model) const;
  Tri LineageIsCut(const Query& q, const std::string& model) const;
  Tri UnstatedBase(const Query& q, const std::string& model) const;
  Tri SomeAncestor(const Query& q) const;
  Tri Needs(const Query& q, const std::string& model) const;
  Tri Needed(const Query& q) const;
  Tri Provided(const Query& q) const;

  std::map<std::string, VendorFacts> vendors_;
  std::map<std::string, HostFacts> hosts_;
  std::map<std::string, LicenceFacts> licences_;
  std::map<std::string, ModelFacts> models_;
  std::map<std::string, DeploymentFacts> deployments_;
  std::map<std::string, int> parts_;  // By vendor, bits of RoleBit.
  Names countries_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_TESTS_UNIT_ENGINE_NAIVE_CONDITIONS_H_
