#include "services/risk/rpc/score_answers.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/risk/domain/scores/score_explanation.h"
#include "services/risk/domain/scores/score_report.h"
#include "services/risk/rpc/long_call.h"
#include "services/risk/rpc/score_history.h"
#include "services/serving/list_query.h"
#include "services/serving/page_token.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

constexpr int kPageSizeDefault = 50;
constexpr int kPageSizeMax = 1000;
constexpr int kContributionsDefault = 20;
constexpr size_t kHistoryMax = 10'000;

template <typename Request>
absl::Time StartOf(const Request& request) {
  return request.has_start_time() ? absl::FromUnixSeconds(request.start_time().seconds())
                                  : absl::InfinitePast();
}

// A selector says which portfolio is meant; who names one consumer has selected it.
template <typename Request>
absl::StatusOr<ScoreSubject> SubjectAsked(const Scored& scored, const Request& request) {
  absl::StatusOr<ScoreSubject> subject = SubjectOf(scored.graph(), request.name());
  if (subject.ok() && subject->kind == ScoreSubject::Kind::kConsumer && !IsEmpty(request.selector())) {
    return base::FieldError("selector", absl::StrCat("`", request.name(),
                                                     "` is one consumer; leave the selector out, or ask for "
                                                     "`portfolio`"));
  }
  return subject;
}

}  // namespace

ScoreAnswers::ScoreAnswers(const serving::Snapshots& snapshots, replica::ViewSource& records,
                           AnalysisCache& cache, Scorer& scorer, HazardFeed& hazards, ScoreOptions options)
    : snapshots_(snapshots),
      records_(records),
      cache_(cache),
      scorer_(scorer),
      hazards_(hazards),
      options_(std::move(options)) {}

template <typename Request>
absl::StatusOr<ScoreAnswers::Basis> ScoreAnswers::Begin(kit::Call& call, const Request& request,
                                                        v1::ScoreBasis& basis) {
  const absl::StatusOr<serving::Snapshot> snapshot =
      snapshots_.Take(call, request, *basis.mutable_inventory());
  if (!snapshot.ok()) return snapshot.status();
  const absl::StatusOr<HazardSet> hazards = hazards_.At(*snapshot->view, request.hazard_table());
  if (!hazards.ok()) return hazards.status();
  const auto all = cache_.Of(*snapshot->view);
  const auto analysis = cache_.Select(all, *snapshot->view, request.selector());
  if (!analysis.ok()) return analysis.status();
  auto scored = scorer_.Of(*all, *hazards, Cancelled(call));
  if (!scored.ok()) return scored.status();
  Basis made{*analysis, *std::move(scored)};
  if (made.analysis->selection() != nullptr) made.scored = made.scored->Count(*made.analysis->selection());
  TellSelection(*made.analysis, basis);
  Describe(*made.scored, basis);
  return made;
}

absl::Status ScoreAnswers::ListScores(kit::Call& call, const v1::ListScoresRequest& request,
                                      v1::ListScoresResponse& response) {
  if (request.page_size() < 0) return base::FieldError("page_size", "must not be negative");
  const int page_size =
      request.page_size() == 0 ? kPageSizeDefault : std::min(request.page_size(), kPageSizeMax);
  const serving::PageTokens tokens(snapshots_.source().history_id(), options_.page_token_secret);
  const std::string digest = serving::DigestOfQuery(request);
  size_t first = 0;
  if (!request.page_token().empty()) {
    const absl::StatusOr<std::string> opened = tokens.Open(digest, request.page_token());
    if (!opened.ok()) return opened.status();
    uint64_t place = 0;
    if (absl::SimpleAtoi(*opened, &place)) first = static_cast<size_t>(place);
  }
  const auto basis = Begin(call, request, *response.mutable_basis());
  if (!basis.ok()) return basis.status();
  const v1::ScoreKind kind =
      request.kind() == v1::SCORE_KIND_UNSPECIFIED ? v1::SCORE_KIND_APPLICATION : request.kind();
  if (ReportScores(*basis->scored, kind, first, static_cast<size_t>(page_size), response)) {
    response.set_next_page_token(tokens.Seal(digest, absl::StrCat(first + static_cast<size_t>(page_size))));
  }
  return absl::OkStatus();
}

absl::Status ScoreAnswers::GetScore(kit::Call& call, const v1::GetScoreRequest& request,
                                    v1::GetScoreResponse& response) {
  const auto basis = Begin(call, request, *response.mutable_basis());
  if (!basis.ok()) return basis.status();
  const absl::StatusOr<ScoreSubject> subject = SubjectAsked(*basis->scored, request);
  if (!subject.ok()) return subject.status();
  *response.mutable_score() = ScoreOf(*basis->scored, *subject);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const replica::View>> ScoreAnswers::Records() const {
  auto records = records_.Current();
  if (records != nullptr) return records;
  return base::Error(base::reason::NotReady{}, "the history has not been loaded yet; try again")
      .RetryAfterMs(200);
}

absl::Status ScoreAnswers::ListConcentrationHistory(kit::Call&,
                                                    const v1::ListConcentrationHistoryRequest& request,
                                                    v1::ListConcentrationHistoryResponse& response) {
  if (request.dimension() == common::v1::DIMENSION_UNSPECIFIED ||
      !common::v1::Dimension_IsValid(request.dimension()))
    return base::FieldError("dimension", "name a dimension");
  const auto records = Records();
  if (!records.ok()) return records.status();
  for (v1::ConcentrationPoint& point :
       ReadHistory(**records, request.dimension(), StartOf(request), kHistoryMax))
    *response.add_points() = std::move(point);
  return absl::OkStatus();
}

absl::Status ScoreAnswers::ListScoreHistory(kit::Call&, const v1::ListScoreHistoryRequest& request,
                                            v1::ListScoreHistoryResponse& response) {
  const auto records = Records();
  if (!records.ok()) return records.status();
  const std::string name = request.name().empty() ? "portfolio" : request.name();
  std::vector<v1::ScorePoint> points = ReadHistory(**records, name, StartOf(request), kHistoryMax);
  // What has gone keeps its history; what never was has none.
  const auto view = snapshots_.source().Current();
  if (points.empty() && view != nullptr) {
    const absl::StatusOr<ScoreSubject> subject = SubjectOf(view->graph(), name);
    if (!subject.ok()) return subject.status();
  }
  for (v1::ScorePoint& point : points) *response.add_points() = std::move(point);
  return absl::OkStatus();
}

absl::Status ScoreAnswers::ExplainScore(kit::Call& call, const v1::ExplainScoreRequest& request,
                                        v1::ExplainScoreResponse& response) {
  const auto basis = Begin(call, request, *response.mutable_basis());
  if (!basis.ok()) return basis.status();
  const absl::StatusOr<ScoreSubject> subject = SubjectAsked(*basis->scored, request);
  if (!subject.ok()) return subject.status();
  const int max = request.max_contributions() == 0 ? kContributionsDefault : request.max_contributions();
  return ReportExplanation(*basis->analysis, *basis->scored, *subject, static_cast<size_t>(max),
                           Cancelled(call), response);
}

}  // namespace linchpin::risk
