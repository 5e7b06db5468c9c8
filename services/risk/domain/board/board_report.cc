#include "services/risk/domain/board/board_report.h"

#include <algorithm>
#include <utility>

#include "services/risk/domain/board/blast_radius.h"
#include "services/risk/domain/board/events.h"
#include "services/risk/domain/board/scenario_matrix.h"
#include "services/risk/domain/remedies/remedy_report.h"
#include "services/risk/domain/reports/concentration_report.h"
#include "services/risk/domain/reports/loss_report.h"
#include "services/risk/domain/reports/question_report.h"
#include "services/risk/domain/scores/score_explanation.h"
#include "services/risk/domain/scores/score_report.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
namespace common = ::linchpin::common::v1;

constexpr int kGroupsMax = 5;
constexpr size_t kScoresMax = 10;
constexpr size_t kContributionsMax = 8;
constexpr int kRemediesMax = 3;
constexpr int kQuestionsMax = 5;
constexpr int kRowsDefault = 12;
constexpr int64_t kTrialsDefault = 10'000;

// Whose, made by whom, where, from where, on which base model.
constexpr common::Dimension kDimensions[] = {
    common::DIMENSION_OPERATOR_GROUP,      common::DIMENSION_DEVELOPER_GROUP,
    common::DIMENSION_HOST_PROVIDER_GROUP, common::DIMENSION_HOST_COUNTRY,
    common::DIMENSION_ROOT_ORIGIN_COUNTRY, common::DIMENSION_BASE_MODEL_ROOT};

class Board {
 public:
  Board(const BoardBasis& basis, const v1::GetReportRequest& request, const BoardHooks& hooks,
        v1::Report& report)
      : basis_(basis), request_(request), hooks_(hooks), report_(report) {}

  absl::Status Fill() {
    struct Part {
      const char* name;
      absl::Status (Board::*fill)();
    };
    constexpr Part kParts[] = {
        {"concentration", &Board::Concentrate}, {"scores", &Board::Score},     {"events", &Board::Events},
        {"scenarios", &Board::Matrix},          {"decisions", &Board::Decide}, {"losses", &Board::Losses},
        {"questions", &Board::Questions}};
    Count();
    int64_t done = 0;
    for (const Part& part : kParts) {
      if (hooks_.progress) hooks_.progress(done++, std::size(kParts), part.name);
      if (absl::Status status = (this->*part.fill)(); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  size_t RowsMax() const {
    return static_cast<size_t>(request_.max_rows() == 0 ? kRowsDefault : request_.max_rows());
  }

  int64_t Trials() const { return request_.trials() == 0 ? kTrialsDefault : request_.trials(); }

  void Count() {
    report_.mutable_report_time()->set_seconds(absl::ToUnixSeconds(basis_.now));
    int64_t applications = 0, services = 0;
    for (engine::ConsumerIndex consumer : basis_.analysis.graph().consumers()) {
      applications += basis_.analysis.counted().IsApplication(consumer);
      services += basis_.analysis.counted().IsBusinessService(consumer);
    }
    report_.set_application_count(applications);
    report_.set_business_service_count(services);
    TellSelection(basis_.analysis, report_);
  }

  absl::Status Concentrate() {
    v1::GetConcentrationRequest request;
    for (common::Dimension dimension : kDimensions) request.add_dimensions(dimension);
    request.set_max_groups(kGroupsMax);
    *request.mutable_home() = request_.home();
    return ReportConcentration(basis_.analysis, request, basis_.home, hooks_.cancelled,
                               *report_.mutable_concentration());
  }

  absl::Status Score() {
    ReportScores(basis_.scored, v1::SCORE_KIND_APPLICATION, 0, kScoresMax, *report_.mutable_scores());
    Describe(basis_.scored, *report_.mutable_scores()->mutable_basis());
    return ReportExplanation(basis_.analysis, basis_.scored, ScoreSubject{}, kContributionsMax,
                             hooks_.cancelled, *report_.mutable_portfolio());
  }

  absl::Status Events() {
    const auto& home = request_.home();
    absl::Status status = ReportEvents(
        basis_.analysis, home.empty() ? basis_.home : std::vector<std::string>(home.begin(), home.end()),
        basis_.currency, hooks_.cancelled, report_);
    if (!status.ok() || report_.events().empty()) return status;
    *report_.mutable_blast_radius() = BlastRadiusOf(basis_.analysis, report_.events(0), RowsMax());
    Trim(report_);
    return absl::OkStatus();
  }

  absl::Status Matrix() {
    const auto scenarios = ScenariosToTry(basis_.analysis, report_, basis_.records,
                                          basis_.scored.hazards().retirements, basis_.now);
    return ReportMatrix(basis_.analysis, scenarios, RowsMax(), hooks_.cancelled, *report_.mutable_matrix());
  }

  absl::Status Decide() {
    v1::SuggestRemediesRequest request;
    request.set_max_remedies(kRemediesMax);
    request.set_trials(Trials());
    *request.mutable_home() = request_.home();
    *request.mutable_without() = request_.without_remedies();
    RemedyHooks hooks{.home = basis_.home, .threads = basis_.threads, .cancelled = hooks_.cancelled};
    v1::RemedyResult& result = *report_.mutable_remedies();
    Describe(basis_.all_scored, *result.mutable_basis());
    result.set_currency(basis_.currency);
    return ReportRemedies(basis_.view, basis_.all, basis_.all_scored, Narrowed(basis_.analysis, request),
                          hooks, result);
  }

  absl::Status Losses() {
    v1::LossResult& losses = *report_.mutable_losses();
    losses.set_currency(basis_.currency);
    CountPriced(basis_.analysis, losses);
    if (losses.priced_consumers() == 0) return absl::OkStatus();  // There is nothing to add up.
    v1::EstimateLossesRequest request;
    request.set_trials(Trials());
    LossHooks hooks;
    hooks.threads = basis_.threads;
    hooks.cancelled = hooks_.cancelled;
    return ReportLosses(basis_.analysis, basis_.scored.hazards(), request, hooks, losses);
  }

  absl::Status Questions() {
    v1::ListOpenQuestionsRequest request;
    request.set_max_questions(kQuestionsMax);
    return ReportQuestions(basis_.analysis, *basis_.view, request, hooks_.cancelled,
                           *report_.mutable_questions());
  }

  const BoardBasis& basis_;
  const v1::GetReportRequest& request_;
  const BoardHooks& hooks_;
  v1::Report& report_;
};

}  // namespace

absl::Status ReportBoard(const BoardBasis& basis, const v1::GetReportRequest& request,
                         const BoardHooks& hooks, v1::Report& report) {
  return Board(basis, request, hooks, report).Fill();
}

}  // namespace linchpin::risk
