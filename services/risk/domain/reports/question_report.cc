#include "services/risk/domain/reports/question_report.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/engine/graph/counted.h"
#include "services/engine/questions/question_finder.h"
#include "services/risk/domain/reports/asked_fact.h"
#include "services/risk/domain/reports/engine_error.h"
#include "services/risk/domain/reports/named_consumers.h"
#include "services/risk/domain/reports/question_values.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::FactKind;
using engine::FactRef;
using engine::OpenQuestion;

constexpr int kQuestionsDefault = 100;
constexpr int kAlsoMax = 100;
constexpr int kAtomsMax = 20;

absl::StatusOr<std::vector<bool>> ReadConsumers(const engine::Graph& graph,
                                                const v1::ListOpenQuestionsRequest& request) {
  std::vector<bool> asked;
  if (request.consumers().empty()) return asked;
  const auto named = FindConsumers(graph, request.consumers());
  if (!named.ok()) return named.status();
  asked.assign(graph.consumers().slots(), false);
  for (engine::ConsumerIndex consumer : *named) asked[consumer.value] = true;
  return asked;
}

class Writer {
 public:
  Writer(const engine::Knowledge& knowledge, const replica::View& view, const engine::OpenQuestions& found)
      : knowledge_(knowledge), graph_(knowledge.graph()), view_(view), found_(found) {}

  // What they carry decides; where that is equal, what is asked.
  void Write(int max, v1::ListOpenQuestionsResponse& response) const {
    std::vector<std::pair<AskedFact, const OpenQuestion*>> rows;
    for (const OpenQuestion& question : found_.questions)
      rows.emplace_back(AskFor(knowledge_, view_, question.facts.front()), &question);
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
      const auto order = a.second->carried <=> b.second->carried;
      if (order != 0) return order > 0;
      return std::tie(a.first.resource, a.first.field) < std::tie(b.first.resource, b.first.field);
    });
    for (const auto& [asked, question] : rows) {
      if (response.questions_size() == max) break;
      Write(asked, *question, *response.add_questions());
    }
    response.set_question_count(static_cast<int64_t>(rows.size()));
    response.set_consumer_count(found_.consumers);
    response.set_undecided_consumer_count(found_.undecided_consumers);
    response.set_undecided_pair_count(found_.undecided_pairs);
    response.set_atom_count(static_cast<int64_t>(found_.atoms.size()));
    response.set_stand_in_route_count(engine::Counted(graph_).stand_ins());
  }

 private:
  void Write(const AskedFact& asked, const OpenQuestion& question, v1::Question& message) const {
    message.set_resource(asked.resource);
    message.set_field(asked.field);
    AddOthers(asked, question, message);
    message.set_gap_share_ratio(found_.carried > 0 ? question.carried.ToDouble() / found_.carried : 0);
    message.set_consumer_count(question.consumers);
    message.set_decided_consumer_count(question.decided);
    std::vector<std::string> keys;
    for (uint32_t atom : question.atoms) keys.push_back(found_.atoms[atom]);
    std::sort(keys.begin(), keys.end());
    message.set_atom_count(static_cast<int64_t>(keys.size()));
    for (size_t i = 0; i < keys.size() && i < kAtomsMax; ++i) message.add_atoms(keys[i]);
    message.set_vendor_only(asked.vendor_only);
    message.set_bound_field(asked.bound_field);
    if (asked.field != "serves_from") AddDomain(question.facts.front(), message);
  }

  // Of what is asked of an operator, its deployments are no documents to fill in.
  void AddOthers(const AskedFact& asked, const OpenQuestion& question, v1::Question& message) const {
    if (asked.field == "serves_from" || question.facts.size() == 1) return;
    message.set_shared(asked.shared);
    std::vector<std::string> others;
    for (const FactRef& fact : question.facts) {
      std::string name = engine::SubjectOf(graph_, fact);
      if (name != asked.resource) others.push_back(std::move(name));
    }
    message.set_also_count(static_cast<int64_t>(others.size()));
    for (std::string& name : others) {
      if (message.also_size() < kAlsoMax) message.add_also(std::move(name));
    }
  }

  void AddDomain(const FactRef& fact, v1::Question& message) const {
    if (fact.kind == FactKind::kSwitchTime) return AddSwitchTime(fact, message);
    AddDomainValues(knowledge_, fact, message);
  }
  void AddSwitchTime(const FactRef& fact, v1::Question& message) const {
    const engine::GroupView group = graph_.consumers()[{fact.subject}].group(fact.detail);
    const int64_t seconds = knowledge_.LikelySwitchSeconds(group.target(0), group.target(fact.alternative),
                                                           group.alternative(fact.alternative));
    message.add_likely_values(absl::StrCat(seconds, "s"));
  }

  const engine::Knowledge& knowledge_;
  const engine::Graph& graph_;
  const replica::View& view_;
  const engine::OpenQuestions& found_;
};

}  // namespace

absl::Status ReportQuestions(Analysis& analysis, const replica::View& view,
                             const v1::ListOpenQuestionsRequest& request,
                             const std::function<bool()>& cancelled,
                             v1::ListOpenQuestionsResponse& response) {
  auto consumers = ReadConsumers(analysis.graph(), request);
  if (!consumers.ok()) return consumers.status();
  const auto plan = analysis.Plan();
  if (!plan.ok()) return plan.status();
  engine::QuestionOptions options;
  options.consumers = *std::move(consumers);
  options.thing_of = [&](const FactRef& fact) { return AskFor(analysis.Knowledge(), view, fact).thing; };
  options.limits.cancelled = cancelled;
  const auto found = engine::FindQuestions(**plan, analysis.atom_cache(), options);
  if (!found.ok()) return FromEngine(found.status());
  const int max = request.max_questions() == 0 ? kQuestionsDefault : request.max_questions();
  Writer(analysis.Knowledge(), view, *found).Write(max, response);
  return absl::OkStatus();
}

}  // namespace linchpin::risk
