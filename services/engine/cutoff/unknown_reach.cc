#include "services/engine/cutoff/unknown_reach.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

namespace linchpin::engine {
namespace {

std::vector<FactRef> ByName(const Graph& graph, std::vector<FactRef> facts) {
  std::vector<std::tuple<std::string, std::string, FactRef>> rows;
  rows.reserve(facts.size());
  for (const FactRef& fact : facts) rows.emplace_back(SubjectOf(graph, fact), FieldOf(graph, fact), fact);
  std::sort(rows.begin(), rows.end());
  for (size_t i = 0; i < rows.size(); ++i) facts[i] = std::get<2>(rows[i]);
  return facts;
}

}  // namespace

UnknownReach::UnknownReach(const EvaluationPlan& plan, const UnknownFinder& finder, size_t max)
    : facts_(ByName(plan.graph(), finder.OfAll())),
      sets_(plan,
            {.of_consumer =
                 [this, &finder](ConsumerIndex consumer, std::vector<uint32_t>& ranks) {
                   std::vector<FactRef> facts;
                   finder.AppendOfConsumer(consumer, facts);
                   AppendRanks(facts, ranks);
                 },
             .of_deployment =
                 [this, &finder](DeploymentIndex deployment, std::vector<uint32_t>& ranks) {
                   std::vector<FactRef> facts;
                   finder.AppendOfDeployment(deployment, facts);
                   AppendRanks(facts, ranks);
                 }},
            max) {
  for (uint32_t at = 0; at < facts_.size(); ++at) rank_.emplace(facts_[at], at);
}

std::vector<FactRef> UnknownReach::Of(ConsumerIndex consumer) {
  std::vector<FactRef> facts;
  if (facts_.empty()) return facts;
  for (uint32_t rank : sets_.Of(consumer)) facts.push_back(facts_[rank]);
  return facts;
}

void UnknownReach::AppendRanks(const std::vector<FactRef>& facts, std::vector<uint32_t>& ranks) const {
  for (const FactRef& fact : facts) ranks.push_back(rank_.find(fact)->second);
}

}  // namespace linchpin::engine
