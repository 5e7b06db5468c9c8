#include "services/risk/domain/reports/hit_report.h"

#include <algorithm>
#include <set>
#include <utility>

#include "services/engine/cutoff/conditions.h"
#include "services/replica/evidence_finder.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using Messages = google::protobuf::RepeatedPtrField<v1::DeploymentHit>;

constexpr int kHitsMax = 1000;
constexpr size_t kBytesMax = size_t{1} << 20;
constexpr int kOpenFactsMax = 100;

class HitWriter {
 public:
  HitWriter(const engine::Knowledge& knowledge, const engine::Scenario& scenario, Messages& messages)
      : knowledge_(knowledge), graph_(knowledge.graph()), scenario_(scenario), messages_(messages) {}

  // False once there is no room for more.
  bool Add(const CutoffHit& hit) {
    if (messages_.size() == kHitsMax) return false;
    if (!written_.insert(hit).second) return true;
    const engine::Cutoff& cutoff = scenario_.cutoffs[hit.cutoff];
    const auto resolved = engine::Resolve(graph_, cutoff);
    if (!resolved.ok()) return true;
    v1::DeploymentHit message;
    message.set_cutoff(cutoff.id);
    message.set_deployment(graph_.deployments()[hit.deployment].name);
    Explain(engine::Explain(knowledge_, *resolved, hit.deployment), message);
    bytes_ += message.ByteSizeLong() + 8;
    if (bytes_ > kBytesMax) return false;
    *messages_.Add() = std::move(message);
    return true;
  }

  bool AddOthers(size_t cutoff) {
    if (scenario_.cutoffs[cutoff].severity_ppm == 0) return true;
    const auto resolved = engine::Resolve(graph_, scenario_.cutoffs[cutoff]);
    if (!resolved.ok()) return true;
    std::vector<engine::Hit> hits = engine::AllHits(knowledge_, *resolved);
    std::sort(hits.begin(), hits.end(), [this](const engine::Hit& a, const engine::Hit& b) {
      return graph_.deployments()[a.deployment].name < graph_.deployments()[b.deployment].name;
    });
    return std::all_of(hits.begin(), hits.end(), [&](const engine::Hit& hit) {
      return Add({cutoff, hit.deployment});
    });
  }

 private:
  void Explain(const engine::HitReason& reason, v1::DeploymentHit& message) const {
    message.set_proven(reason.truth == engine::Truth::kTrue);
    message.set_likely(reason.likely);
    if (message.proven()) {
      for (const engine::FactRef& fact : reason.facts)
        FillFact(knowledge_, fact, /*likely=*/false, *message.add_because());
      return;
    }
    AddUnknownFacts(graph_, reason.facts, kOpenFactsMax, *message.mutable_open());
    for (const engine::FactRef& fact : reason.likely_proof) {
      const bool likely = std::find(reason.likely_facts.begin(), reason.likely_facts.end(), fact) !=
                          reason.likely_facts.end();
      FillFact(knowledge_, fact, likely, *message.add_likely_because());
    }
  }

  const engine::Knowledge& knowledge_;
  const engine::Graph& graph_;
  const engine::Scenario& scenario_;
  Messages& messages_;
  std::set<CutoffHit> written_;
  size_t bytes_ = 0;
};

}  // namespace

void AddUnknownFacts(const engine::Graph& graph, const std::vector<engine::FactRef>& facts, int max,
                     google::protobuf::RepeatedPtrField<v1::UnknownFact>& messages) {
  for (const engine::FactRef& fact : facts) {
    if (messages.size() == max) return;
    v1::UnknownFact& message = *messages.Add();
    message.set_resource(engine::SubjectOf(graph, fact));
    message.set_field(engine::FieldOf(graph, fact));
  }
}

void FillFact(const engine::Knowledge& knowledge, const engine::FactRef& fact, bool likely,
              v1::KnownFact& message) {
  message.set_resource(engine::SubjectOf(knowledge.graph(), fact));
  message.set_field(engine::FieldOf(knowledge.graph(), fact));
  message.set_value(engine::ValueOf(knowledge, fact, likely));
  const engine::FactSource source = engine::SourceOf(knowledge, fact, likely);
  message.set_rule(std::string(engine::IdOf(source.rule)));
  if (!likely) return;
  message.set_likely(true);
  message.set_reason(std::string(engine::ReasonOf(source.rule)));
  if (source.likelihood == nullptr) return;
  message.set_confidence(source.likelihood->confidence);
  message.set_reason(source.likelihood->reason);
}

void AddContradictions(const engine::Knowledge& knowledge, int max,
                       google::protobuf::RepeatedPtrField<v1::Contradiction>& messages) {
  std::vector<v1::Contradiction> rows;
  for (const engine::Contradiction& found : knowledge.contradictions()) {
    const engine::FactRef fact{found.fact, found.subject};
    v1::Contradiction& row = rows.emplace_back();
    row.set_resource(engine::SubjectOf(knowledge.graph(), fact));
    row.set_field(engine::FieldOf(knowledge.graph(), fact));
    row.set_rule(std::string(engine::IdOf(found.rule)));
    row.set_of_likelihood(found.of_likelihood);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::pair(a.resource(), a.field()) < std::pair(b.resource(), b.field());
  });
  for (v1::Contradiction& row : rows) {
    if (messages.size() == max) return;
    *messages.Add() = std::move(row);
  }
}

void AddSources(const replica::View& view, Messages& hits) {
  replica::EvidenceFinder evidence(view);
  const auto add = [&evidence](google::protobuf::RepeatedPtrField<v1::KnownFact>& facts) {
    for (v1::KnownFact& fact : facts) {
      // What a rule concludes has no evidence of its own.
      if (!fact.rule().empty()) continue;
      const auto found = evidence.Of(fact.resource(), fact.field());
      if (!found.has_value()) continue;
      fact.set_source(found->source());
      fact.set_source_uri(found->uri());
      if (!fact.has_confidence() && found->has_confidence_ratio())
        fact.set_confidence(found->confidence_ratio());
    }
  };
  for (v1::DeploymentHit& hit : hits) {
    add(*hit.mutable_because());
    add(*hit.mutable_likely_because());
  }
}

void AddHits(const engine::Knowledge& knowledge, const engine::Scenario& scenario,
             const std::vector<CutoffHit>& first, Messages& hits) {
  HitWriter writer(knowledge, scenario, hits);
  for (const CutoffHit& hit : first) {
    if (!writer.Add(hit)) return;
  }
  for (size_t cutoff = 0; cutoff < scenario.cutoffs.size(); ++cutoff) {
    if (!writer.AddOthers(cutoff)) return;
  }
}

}  // namespace linchpin::risk
