#include "services/risk/domain/remedies/remedy_search.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "services/engine/graph/graph_builder.h"
#include "services/engine/score/score.h"
#include "services/risk/domain/remedies/candidate_bundles.h"
#include "services/risk/domain/remedies/needs.h"
#include "services/risk/domain/remedies/remedy_effect.h"
#include "services/risk/domain/reports/engine_error.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::ConsumerIndex;
using engine::Reading;
using engine::Target;

constexpr size_t kNeedsMax = 2000;
constexpr int64_t kTriesMax = 20'000;
// A fall counts from this part of the score on: what rounds to nothing is no remedy.
constexpr double kFallCounts = 1e-4;
constexpr size_t kUnremediedMax = 100;

// A candidate with what was found when it was last tried.
struct Entry {
  Candidate candidate;
  std::optional<PerReading> alone;  // The score after it, in the first round.
  PerReading fall = {};             // Of the score.
  std::vector<ConsumerIndex> affected;
  bool stale = true;
  bool refused = false;  // The graph does not take it.
};

PerReading Less(const PerReading& a, const PerReading& b) {
  return {a.proven - b.proven, a.likely - b.likely, a.not_excluded - b.not_excluded};
}

// Ranks by what falls for a day of work: likely first, then what is not excluded.
struct Worth {
  double likely = 0, not_excluded = 0;
  bool IsAbove(const Worth& other) const {
    return std::tie(likely, not_excluded) > std::tie(other.likely, other.not_excluded);
  }
};

class Search {
 public:
  Search(std::shared_ptr<const replica::View> view, Analysis& analysis, const Scored& scored,
         const RemedySearchOptions& options)
      : original_(std::move(view)),
        draft_(original_),
        analysis_(analysis),
        scored_(scored),
        options_(options),
        subject_(analysis.graph(), options.consumers) {
    limits_.cancelled = options.cancelled;
  }

  absl::StatusOr<RemedySearchResult> Run() {
    TellProgress();
    absl::Status status = Begin();
    if (status.ok()) status = Round(/*first=*/true);
    if (status.ok()) status = options_.list_candidates ? ListAll() : PickAll();
    if (!status.ok()) return status;
    result_.after = options_.list_candidates ? result_.before : subject_.ScoreOf(stage_->lambdas());
    result_.graph = stage_->graph();
    return std::move(result_);
  }

 private:
  absl::Status Begin();
  // The inventory's, or, where something is offered, that with all of it.
  Analysis& Base() { return with_offered_.has_value() ? *with_offered_ : analysis_; }
  std::shared_ptr<const engine::Graph> WithProposals();
  void MakeForNeed(const Need& need);
  void Make(Candidate candidate);
  void MakeBundles();
  absl::Status Round(bool first);
  absl::Status TryOne(Entry& entry, bool first);
  Worth WorthOf(const Entry& entry) const;
  bool Counts(const Entry& entry) const;
  Entry* Best();
  absl::Status PickAll();
  absl::Status ListAll();
  absl::StatusOr<PickedRemedy> Tell(const Entry& entry, const Trial& trial) const;
  absl::StatusOr<Lambdas> Exactly(DraftInventory draft, const Candidate& candidate) const;
  absl::StatusOr<std::optional<Lambdas>> Correct(const Entry& entry, PickedRemedy& picked) const;
  void Renew(const Candidate& picked, const std::vector<ConsumerIndex>& affected);
  void NoteUnremedied();
  void TellProgress() const {
    if (options_.progress) options_.progress(result_.tried, static_cast<int>(result_.picked.size()));
  }

  const DraftInventory original_;
  DraftInventory draft_;
  Analysis& analysis_;
  std::optional<Analysis> with_offered_;
  const Scored& scored_;
  const RemedySearchOptions& options_;
  const RemedySubject subject_;
  engine::Limits limits_;
  std::vector<Need> needs_;
  std::vector<ProposedDeployment> proposals_;
  std::optional<Suitability> suitability_;
  std::optional<RemedyStage> stage_;
  std::optional<RemedyContext> context_;
  std::optional<CandidateMaker> maker_;
  std::vector<Entry> entries_;
  std::set<std::string> titles_;
  std::set<uint32_t> deployments_made_;
  int64_t spent_ = 0;
  RemedySearchResult result_;

  void Renew();  // The makers, on the stage as it is.
};

absl::Status Search::Begin() {
  Lambdas lambdas;
  const engine::ConsumerTable& consumers = analysis_.graph().consumers();
  for (Reading reading : engine::kReadings) {
    lambdas[reading].assign(consumers.slots(), 0);
    for (ConsumerIndex consumer : consumers) {
      lambdas[reading][consumer.value] = scored_.board().LambdaOf(reading, consumer);
    }
  }
  result_.before = subject_.ScoreOf(lambdas);
  needs_ = NeedsOf(analysis_.graph(), subject_, lambdas);
  result_.needs_skipped = static_cast<int64_t>(needs_.size() - std::min(needs_.size(), kNeedsMax));
  needs_.resize(std::min(needs_.size(), kNeedsMax));
  result_.needs = static_cast<int64_t>(needs_.size());
  if (options_.offered != nullptr) {
    with_offered_.emplace(options_.offered->shared_graph(), analysis_.Knowledge().rules().disabled(),
                          /*hypothetical=*/true);
  }
  suitability_.emplace(options_.offered != nullptr ? *options_.offered : draft_.view(), Base().graph(),
                       Base().Knowledge());
  auto stage = RemedyStage::Create(WithProposals(), analysis_.Knowledge().rules().disabled(),
                                   scored_.hazards(), std::move(lambdas), limits_);
  if (!stage.ok()) return stage.status();
  stage_ = *std::move(stage);
  if (options_.draws.trials > 0) {
    const std::shared_ptr<const Analysis> facts(std::shared_ptr<void>(), &analysis_);
    const auto sums = SumLosses({analysis_.shared_graph(), facts}, scored_.hazards(), options_.draws);
    if (!sums.ok()) return sums.status();
    result_.loss_before = *sums;
  }
  Renew();
  for (const Need& need : needs_) MakeForNeed(need);
  MakeBundles();
  return absl::OkStatus();
}

// Nobody depends on what is only proposed, so that no score changes by it.
std::shared_ptr<const engine::Graph> Search::WithProposals() {
  const auto plan = Base().Plan();
  if (!plan.ok()) return Base().shared_graph();
  const auto exposure = engine::Exposure::Create(**plan, Base().shared_atoms(), limits_);
  if (!exposure.ok()) return Base().shared_graph();
  const RemedyContext context{Base().graph(),         Base().Knowledge(), *exposure,
                              *suitability_,          scored_.hazards(),  proposals_,
                              options_.offered.get(), options_.home,      options_.kinds};
  proposals_ = ProposeDeployments(context, draft_, needs_);
  engine::GraphChanges changes;
  changes.revision = Base().graph().revision();
  for (const ProposedDeployment& proposal : proposals_) {
    if (!proposal.offered && !engine::AddUpsert(proposal.document, changes).ok())
      return Base().shared_graph();
  }
  auto graph = Base().graph().Apply(changes);
  if (!graph.ok()) {
    std::erase_if(proposals_, [](const ProposedDeployment& proposal) { return !proposal.offered; });
    return Base().shared_graph();
  }
  for (ProposedDeployment& proposal : proposals_) {
    proposal.index = *(*graph)->deployments().Find(proposal.document.name());
  }
  return *std::move(graph);
}

void Search::Renew() {
  maker_.reset();
  context_.emplace(RemedyContext{*stage_->graph(), stage_->knowledge(), stage_->exposure(), *suitability_,
                                 scored_.hazards(), proposals_, options_.offered.get(), options_.home,
                                 options_.kinds});
  maker_.emplace(*context_, draft_);
}

void Search::Make(Candidate candidate) {
  if (!titles_.insert(candidate.title).second) return;
  if (options_.without.contains(candidate.title)) {
    ++result_.left_out;
    return;
  }
  if (candidate.days == 0) candidate.days = options_.costs.Of(candidate.kind);
  Entry& entry = entries_.emplace_back();
  entry.candidate = std::move(candidate);
}

void Search::MakeForNeed(const Need& need) {
  for (Candidate& candidate : maker_->ForNeed(need)) Make(std::move(candidate));
  for (Target target : stage_->graph()->consumers()[need.consumer].group(need.group).targets()) {
    if (target.is_consumer() || !deployments_made_.insert(target.deployment().value).second) continue;
    for (Candidate& candidate : maker_->ForDeployment(target.deployment())) Make(std::move(candidate));
  }
}

void Search::MakeBundles() {
  std::vector<const Candidate*> single;
  for (const Entry& entry : entries_) single.push_back(&entry.candidate);
  for (Candidate& bundle : BundlesOf(single, options_.costs)) Make(std::move(bundle));
}

absl::Status Search::TryOne(Entry& entry, bool first) {
  if (limits_.cancelled && limits_.cancelled()) return absl::CancelledError("the search was cancelled");
  ++result_.tried;
  entry.stale = false;
  auto trial = stage_->Try(entry.candidate, limits_);
  if (!trial.ok()) return FromEngine(trial.status());
  entry.refused = !trial->has_value();
  if (entry.refused) return absl::OkStatus();
  entry.affected = std::move((*trial)->affected);
  entry.fall = {};
  for (const engine::TriedConsumer& tried : (*trial)->tried) {
    const double share = subject_.ShareOf(tried.consumer);
    if (share == 0) continue;
    for (Reading reading : engine::kReadings) {
      const double before = engine::ScoreOf(stage_->lambdas()[reading][tried.consumer.value]);
      entry.fall[reading] += share * (before - engine::ScoreOf(tried.lambda[reading]));
    }
  }
  if (first) entry.alone = Less(result_.before, entry.fall);
  return absl::OkStatus();
}

absl::Status Search::Round(bool first) {
  for (Entry& entry : entries_) {
    if (!entry.stale || entry.refused || result_.tried >= kTriesMax) continue;
    if (absl::Status status = TryOne(entry, first); !status.ok()) return status;
    if (result_.tried % 16 == 0) TellProgress();
  }
  TellProgress();
  if (first) NoteUnremedied();
  return absl::OkStatus();
}

bool Search::Counts(const Entry& entry) const {
  if (entry.stale || entry.refused) return false;
  const auto floor = [this](Reading reading) { return kFallCounts * result_.before[reading] + 1e-9; };
  if (entry.fall.likely > floor(Reading::kLikely)) return true;
  return entry.fall.likely > -1e-9 && entry.fall.not_excluded > floor(Reading::kNotExcluded);
}

Worth Search::WorthOf(const Entry& entry) const {
  const double days = entry.candidate.days;
  const double likely = entry.fall.likely > kFallCounts * result_.before.likely ? entry.fall.likely : 0;
  return {likely / days, entry.fall.not_excluded / days};
}

Entry* Search::Best() {
  Entry* best = nullptr;
  bool too_dear = false;
  for (Entry& entry : entries_) {
    if (!Counts(entry)) continue;
    if (options_.budget_days.has_value() && spent_ + entry.candidate.days > *options_.budget_days) {
      too_dear = true;
      continue;
    }
    if (best == nullptr || WorthOf(entry).IsAbove(WorthOf(*best)) ||
        (!WorthOf(*best).IsAbove(WorthOf(entry)) && entry.candidate.title < best->candidate.title)) {
      best = &entry;
    }
  }
  if (best == nullptr) {
    result_.end = too_dear                     ? v1::REMEDY_END_BUDGET
                  : result_.tried >= kTriesMax ? v1::REMEDY_END_LIMIT
                                               : v1::REMEDY_END_NOTHING_LEFT;
  }
  return best;
}

absl::StatusOr<PickedRemedy> Search::Tell(const Entry& entry, const Trial& trial) const {
  PickedRemedy picked{.candidate = entry.candidate, .alone = entry.alone};
  const EffectTeller teller{*stage_, subject_, scored_.hazards(), options_.draws, limits_};
  absl::Status status = teller.Tell(trial, result_.loss_before.has_value(), picked);
  if (!status.ok()) return status;
  return picked;
}

// The lambdas of the inventory with the candidate's documents and nothing else that is offered.
absl::StatusOr<Lambdas> Search::Exactly(DraftInventory draft, const Candidate& candidate) const {
  draft.Write(candidate.documents);
  Analysis after(draft.view().shared_graph(), analysis_.Knowledge().rules().disabled(),
                 /*hypothetical=*/true);
  const auto plan = after.Plan();
  if (!plan.ok()) return plan.status();
  const auto board =
      engine::ScoreBoard::Create(**plan, after.atom_cache(), scored_.hazards().hazards, limits_);
  if (!board.ok()) return FromEngine(board.status());
  Lambdas lambdas;
  for (Reading reading : engine::kReadings) {
    lambdas[reading].assign(after.graph().consumers().slots(), 0);
    for (ConsumerIndex consumer : after.graph().consumers())
      lambdas[reading][consumer.value] = (*board)->LambdaOf(reading, consumer);
  }
  return lambdas;
}

// Trials run beside everything that is offered, which what cannot be excluded may turn on. What is told is
// what applying the remedy gives.
absl::StatusOr<std::optional<Lambdas>> Search::Correct(const Entry& entry, PickedRemedy& picked) const {
  if (options_.offered == nullptr) return std::optional<Lambdas>();
  auto exact = Exactly(draft_, entry.candidate);
  if (!exact.ok()) return exact.status();
  EffectTeller{*stage_, subject_, scored_.hazards(), options_.draws, limits_}.Correct(*exact, picked);
  if (picked.alone.has_value()) {
    const auto alone = Exactly(original_, entry.candidate);
    if (!alone.ok()) return alone.status();
    picked.alone = subject_.ScoreOf(*alone);
  }
  return std::optional<Lambdas>(*std::move(exact));
}

absl::Status Search::PickAll() {
  while (result_.picked.size() < options_.remedies_max) {
    Entry* best = Best();
    if (best == nullptr) return absl::OkStatus();
    auto trial = stage_->Try(best->candidate, limits_, /*parts=*/true);
    if (!trial.ok()) return FromEngine(trial.status());
    auto picked = Tell(*best, **trial);
    if (!picked.ok()) return picked.status();
    auto exact = Correct(*best, *picked);
    if (!exact.ok()) return exact.status();
    if (absl::Status status = stage_->Take(**trial, limits_); !status.ok()) return FromEngine(status);
    if (exact->has_value()) stage_->SetLambdas(**std::move(exact));
    TellShared(*stage_, scored_.hazards().hazards, *picked);
    spent_ += picked->candidate.days;
    draft_.Write(picked->candidate.documents);
    result_.picked.push_back(*std::move(picked));
    Renew(result_.picked.back().candidate, (*trial)->affected);
    if (absl::Status status = Round(/*first=*/false); !status.ok()) return status;
  }
  result_.end = v1::REMEDY_END_ENOUGH;
  return absl::OkStatus();
}

absl::Status Search::ListAll() {
  std::vector<const Entry*> order;
  for (const Entry& entry : entries_) {
    if (!entry.stale && !entry.refused) order.push_back(&entry);
  }
  std::stable_sort(order.begin(), order.end(),
                   [this](const Entry* a, const Entry* b) { return WorthOf(*a).IsAbove(WorthOf(*b)); });
  result_.end = order.size() > options_.remedies_max ? v1::REMEDY_END_ENOUGH : v1::REMEDY_END_NOTHING_LEFT;
  order.resize(std::min(order.size(), options_.remedies_max));
  for (const Entry* entry : order) {
    auto trial = stage_->Try(entry->candidate, limits_, /*parts=*/true);
    if (!trial.ok()) return FromEngine(trial.status());
    auto picked = Tell(*entry, **trial);
    if (!picked.ok()) return picked.status();
    if (auto exact = Correct(*entry, *picked); !exact.ok()) return exact.status();
    picked->alone = picked->after;
    TellShared(*stage_, scored_.hazards().hazards, *picked);
    result_.picked.push_back(*std::move(picked));
  }
  return absl::OkStatus();
}

// After a pick: what is about the same documents is made anew, what it has moved is tried anew.
void Search::Renew(const Candidate& picked, const std::vector<ConsumerIndex>& affected) {
  std::set<std::string> written;
  for (const v1::RemedyDocument& document : picked.documents) written.insert(NameIn(document.resource()));
  std::set<std::string> again;  // Needs.
  std::erase_if(entries_, [&](const Entry& entry) {
    bool meets = false;
    for (const v1::RemedyDocument& document : entry.candidate.documents) {
      meets |= written.contains(NameIn(document.resource()));
    }
    if (!meets) return false;
    titles_.erase(entry.candidate.title);
    for (const v1::RemedyDocument& document : entry.candidate.documents) {
      again.insert(NameIn(document.resource()));
    }
    return true;
  });
  titles_.insert(picked.title);
  Renew();
  for (const Need& need : needs_) {
    if (!again.contains(need.name) && !written.contains(need.name)) continue;
    for (Candidate& candidate : maker_->ForNeed(need)) Make(std::move(candidate));
  }
  for (const std::string& name : written) {
    const auto deployment = stage_->graph()->deployments().Find(name);
    if (!deployment.has_value()) continue;
    for (Candidate& candidate : maker_->ForDeployment(*deployment)) Make(std::move(candidate));
  }
  std::vector<bool> moved(stage_->graph()->consumers().slots(), false);
  for (ConsumerIndex consumer : affected) moved[consumer.value] = true;
  for (Entry& entry : entries_) {
    for (ConsumerIndex consumer : entry.affected) entry.stale |= moved[consumer.value];
  }
}

// Needs that some single loss takes whole and that nothing tried would mend.
void Search::NoteUnremedied() {
  std::set<std::string> mended, made;
  for (const Entry& entry : entries_) {
    for (const v1::RemedyDocument& document : entry.candidate.documents) {
      const std::string name = NameIn(document.resource());
      made.insert(name);
      if (Counts(entry)) mended.insert(name);
    }
  }
  for (const Need& need : needs_) {
    if (result_.unremedied.size() == kUnremediedMax) return;
    if (mended.contains(need.name)) continue;
    const engine::GroupView group = stage_->graph()->consumers()[need.consumer].group(need.group);
    const bool on_deployments = std::any_of(group.targets().begin(), group.targets().end(),
                                            [](Target t) { return !t.is_consumer(); });
    std::vector<engine::Exposed> shared = stage_->exposure().CommonOf(group.targets());
    std::erase_if(shared, [this](const engine::Exposed& one) {
      const engine::AtomIndex::Entry& entry = stage_->exposure().entry(one.atom);
      return one.first == Reading::kNotExcluded ||
             scored_.hazards().hazards.Of(entry.atom.atom_class, entry.key).never();
    });
    if (shared.empty() || !on_deployments) continue;
    v1::Unremedied& message = result_.unremedied.emplace_back();
    message.set_dependency(need.name);
    message.set_points(need.stake);
    message.set_reason(made.contains(need.name)
                           ? absl::StrCat("everything that could be added falls with it, to ",
                                          stage_->exposure().entry(shared[0].atom).key, " first")
                           : "no other deployment of the inventory can meet it: add one that serves the same "
                             "model elsewhere, or state `purpose` and the `tasks` of models");
  }
}

}  // namespace

absl::StatusOr<RemedySearchResult> SearchRemedies(std::shared_ptr<const replica::View> view,
                                                  Analysis& analysis, const Scored& scored,
                                                  const RemedySearchOptions& options) {
  return Search(std::move(view), analysis, scored, options).Run();
}

}  // namespace linchpin::risk
