#include "services/risk/domain/reports/change_report.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "services/risk/domain/reports/concentration_report.h"
#include "services/risk/domain/reports/sweep_report.h"
#include "services/risk/domain/scores/score_points.h"
#include "services/risk/domain/scores/score_report.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::Reading;
using Dimensions = google::protobuf::RepeatedField<int>;
using Figures = v1::AssessChangeResponse::Figures;

constexpr size_t kMovesMax = 20;
constexpr int kGroupsShown = 3;
constexpr int kConsumersShown = 5;
constexpr common::v1::Dimension kDimensions[] = {
    common::v1::DIMENSION_OPERATOR_GROUP, common::v1::DIMENSION_DEVELOPER_GROUP,
    common::v1::DIMENSION_HOST_PROVIDER_GROUP, common::v1::DIMENSION_ORIGIN_COUNTRY,
    common::v1::DIMENSION_BASE_MODEL_ROOT};

bool DoesHarm(const v1::AtomImpact& atom) {
  const v1::AtomLosses& losses = atom.sustained();
  return losses.proven().impacted() + losses.likely().impacted() + losses.not_excluded().impacted() > 0;
}

absl::Status FillWorstEvent(Analysis& analysis, const std::function<bool()>& cancelled, Figures& figures) {
  v1::SweepCutoffsRequest request;
  request.set_max_atoms(1);
  request.set_max_consumers(kConsumersShown);
  v1::SweepResult result;
  const absl::Status status = ReportSweep(analysis, request, {nullptr, cancelled}, result);
  if (!status.ok() || result.atoms().empty() || !DoesHarm(result.atoms(0))) return status;
  figures.mutable_worst_event()->Swap(result.mutable_atoms(0));
  return absl::OkStatus();
}

absl::Status FillConcentrations(Analysis& analysis, const v1::AssessChangeRequest& asked,
                                const std::vector<std::string>& default_home,
                                const std::function<bool()>& cancelled, Figures& figures) {
  v1::GetConcentrationRequest request;
  *request.mutable_dimensions() = asked.dimensions();
  if (request.dimensions().empty()) {
    for (const common::v1::Dimension dimension : kDimensions) request.add_dimensions(dimension);
  }
  request.set_basis(asked.basis());
  *request.mutable_home() = asked.home();
  request.set_max_groups(kGroupsShown);
  v1::GetConcentrationResponse response;
  const absl::Status status = ReportConcentration(analysis, request, default_home, cancelled, response);
  if (!status.ok()) return status;
  figures.mutable_concentrations()->Swap(response.mutable_concentrations());
  if (response.has_foreign()) figures.mutable_foreign()->Swap(response.mutable_foreign());
  return absl::OkStatus();
}

absl::Status FillSide(const ChangeSide& side, const v1::AssessChangeRequest& request,
                      const std::vector<std::string>& default_home, const std::function<bool()>& cancelled,
                      Figures& figures) {
  if (side.scored->board().Portfolio(Reading::kProven).applications > 0) {
    *figures.mutable_portfolio() = ScoreOf(*side.scored, ScoreSubject{});
  }
  absl::Status status = FillWorstEvent(*side.analysis, cancelled, figures);
  if (!status.ok()) return status;
  return FillConcentrations(*side.analysis, request, default_home, cancelled, figures);
}

// What is scored on one side, by name.
struct SideScore {
  uint32_t index = 0;
  PerReading scores;
};
using SideScores = std::map<std::string_view, SideScore>;

SideScores ScoresOf(const Scored& scored) {
  SideScores scores;
  const engine::ConsumerTable& consumers = scored.graph().consumers();
  for (const engine::ConsumerIndex consumer : consumers) {
    if (consumers[consumer].record().kind == engine::ConsumerKind::kRoute) continue;
    SideScore& score = scores[consumers.NameOf(consumer)];
    score.index = consumer.value;
    for (Reading reading : engine::kReadings)
      score.scores[reading] = scored.board().ScoreOf(reading, consumer);
  }
  return scores;
}

// A consumer whose score moves.
struct Move {
  std::string_view name;
  PerReading distance;
  std::optional<uint32_t> before;
  std::optional<uint32_t> after;
};

bool IsFar(const PerReading& distance) {
  return distance.proven > kScoreMoveMin || distance.likely > kScoreMoveMin ||
         distance.not_excluded > kScoreMoveMin;
}

Move MoveOf(std::string_view name, const SideScore* before, const SideScore* after) {
  Move move{name, {}, std::nullopt, std::nullopt};
  if (before != nullptr) move.before = before->index;
  if (after != nullptr) move.after = after->index;
  for (Reading reading : engine::kReadings) {
    const double from = before == nullptr ? 0 : before->scores[reading];
    move.distance[reading] = std::abs((after == nullptr ? 0 : after->scores[reading]) - from);
  }
  return move;
}

// All that move, most moved first.
std::vector<Move> Moves(const SideScores& before, const SideScores& after) {
  std::vector<Move> moves;
  const auto add = [&moves](Move move) {
    if (IsFar(move.distance)) moves.push_back(move);
  };
  for (const auto& [name, score] : before) {
    const auto found = after.find(name);
    add(MoveOf(name, &score, found == after.end() ? nullptr : &found->second));
  }
  for (const auto& [name, score] : after) {
    if (!before.contains(name)) add(MoveOf(name, nullptr, &score));
  }
  std::sort(moves.begin(), moves.end(), [](const Move& a, const Move& b) {
    if (!(a.distance == b.distance)) return IsAbove(a.distance, b.distance);
    return a.name < b.name;
  });
  return moves;
}

void FillMoves(const Scored& before, const Scored& after, v1::AssessChangeResponse& response) {
  const SideScores scores_before = ScoresOf(before);
  const SideScores scores_after = ScoresOf(after);
  const std::vector<Move> moves = Moves(scores_before, scores_after);
  response.set_move_count(static_cast<int64_t>(moves.size()));
  for (size_t i = 0; i < std::min(moves.size(), kMovesMax); ++i) {
    v1::AssessChangeResponse::ScoreMove& move = *response.add_moves();
    move.set_name(std::string(moves[i].name));
    const auto score = [](const Scored& scored, uint32_t index) {
      return ScoreOf(scored, {ScoreSubject::Kind::kConsumer, index});
    };
    if (moves[i].before) *move.mutable_before() = score(before, *moves[i].before);
    if (moves[i].after) *move.mutable_after() = score(after, *moves[i].after);
  }
}

}  // namespace

absl::Status ReportChange(const ChangeSide& before, const ChangeSide& after,
                          const v1::AssessChangeRequest& request,
                          const std::vector<std::string>& default_home,
                          const std::function<bool()>& cancelled, v1::AssessChangeResponse& response) {
  absl::Status status = FillSide(before, request, default_home, cancelled, *response.mutable_before());
  if (status.ok()) status = FillSide(after, request, default_home, cancelled, *response.mutable_after());
  if (status.ok()) FillMoves(*before.scored, *after.scored, response);
  return status;
}

}  // namespace linchpin::risk
