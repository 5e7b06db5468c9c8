#include "services/risk/domain/remedies/remedy_report.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/risk/domain/remedies/remedy_search.h"
#include "services/risk/domain/reports/named_consumers.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::Reading;

constexpr int kRemediesDefault = 10;
constexpr int64_t kTrialsDefault = 1000;
constexpr size_t kConsumersTold = 10;

int64_t CountPriced(const engine::Graph& graph) {
  int64_t count = 0;
  for (engine::ConsumerIndex consumer : graph.consumers()) {
    count += IsPriced(graph.consumers()[consumer].record());
  }
  return count;
}

absl::StatusOr<RemedySearchOptions> ReadOptions(const engine::Graph& graph,
                                                const v1::SuggestRemediesRequest& request,
                                                const RemedyHooks& hooks) {
  auto costs = RemedyCosts::Read(request.costs());
  if (!costs.ok()) return costs.status();
  auto consumers = FindConsumers(graph, request.consumers(), "consumers", NamedRoutes::kRefused);
  if (!consumers.ok()) return consumers.status();
  RemedySearchOptions options{.consumers = *std::move(consumers), .costs = *std::move(costs)};
  options.remedies_max =
      static_cast<size_t>(request.max_remedies() == 0 ? kRemediesDefault : request.max_remedies());
  if (request.has_budget_days()) options.budget_days = request.budget_days();
  options.list_candidates = request.list_candidates();
  options.home.insert(request.home().begin(), request.home().end());
  if (options.home.empty()) options.home.insert(hooks.home.begin(), hooks.home.end());
  for (int i = 0; i < request.kinds_size(); ++i) {
    if (request.kinds(i) == v1::REMEDY_KIND_UNSPECIFIED || !v1::RemedyKind_IsValid(request.kinds(i))) {
      return base::FieldError(absl::StrCat("kinds[", i, "]"), "name a kind of remedy");
    }
    options.kinds.insert(request.kinds(i));
  }
  options.draws.trials = request.trials() == 0 ? kTrialsDefault : request.trials();
  if (CountPriced(graph) == 0) options.draws.trials = 0;
  options.draws.seed = request.seed() == 0 ? 1 : request.seed();
  options.draws.threads = hooks.threads;
  options.offered = hooks.offered;
  options.without.insert(request.without().begin(), request.without().end());
  options.draws.cancelled = options.cancelled = hooks.cancelled;
  options.progress = hooks.progress;
  return options;
}

class Report {
 public:
  Report(const RemedySearchResult& found, bool listed, int64_t trials)
      : found_(found), listed_(listed), trials_(static_cast<double>(trials)) {
    if (found.loss_before.has_value()) loss_ = *found.loss_before;
  }

  void Fill(v1::RemedyResult& result) {
    SetPoints(found_.before, *result.mutable_score_before());
    SetPoints(found_.after, *result.mutable_score_after());
    if (found_.loss_before.has_value()) SetLoss(loss_, *result.mutable_loss_before());
    for (const PickedRemedy& picked : found_.picked) Add(picked, *result.add_remedies());
    if (found_.loss_before.has_value()) SetLoss(loss_, *result.mutable_loss_after());
    result.set_candidate_count(found_.tried);
    result.set_dependency_count(found_.needs);
    result.set_skipped_dependency_count(found_.needs_skipped);
    for (const v1::Unremedied& one : found_.unremedied) *result.add_unremedied() = one;
    result.set_left_out_count(found_.left_out);
    result.set_end(found_.end);
  }

 private:
  void SetLoss(const LossSums& sums, v1::RemedyLoss& loss) const {
    loss.set_proven_minor(static_cast<double>(sums.proven) / trials_);
    loss.set_likely_minor(static_cast<double>(sums.likely) / trials_);
    loss.set_not_excluded_minor(static_cast<double>(sums.not_excluded) / trials_);
  }

  void Add(const PickedRemedy& picked, v1::Remedy& remedy) {
    const Candidate& candidate = picked.candidate;
    remedy.set_kind(candidate.kind);
    remedy.set_title(candidate.title);
    remedy.set_subject(candidate.subject);
    for (const v1::RemedyDocument& document : candidate.documents) *remedy.add_documents() = document;
    for (const std::string& assumption : candidate.assumptions) remedy.add_assumptions(assumption);
    remedy.set_cost_days(candidate.days);
    if (picked.alone.has_value()) SetPoints(*picked.alone, *remedy.mutable_score_alone());
    SetPoints(picked.before, *remedy.mutable_score_before());
    SetPoints(picked.after, *remedy.mutable_score_after());
    AddLoss(picked, remedy);
    AddMoved(picked, remedy);
    for (const auto& [key, fall] : picked.atoms) {
      v1::RemediedAtom& atom = *remedy.add_atoms();
      atom.set_atom(key);
      SetPoints(fall, *atom.mutable_fall());
    }
    for (const std::string& key : picked.still_shared) remedy.add_still_shared(key);
  }

  // Picks go on from each other; candidates that are only listed all begin from the same.
  void AddLoss(const PickedRemedy& picked, v1::Remedy& remedy) {
    if (!picked.loss.has_value()) return;
    LossSums after = loss_;
    for (Reading reading : engine::kReadings) after[reading] -= picked.loss->sums[reading];
    SetLoss(loss_, *remedy.mutable_loss_before());
    SetLoss(after, *remedy.mutable_loss_after());
    remedy.set_loss_fall_standard_error_minor(picked.loss->standard_error);
    if (!listed_) loss_ = after;
  }

  void AddMoved(const PickedRemedy& picked, v1::Remedy& remedy) const {
    remedy.set_consumer_count(static_cast<int64_t>(picked.moved.size()));
    for (size_t i = 0; i < std::min(picked.moved.size(), kConsumersTold); ++i) {
      const MovedConsumer& moved = picked.moved[i];
      v1::RemediedConsumer& message = *remedy.add_consumers();
      message.set_consumer(std::string(found_.graph->consumers().NameOf(moved.consumer)));
      SetPoints(moved.before, *message.mutable_before());
      SetPoints(moved.after, *message.mutable_after());
    }
  }

  const RemedySearchResult& found_;
  const bool listed_;
  const double trials_;
  LossSums loss_{};
};

}  // namespace

v1::SuggestRemediesRequest Narrowed(const Analysis& counting, v1::SuggestRemediesRequest request) {
  if (counting.selection() == nullptr) return request;
  const engine::ConsumerTable& table = counting.graph().consumers();
  std::vector<std::string> applications, services;
  for (const std::string& name : request.consumers()) {
    const auto consumer = table.Find(name);
    if (!consumer.has_value() || counting.counted().IsSelected(*consumer)) applications.push_back(name);
  }
  if (request.consumers().empty()) {
    for (engine::ConsumerIndex consumer : table) {
      if (counting.counted().IsApplication(consumer)) applications.emplace_back(table.NameOf(consumer));
      if (counting.counted().IsBusinessService(consumer)) services.emplace_back(table.NameOf(consumer));
    }
  }
  const std::vector<std::string>& asked = applications.empty() ? services : applications;
  *request.mutable_consumers() = {asked.begin(), asked.end()};
  return request;
}

absl::Status ReportRemedies(std::shared_ptr<const replica::View> view, Analysis& analysis,
                            const Scored& scored, const v1::SuggestRemediesRequest& request,
                            const RemedyHooks& hooks, v1::RemedyResult& result) {
  const auto options = ReadOptions(analysis.graph(), request, hooks);
  if (!options.ok()) return options.status();
  const auto found = SearchRemedies(std::move(view), analysis, scored, *options);
  if (!found.ok()) return found.status();
  result.set_priced_consumers(CountPriced(analysis.graph()));
  result.set_trials(options->draws.trials);
  options->costs.Describe(*result.mutable_costs());
  Report(*found, options->list_candidates, std::max<int64_t>(1, options->draws.trials)).Fill(result);
  return absl::OkStatus();
}

}  // namespace linchpin::risk
