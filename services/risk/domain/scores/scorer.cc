#include "services/risk/domain/scores/scorer.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "services/risk/domain/reports/engine_error.h"
#include "services/risk/domain/scores/score_points.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::Reading;

struct Row {
  engine::ByReading<double> score;
  std::string_view name;
  uint32_t index;
};

std::vector<uint32_t> Sorted(std::vector<Row> rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    if (!(a.score == b.score)) return IsAbove(a.score, b.score);
    return a.name < b.name;
  });
  std::vector<uint32_t> indexes;
  for (const Row& row : rows) indexes.push_back(row.index);
  return indexes;
}

std::vector<Row> VendorRows(const engine::ScoreBoard& board) {
  std::vector<Row> rows;
  for (const engine::VendorIndex vendor : board.graph().vendors()) {
    Row row{{}, board.graph().vendors()[vendor].name, vendor.value};
    for (Reading reading : engine::kReadings)
      row.score[reading] = board.Portfolio(reading).falls[vendor.value];
    if (!(row.score == engine::ByReading<double>())) rows.push_back(row);
  }
  return rows;
}

std::vector<Row> ConsumerRows(const engine::ScoreBoard& board, engine::ConsumerKind kind) {
  std::vector<Row> rows;
  const engine::ConsumerTable& consumers = board.graph().consumers();
  for (const engine::ConsumerIndex consumer : consumers) {
    if (consumers[consumer].record().kind != kind || !board.IsSelected(consumer)) continue;
    Row row{{}, consumers.NameOf(consumer), consumer.value};
    for (Reading reading : engine::kReadings) row.score[reading] = board.ScoreOf(reading, consumer);
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

const std::vector<uint32_t>& Scored::Ranking(v1::ScoreKind kind) const {
  const auto at = static_cast<size_t>(kind);
  std::call_once(once_[at], [&] { rankings_[at] = Rank(kind); });
  return rankings_[at];
}

std::vector<uint32_t> Scored::Rank(v1::ScoreKind kind) const {
  if (kind == v1::SCORE_KIND_VENDOR) return Sorted(VendorRows(*board_));
  return Sorted(ConsumerRows(*board_, kind == v1::SCORE_KIND_BUSINESS_SERVICE
                                          ? engine::ConsumerKind::kBusinessService
                                          : engine::ConsumerKind::kApplication));
}

absl::StatusOr<std::shared_ptr<const Scored>> Scorer::Of(Analysis& analysis, const HazardSet& hazards,
                                                         const std::function<bool()>& cancelled) {
  // What is not kept holds up nobody.
  if (analysis.hypothetical()) return Compute(Newest(), analysis, hazards, cancelled);
  const absl::MutexLock lock(&mutex_);
  for (const auto& kept : kept_) {
    if (kept != nullptr && &kept->graph() == &analysis.graph() && kept->hazards().IsAs(hazards)) return kept;
  }
  auto scored = Compute(kept_, analysis, hazards, cancelled);
  if (!scored.ok()) return scored;
  if (kept_[0] == nullptr || kept_[0]->graph().revision() <= analysis.graph().revision()) {
    kept_[1] = std::exchange(kept_[0], *scored);
  }
  return scored;
}

Scorer::TwoScored Scorer::Newest() {
  const absl::MutexLock lock(&mutex_);
  return kept_;
}

absl::StatusOr<std::shared_ptr<const Scored>> Scorer::Compute(const TwoScored& before, Analysis& analysis,
                                                              const HazardSet& hazards,
                                                              const std::function<bool()>& cancelled) {
  engine::Limits limits;
  limits.cancelled = cancelled;
  for (const auto& kept : before) {
    if (kept == nullptr) continue;
    auto updated = engine::ScoreBoard::Update(kept->board(), analysis.Knowledge(), analysis.atom_cache(),
                                              hazards.hazards, limits);
    if (!updated.ok()) return FromEngine(updated.status());
    if (*updated != nullptr) return std::make_shared<const Scored>(hazards, *std::move(updated));
  }
  const auto plan = analysis.Plan();
  if (!plan.ok()) return plan.status();
  auto made = engine::ScoreBoard::Create(**plan, analysis.atom_cache(), hazards.hazards, limits);
  if (!made.ok()) return FromEngine(made.status());
  return std::make_shared<const Scored>(hazards, *std::move(made));
}

}  // namespace linchpin::risk
