#include "services/risk/domain/reports/attestation_questions.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "linchpin/inventory/v1/application.pb.h"
#include "linchpin/inventory/v1/business_service.pb.h"
#include "services/engine/cutoff/fact_ref.h"
#include "services/risk/domain/reports/asked_fact.h"
#include "services/risk/domain/reports/question_values.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
namespace inventory = ::linchpin::inventory::v1;
using engine::ConsumerIndex;
using engine::FactKind;
using engine::FactRef;
using engine::Target;

constexpr int kAlsoMax = 100;

// One question: what is asked, and where what it leaves open begins.
struct Asked {
  AskedFact fact;
  std::vector<FactRef> facts = {};    // With one answer; empty where no fact of the graph is meant.
  std::vector<Target> begins = {};    // Everything that rests on these is left open.
  std::set<std::string> others = {};  // Resources with the same answer.
  int64_t consumers = 0;
  int64_t decided = 0;
};

// An absent list of intermediaries is no element of one.
AskedFact AskOf(const engine::Knowledge& knowledge, const replica::View& view, const FactRef& fact) {
  const bool whole_list = fact.kind == FactKind::kIntermediary && fact.detail == UINT32_MAX;
  if (!whole_list) return AskFor(knowledge, view, fact);
  return {.resource = knowledge.graph().deployments()[{fact.subject}].name, .field = "intermediaries"};
}

class Collector {
 public:
  Collector(const engine::Knowledge& knowledge, const replica::View& view,
            const v1::ConsumerSelector& selector, const OpenScope& scope)
      : knowledge_(knowledge), graph_(knowledge.graph()), view_(view), selector_(selector), scope_(scope) {}

  void AddDeployment(const engine::EntityUse& use, engine::DeploymentIndex deployment) {
    for (const FactRef& fact : use.Explain(deployment).facts) {
      AskedFact asked = AskOf(knowledge_, view_, fact);
      const std::string key =
          asked.thing.empty() ? absl::StrCat(asked.resource, "\n", asked.field) : asked.thing;
      Asked& question = questions_.try_emplace(key, Asked{asked}).first->second;
      if (asked.resource != question.fact.resource) question.others.insert(asked.resource);
      if (std::find(question.facts.begin(), question.facts.end(), fact) == question.facts.end())
        question.facts.push_back(fact);
      question.begins.emplace_back(deployment);
    }
  }

  void AddUndeclared(ConsumerIndex consumer) {
    const bool is_route = graph_.consumers()[consumer].record().kind == engine::ConsumerKind::kRoute;
    Add(std::string(graph_.consumers().NameOf(consumer)), is_route ? "alternatives" : "dependencies",
        Target(consumer));
  }

  // The absent fields that leave it open whether the consumer belongs to the scope.
  void AddMembership(ConsumerIndex consumer) {
    const std::string name(graph_.consumers().NameOf(consumer));
    if (const auto application = view_.Parse<inventory::Application>(name)) AddFields(*application, consumer);
    if (const auto service = view_.Parse<inventory::BusinessService>(name)) AddFields(*service, consumer);
    if (selector_.has_critical_function()) AddFunctions(consumer);
  }

  // Those that leave somebody open, most telling first.
  std::vector<Asked> Take() {
    Count();
    std::vector<Asked> taken;
    for (auto& [key, question] : questions_) {
      if (question.consumers > 0) taken.push_back(std::move(question));
    }
    std::stable_sort(taken.begin(), taken.end(), [](const Asked& a, const Asked& b) {
      return std::tie(b.consumers, a.fact.resource, a.fact.field) <
             std::tie(a.consumers, b.fact.resource, b.fact.field);
    });
    return taken;
  }

 private:
  void Add(const std::string& resource, const std::string& field, Target begins) {
    Asked& question =
        questions_
            .try_emplace(absl::StrCat(resource, "\n", field), Asked{{.resource = resource, .field = field}})
            .first->second;
    question.begins.push_back(begins);
  }

  template <typename Document>
  void AddFields(const Document& document, ConsumerIndex consumer) {
    const auto add = [&](bool asked, bool absent, const char* field) {
      if (asked && absent) AddAlone(document.name(), field, consumer);
    };
    add(!selector_.tiers().empty(), !document.has_tier(), "tier");
    add(!selector_.owners().empty(), document.owner().empty(), "owner");
    add(!selector_.business_units().empty(), document.business_unit().empty(), "business_unit");
  }

  // Critical functions pass on to what they rest on, so that one that nobody judged leaves that open, too.
  void AddFunctions(ConsumerIndex consumer) {
    std::vector<Target> met{Target(consumer)};
    std::set<Target> seen{Target(consumer)};
    for (size_t at = 0; at < met.size(); ++at) {
      const std::string name(graph_.NameOf(met[at]));
      const auto service = view_.Parse<inventory::BusinessService>(name);
      if (service.has_value() && !service->has_critical_function())
        AddAlone(name, "critical_function", consumer);
      graph_.ForEachDependent(met[at], [&](const engine::Dependent& dependent) {
        const Target target(dependent.consumer());
        if (seen.insert(target).second) met.push_back(target);
      });
    }
  }

  // Leaves open this consumer only, not what rests on it.
  void AddAlone(const std::string& resource, const char* field, ConsumerIndex consumer) {
    Asked& question =
        questions_
            .try_emplace(absl::StrCat(resource, "\n", field), Asked{{.resource = resource, .field = field}})
            .first->second;
    alone_[&question].push_back(consumer);
  }

  void Count() {
    std::vector<uint32_t> asked(scope_.open.size(), 0);
    std::vector<Asked*> last(scope_.open.size(), nullptr);
    const auto count = [&](ConsumerIndex consumer, Asked& question) {
      if (!scope_.open[consumer.value]) return;
      ++question.consumers;
      ++asked[consumer.value];
      last[consumer.value] = &question;
    };
    std::vector<uint32_t> stamps(scope_.open.size(), 0);
    uint32_t stamp = 0;
    for (auto& [key, question] : questions_) {
      ++stamp;
      Walk(question.begins, stamp, stamps, [&](ConsumerIndex consumer) { count(consumer, question); });
      for (ConsumerIndex consumer : alone_[&question]) {
        if (std::exchange(stamps[consumer.value], stamp) != stamp) count(consumer, question);
      }
    }
    for (size_t consumer = 0; consumer < asked.size(); ++consumer) {
      if (asked[consumer] == 1) ++last[consumer]->decided;
    }
  }

  template <typename Visit>
  void Walk(const std::vector<Target>& begins, uint32_t stamp, std::vector<uint32_t>& stamps,
            const Visit& visit) const {
    std::vector<Target> met = begins;
    const auto meet = [&](ConsumerIndex consumer) {
      if (std::exchange(stamps[consumer.value], stamp) == stamp) return false;
      visit(consumer);
      return true;
    };
    for (Target begin : begins) {
      if (begin.is_consumer()) meet(begin.consumer());
    }
    for (size_t at = 0; at < met.size(); ++at) {
      graph_.ForEachDependent(met[at], [&](const engine::Dependent& dependent) {
        if (meet(dependent.consumer())) met.emplace_back(dependent.consumer());
      });
    }
  }

  const engine::Knowledge& knowledge_;
  const engine::Graph& graph_;
  const replica::View& view_;
  const v1::ConsumerSelector& selector_;
  const OpenScope& scope_;
  std::map<std::string, Asked> questions_;
  std::map<const Asked*, std::vector<ConsumerIndex>> alone_;
};

void Write(const engine::Knowledge& knowledge, const Asked& asked, int64_t open, v1::Question& message) {
  message.set_resource(asked.fact.resource);
  message.set_field(asked.fact.field);
  message.set_consumer_count(asked.consumers);
  message.set_decided_consumer_count(asked.decided);
  message.set_gap_share_ratio(static_cast<double>(asked.consumers) / static_cast<double>(open));
  message.set_vendor_only(asked.fact.vendor_only);
  message.set_bound_field(asked.fact.bound_field);
  // Of what is asked of an operator, its deployments are no documents to fill in.
  if (asked.facts.empty() || asked.fact.field == "serves_from") return;
  AddDomainValues(knowledge, asked.facts.front(), message);
  if (asked.others.empty()) return;
  message.set_shared(asked.fact.shared);
  message.set_also_count(static_cast<int64_t>(asked.others.size()));
  for (const std::string& other : asked.others) {
    if (message.also_size() < kAlsoMax) message.add_also(other);
  }
}

}  // namespace

void AddAttestationQuestions(const engine::Knowledge& knowledge, const replica::View& view,
                             const engine::EntityUse& use, const engine::UseReach& reach,
                             const v1::ConsumerSelector& selector, const OpenScope& scope, int max,
                             v1::Attestation& attestation) {
  Collector collector(knowledge, view, selector, scope);
  for (engine::DeploymentIndex deployment : reach.open_deployments())
    collector.AddDeployment(use, deployment);
  for (ConsumerIndex consumer : reach.undeclared()) collector.AddUndeclared(consumer);
  for (uint32_t consumer = 0; consumer < scope.membership.size(); ++consumer) {
    if (scope.membership[consumer] && scope.open[consumer]) collector.AddMembership({consumer});
  }
  const std::vector<Asked> questions = collector.Take();
  for (const Asked& asked : questions) {
    if (attestation.questions_size() == max) break;
    Write(knowledge, asked, scope.count, *attestation.add_questions());
  }
  attestation.set_question_count(static_cast<int64_t>(questions.size()));
}

}  // namespace linchpin::risk
