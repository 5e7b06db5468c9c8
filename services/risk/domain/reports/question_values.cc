#include "services/risk/domain/reports/question_values.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "services/engine/graph/fact_text.h"

namespace linchpin::risk {
namespace {

using engine::FactKind;

constexpr int kValuesMax = 100;

void AddValues(const engine::Graph& graph, FactKind kind, const engine::Domain& domain,
               google::protobuf::RepeatedPtrField<std::string>& values) {
  if (!domain.listed) return;
  std::vector<std::string> names;
  for (engine::Member member : domain.values) names.push_back(engine::TextOfMember(graph, kind, member));
  if (domain.none) names.push_back("none");
  std::sort(names.begin(), names.end());
  for (std::string& name : names) {
    if (values.size() < kValuesMax) *values.Add() = std::move(name);
  }
}

}  // namespace

void AddDomainValues(const engine::Knowledge& knowledge, const engine::FactRef& fact,
                     linchpin::risk::v1::Question& message) {
  if (!engine::HasDomain(fact.kind)) return;
  const engine::OpenFact& open = knowledge.Of(fact.kind, fact.subject);
  AddValues(knowledge.graph(), fact.kind, open.proven, *message.mutable_possible_values());
  if (open.likely.has_value())
    AddValues(knowledge.graph(), fact.kind, *open.likely, *message.mutable_likely_values());
}

}  // namespace linchpin::risk
