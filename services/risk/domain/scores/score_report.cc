#include "services/risk/domain/scores/score_report.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/engine/graph/counted.h"
#include "services/resource/kinds.h"
#include "services/risk/domain/scores/ranking_sensitivity.h"
#include "services/risk/domain/scores/score_points.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::Reading;

constexpr std::string_view kPortfolio = "portfolio";
constexpr size_t kDriversMax = 3;

bool IsScored(const resource::KindInfo& kind) {
  return kind.kind == "Application" || kind.kind == "BusinessService" || kind.kind == "Vendor";
}

void SetFigures(const PerReading& scores, const PerReading& lambdas, v1::Score& score) {
  const auto set = [&](Reading reading, v1::ScoreFigure& figure) {
    figure.set_score(scores[reading]);
    figure.set_lambda(lambdas[reading]);
  };
  set(Reading::kProven, *score.mutable_proven());
  set(Reading::kLikely, *score.mutable_likely());
  set(Reading::kNotExcluded, *score.mutable_not_excluded());
}

void AddDrivers(const Scored& scored, const ScoreSubject& subject, v1::Score& score) {
  const std::vector<AtomPoints> points = PointsOf(scored.board(), subject);
  for (size_t i = 0; i < std::min(points.size(), kDriversMax); ++i) {
    v1::Score::Driver& driver = *score.add_drivers();
    driver.set_atom(scored.board().atoms()[points[i].atom].key);
    SetPoints(points[i].points, *driver.mutable_points());
  }
}

void FillConsumer(const engine::ScoreBoard& board, engine::ConsumerIndex consumer, v1::Score& score) {
  const engine::ConsumerView view = board.graph().consumers()[consumer];
  score.set_name(std::string(view.name()));
  score.mutable_max_tolerable_downtime()->set_seconds(view.record().max_tolerable_downtime_seconds);
  score.set_tier(view.record().tier);
  if (view.record().kind == engine::ConsumerKind::kApplication) score.set_weight(view.record().weight);
}

ScoreSubject SubjectAt(v1::ScoreKind kind, uint32_t index) {
  const bool vendor = kind == v1::SCORE_KIND_VENDOR;
  return {vendor ? ScoreSubject::Kind::kVendor : ScoreSubject::Kind::kConsumer, index};
}

}  // namespace

absl::StatusOr<ScoreSubject> SubjectOf(const engine::Graph& graph, std::string_view name) {
  if (name == kPortfolio) return ScoreSubject{};
  const resource::KindInfo* kind = resource::KindOfName(name);
  if (kind == nullptr || !IsScored(*kind)) {
    return base::FieldError("name",
                            absl::StrCat("`", std::string(name),
                                         "` has no score; name an application, a business service or a "
                                         "vendor, such as `applications/claims`, or `portfolio`"));
  }
  if (const auto vendor = graph.vendors().Find(name))
    return ScoreSubject{ScoreSubject::Kind::kVendor, vendor->value};
  if (const auto consumer = graph.consumers().Find(name)) {
    return ScoreSubject{ScoreSubject::Kind::kConsumer, consumer->value};
  }
  return base::Error(base::reason::TargetNotFound{.target = name, .field = "name"},
                     absl::StrCat("`", std::string(name), "` is not in the inventory; check the name"));
}

v1::Score ScoreOf(const Scored& scored, const ScoreSubject& subject) {
  const engine::ScoreBoard& board = scored.board();
  v1::Score score;
  PerReading scores = {}, lambdas = {};
  for (Reading reading : engine::kReadings) {
    if (subject.kind == ScoreSubject::Kind::kPortfolio) scores[reading] = board.Portfolio(reading).score;
    if (subject.kind == ScoreSubject::Kind::kVendor)
      scores[reading] = board.Portfolio(reading).falls[subject.index];
    if (subject.kind != ScoreSubject::Kind::kConsumer) continue;
    lambdas[reading] = board.LambdaOf(reading, {subject.index});
    scores[reading] = engine::ScoreOf(lambdas[reading]);
  }
  SetFigures(scores, lambdas, score);
  if (subject.kind == ScoreSubject::Kind::kPortfolio) score.set_name(std::string(kPortfolio));
  if (subject.kind == ScoreSubject::Kind::kVendor)
    score.set_name(board.graph().vendors()[{subject.index}].name);
  if (subject.kind == ScoreSubject::Kind::kConsumer) FillConsumer(board, {subject.index}, score);
  AddDrivers(scored, subject, score);
  return score;
}

void Describe(const HazardSet& hazards, v1::ScoreBasis& basis) {
  basis.set_formula_version(engine::kScoreFormulaVersion);
  basis.set_hazard_table(hazards.table);
  basis.set_hazard_table_version(hazards.version);
  basis.set_as_of_date(absl::FormatTime("%Y-%m-%d", hazards.as_of, absl::UTCTimeZone()));
}

void Describe(const Scored& scored, v1::ScoreBasis& basis) {
  Describe(scored.hazards(), basis);
  basis.set_application_count(scored.board().Portfolio(Reading::kProven).applications);
  basis.set_stand_in_route_count(engine::Counted(scored.board().graph()).stand_ins());
}

bool ReportScores(const Scored& scored, v1::ScoreKind kind, size_t first, size_t count,
                  v1::ListScoresResponse& response) {
  const std::vector<uint32_t>& ranking = scored.Ranking(kind);
  const size_t begin = std::min(first, ranking.size()), end = std::min(ranking.size(), begin + count);
  for (size_t i = begin; i < end; ++i) *response.add_scores() = ScoreOf(scored, SubjectAt(kind, ranking[i]));
  response.set_total_size(static_cast<int32_t>(ranking.size()));
  *response.mutable_portfolio() = ScoreOf(scored, ScoreSubject{});
  if (begin == 0 && kind != v1::SCORE_KIND_VENDOR) {
    AddRankingSensitivities(scored.board(), {ranking.data(), end}, *response.mutable_sensitivities());
  }
  return end < ranking.size();
}

}  // namespace linchpin::risk
