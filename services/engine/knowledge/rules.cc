#include "services/engine/knowledge/rules.h"

#include <algorithm>
#include <set>

#include "services/engine/graph/lineage.h"

namespace linchpin::engine {
namespace {

constexpr int64_t kSameModelSeconds = 3600;
constexpr int64_t kOtherModelSeconds = 86'400;

std::vector<Member> ListOf(const std::set<Member>& members) { return {members.begin(), members.end()}; }

Conclusion OneOf(Rule rule, FactKind fact, const std::set<Member>& members, bool is_bound,
                 bool none = false) {
  return {rule, is_bound, {fact, /*excludes=*/false, none, ListOf(members)}};
}

}  // namespace

std::optional<OwnLine> Rules::OwnLineOf(VendorIndex developer) const {
  for (VendorIndex owner : OwnersOf(graph_, developer).vendors) {
    if (graph_.vendors()[owner].own_line.has_value()) return graph_.vendors()[owner].own_line;
  }
  return std::nullopt;
}

std::optional<Conclusion> Rules::LineageDeveloper(const std::vector<Member>& developers,
                                                  const Domain& weights) const {
  if (!IsOn(Rule::kOwnLine) || developers.empty()) return std::nullopt;
  const bool closed = !weights.Allows(static_cast<Member>(Weights::kOpen));
  std::set<Member> group;
  for (Member developer : developers) {
    const std::optional<OwnLine> own_line = OwnLineOf({developer});
    if (!own_line.has_value() || (*own_line == OwnLine::kClosed && !closed)) return std::nullopt;
    const std::vector<Member>& of_one = parts_.GroupOf({developer});
    group.insert(of_one.begin(), of_one.end());
  }
  return OneOf(Rule::kOwnLine, FactKind::kLineageDeveloper, group, /*is_bound=*/closed, /*none=*/true);
}

std::optional<Conclusion> Rules::ServesFrom(FactKind fact, const std::vector<Member>& operators) const {
  if (!IsOn(Rule::kServesFrom) || operators.empty()) return std::nullopt;
  std::set<Member> listed;
  bool complete = true;
  for (Member vendor : operators) {
    const VendorTies* ties = TiesOf({vendor});
    if (ties == nullptr) return std::nullopt;
    const std::vector<Member>& list = fact == FactKind::kProviderOfHost ? ties->providers : ties->countries;
    if (list.empty()) return std::nullopt;
    listed.insert(list.begin(), list.end());
    complete &= ties->serves_from_is_complete;
  }
  return OneOf(Rule::kServesFrom, fact, listed, complete);
}

std::optional<Conclusion> Rules::OwnCloud(const std::vector<Member>& operators) const {
  if (!IsOn(Rule::kOwnCloud) || operators.empty()) return std::nullopt;
  std::set<Member> group;
  for (Member vendor : operators) {
    const VendorTies* ties = TiesOf({vendor});
    const bool listed = ties != nullptr && (!ties->providers.empty() || !ties->countries.empty());
    if (listed || (graph_.vendors()[{vendor}].roles & kHostProviderRole) == 0) return std::nullopt;
    const std::vector<Member>& of_one = parts_.GroupOf({vendor});
    group.insert(of_one.begin(), of_one.end());
  }
  return OneOf(Rule::kOwnCloud, FactKind::kProviderOfHost, group, /*is_bound=*/false);
}

std::optional<Conclusion> Rules::ProviderOfHost(const std::vector<Member>& operators) const {
  std::optional<Conclusion> conclusion = ServesFrom(FactKind::kProviderOfHost, operators);
  return conclusion.has_value() ? conclusion : OwnCloud(operators);
}

std::optional<Conclusion> Rules::CountryOfHost(const std::vector<Member>& operators) const {
  return ServesFrom(FactKind::kCountryOfHost, operators);
}

std::optional<Conclusion> Rules::HostingMode(const std::vector<VendorIndex>& intermediaries) const {
  const bool routed = std::any_of(intermediaries.begin(), intermediaries.end(), [this](VendorIndex vendor) {
    return TiesOf(vendor) != nullptr && !TiesOf(vendor)->upstreams.empty();
  });
  if (!IsOn(Rule::kRouter) || !routed) return std::nullopt;
  return Conclusion{Rule::kRouter,
                    /*is_bound=*/true,
                    {FactKind::kHostingMode,
                     /*excludes=*/true,
                     /*none=*/false,
                     {static_cast<Member>(HostingMode::kSelfHosted)}}};
}

bool Rules::Offers(VendorIndex upstream, const std::vector<Member>& developers) const {
  const VendorTies* ties = TiesOf(upstream);
  return std::any_of(developers.begin(), developers.end(), [&](Member developer) {
    const std::vector<Member>& group = parts_.GroupOf({developer});
    if (std::binary_search(group.begin(), group.end(), upstream.value)) return true;
    return ties != nullptr &&
           std::any_of(ties->hosted_developers.begin(), ties->hosted_developers.end(),
                       [&](const auto& hosted) { return hosted.developer.value == developer; });
  });
}

std::optional<Conclusion> Rules::Operator(const std::vector<VendorIndex>& intermediaries,
                                          const std::vector<Member>& developers) const {
  if (!IsOn(Rule::kRouter)) return std::nullopt;
  std::set<Member> operators;
  bool complete = true;
  for (VendorIndex vendor : intermediaries) {
    const VendorTies* ties = TiesOf(vendor);
    if (ties == nullptr || ties->upstreams.empty()) continue;
    complete &= ties->upstreams_are_complete;
    for (Member upstream : ties->upstreams) {
      if (developers.empty() || Offers({upstream}, developers)) operators.insert(upstream);
    }
  }
  if (operators.empty()) return std::nullopt;
  return OneOf(Rule::kRouter, FactKind::kOperator, operators, complete);
}

std::optional<bool> Rules::HostedFlag(FactKind fact, VendorIndex host, VendorIndex developer) const {
  const VendorTies* ties = TiesOf(host);
  if (ties == nullptr) return std::nullopt;
  for (const VendorTies::HostedDeveloper& hosted : ties->hosted_developers) {
    if (hosted.developer != developer) continue;
    return fact == FactKind::kPassThrough ? hosted.pass_through : hosted.outlives_developer;
  }
  return std::nullopt;
}

std::optional<Conclusion> Rules::OfHostedDeveloper(FactKind fact, const std::vector<Member>& operators,
                                                   const std::vector<Member>& developers) const {
  if (!IsOn(Rule::kHostedDeveloper) || operators.empty() || developers.empty()) return std::nullopt;
  std::set<Member> values;
  for (Member host : operators) {
    for (Member developer : developers) {
      const std::optional<bool> flag = HostedFlag(fact, {host}, {developer});
      if (!flag.has_value()) return std::nullopt;
      values.insert(*flag ? 1 : 0);
    }
  }
  return OneOf(Rule::kHostedDeveloper, fact, values, /*is_bound=*/true);
}

int64_t Rules::SwitchSeconds(std::optional<ModelIndex> first, std::optional<ModelIndex> target) const {
  if (!IsOn(Rule::kTypicalSwitch)) return 0;
  return first.has_value() && first == target ? kSameModelSeconds : kOtherModelSeconds;
}

}  // namespace linchpin::engine
