// What follows from what (knowledge.md K4): the whole table of rules.
#ifndef LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_RULES_H_
#define LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_RULES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "services/engine/graph/graph.h"
#include "services/engine/knowledge/domain.h"
#include "services/engine/knowledge/rule_set.h"
#include "services/engine/knowledge/vendor_parts.h"

namespace linchpin::engine {

// What a rule says of one fact: a bound, or else a likelihood.
struct Conclusion {
  Rule rule = Rule::kStated;
  bool is_bound = false;
  Bound bound;
};

// Each rule is a function from what is known of its inputs. A vendor that is one of several is given as the
// list of them: the rule must then apply to each, and concludes the union, a bound only if each is one. An
// empty list stands for a vendor that may be anybody. Nothing is concluded where a rule does not apply, or is
// switched off.
// Ownership: graph and parts must outlive it. Thread safety: immutable.
class Rules {
 public:
  Rules(const Graph& graph, const VendorParts& parts, DisabledRules disabled)
      : graph_(graph), parts_(parts), disabled_(disabled) {}

  DisabledRules disabled() const { return disabled_; }

  // own-line: who developed the unstated base models of a model of one of `developers`, whose weights are one
  // of `weights`.
  std::optional<Conclusion> LineageDeveloper(const std::vector<Member>& developers,
                                             const Domain& weights) const;

  // serves-from, else own-cloud: who provides the unknown host of what one of `operators` runs, and where it
  // lies. Not for what may be self-hosted.
  std::optional<Conclusion> ProviderOfHost(const std::vector<Member>& operators) const;
  std::optional<Conclusion> CountryOfHost(const std::vector<Member>& operators) const;

  // router: how and by whom a deployment behind these intermediaries is run, whose operator is unknown.
  // `developers` are those of its model if that is closed; else empty.
  std::optional<Conclusion> HostingMode(const std::vector<VendorIndex>& intermediaries) const;
  std::optional<Conclusion> Operator(const std::vector<VendorIndex>& intermediaries,
                                     const std::vector<Member>& developers) const;

  // hosted-developer: `fact` is kPassThrough or kOutlives.
  std::optional<Conclusion> OfHostedDeveloper(FactKind fact, const std::vector<Member>& operators,
                                              const std::vector<Member>& developers) const;

  // version-of: read a version's absent facts off its line?
  bool ReadsLines() const { return IsOn(Rule::kVersionOf); }

  // typical-switch: how long a change-over probably takes of which nothing is stated, in seconds; 0, as in
  // the reading proven, if the rule is switched off.
  int64_t SwitchSeconds(std::optional<ModelIndex> first, std::optional<ModelIndex> target) const;

 private:
  bool IsOn(Rule rule) const { return !disabled_.Contains(rule); }
  const VendorTies* TiesOf(VendorIndex vendor) const { return graph_.vendors()[vendor].ties.get(); }
  std::optional<OwnLine> OwnLineOf(VendorIndex developer) const;
  std::optional<Conclusion> ServesFrom(FactKind fact, const std::vector<Member>& operators) const;
  std::optional<Conclusion> OwnCloud(const std::vector<Member>& operators) const;
  bool Offers(VendorIndex upstream, const std::vector<Member>& developers) const;
  std::optional<bool> HostedFlag(FactKind fact, VendorIndex host, VendorIndex developer) const;

  const Graph& graph_;
  const VendorParts& parts_;
  const DisabledRules disabled_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_RULES_H_
