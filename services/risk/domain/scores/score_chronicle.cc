#include "services/risk/domain/scores/score_chronicle.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/risk/domain/scores/score_report.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::Reading;
using Values = engine::ByReading<double>;
using Named = std::vector<std::pair<std::string, Values>>;

Values ValuesOf(const engine::ByReading<double>& scores) {
  return {static_cast<double>(scores.proven), static_cast<double>(scores.likely),
          static_cast<double>(scores.not_excluded)};
}

bool IsScored(engine::ConsumerKind kind) {
  return kind == engine::ConsumerKind::kApplication || kind == engine::ConsumerKind::kBusinessService;
}

// Every score, by name ascending.
Named AllScores(const engine::ScoreBoard& board) {
  Named all;
  const engine::Graph& graph = board.graph();
  engine::ByReading<double> scores;
  for (Reading reading : engine::kReadings) scores[reading] = board.Portfolio(reading).score;
  all.emplace_back("portfolio", ValuesOf(scores));
  for (engine::VendorIndex vendor : graph.vendors()) {
    for (Reading reading : engine::kReadings) scores[reading] = board.Portfolio(reading).falls[vendor.value];
    all.emplace_back(graph.vendors()[vendor].name, ValuesOf(scores));
  }
  for (engine::ConsumerIndex consumer : graph.consumers()) {
    if (!IsScored(graph.consumers()[consumer].record().kind)) continue;
    for (Reading reading : engine::kReadings) scores[reading] = board.ScoreOf(reading, consumer);
    all.emplace_back(std::string(graph.consumers().NameOf(consumer)), ValuesOf(scores));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return all;
}

double MoveOf(const Values& a, const Values& b) {
  double move = 0;
  for (Reading reading : engine::kReadings) move = std::max(move, std::abs(a[reading] - b[reading]));
  return move;
}

// In percent, the index in hundredths.
double MoveOf(const v1::ConcentrationFigures& a, const v1::ConcentrationFigures& b) {
  double move = a.top_group() == b.top_group() ? 0 : ScoreChronicle::kMove / 2;
  for (const double of_index :
       {a.hhi() - b.hhi(), a.hhi_lower() - b.hhi_lower(), a.hhi_upper() - b.hhi_upper()})
    move = std::max(move, std::abs(of_index) / 100);
  for (const double of_share :
       {a.top_share_ratio() - b.top_share_ratio(), a.unknown_share_ratio() - b.unknown_share_ratio()})
    move = std::max(move, std::abs(of_share) * 100);
  return move;
}

v1::ScoreRecord Head(const Scored& scored, int64_t revision, absl::Time now, v1::ScoreRecord::Cause cause) {
  v1::ScoreRecord record;
  record.mutable_score_time()->set_seconds(absl::ToUnixSeconds(now));
  record.set_inventory_revision(revision);
  record.set_formula_version(engine::kScoreFormulaVersion);
  record.set_hazard_table(scored.hazards().table);
  record.set_hazard_table_version(scored.hazards().version);
  record.set_cause(cause);
  return record;
}

std::vector<v1::ScoreRecord> Split(const v1::ScoreRecord& head, absl::Time now, const Named& entries) {
  std::vector<v1::ScoreRecord> records;
  for (const auto& [name, values] : entries) {
    if (records.empty() || records.back().entries_size() == ScoreChronicle::kEntriesMax) {
      records.push_back(head);
      records.back().set_name(ScoreRecordName(now, static_cast<int>(records.size()) - 1));
    }
    v1::ScoreRecord::Entry& entry = *records.back().add_entries();
    entry.set_name(name);
    entry.set_proven(values.proven);
    entry.set_likely(values.likely);
    entry.set_not_excluded(values.not_excluded);
  }
  return records;
}

}  // namespace

std::string ScoreRecordName(absl::Time time, int part) {
  const std::string at = absl::FormatTime("%Y%m%d-%H%M%S", time, absl::UTCTimeZone());
  const auto millis = absl::ToUnixMillis(time) % 1000;
  return absl::StrCat("scoreRecords/s-", at, absl::StrFormat("-%03d-%04d", millis, part));
}

void ScoreChronicle::Clear() {
  last_.clear();
  last_figures_.clear();
  last_day_ = absl::InfinitePast();
}

void ScoreChronicle::Read(const v1::ScoreRecord& record) {
  for (const v1::ScoreRecord::Entry& entry : record.entries()) {
    last_[entry.name()] = {entry.proven(), entry.likely(), entry.not_excluded()};
  }
  for (const v1::ConcentrationFigures& figures : record.concentrations())
    last_figures_[figures.dimension()] = figures;
  const absl::Time day = DayOf(absl::FromUnixSeconds(record.score_time().seconds()));
  if (record.cause() == v1::ScoreRecord::CAUSE_DAY) last_day_ = std::max(last_day_, day);
}

std::vector<v1::ScoreRecord> ScoreChronicle::Due(const Scored& scored, const ConcentrationList& figures,
                                                 int64_t revision, absl::Time now) {
  const bool new_day = DayOf(now) > last_day_;
  const bool new_month = new_day && (last_day_ == absl::InfinitePast() ||
                                     absl::ToCivilMonth(now, absl::UTCTimeZone()) !=
                                         absl::ToCivilMonth(last_day_, absl::UTCTimeZone()));
  const double threshold = new_day ? kDayMove : kMove;
  Named due;
  for (auto& [name, values] : AllScores(scored.board())) {
    const auto before = last_.find(name);
    const bool fresh = before == last_.end() && (new_day || values.not_excluded > 0 || values.likely > 0);
    const bool moved = before != last_.end() && MoveOf(before->second, values) > threshold;
    if (new_month || fresh || moved) due.emplace_back(std::move(name), values);
  }
  ConcentrationList due_figures;
  for (const v1::ConcentrationFigures& now_is : figures) {
    const auto before = last_figures_.find(now_is.dimension());
    if (new_month || before == last_figures_.end() || MoveOf(before->second, now_is) > threshold)
      *due_figures.Add() = now_is;
  }
  if (due.empty() && due_figures.empty() && !new_day) return {};
  const auto cause = new_day ? v1::ScoreRecord::CAUSE_DAY : v1::ScoreRecord::CAUSE_MOVE;
  v1::ScoreRecord head = Head(scored, revision, now, cause);
  std::vector<v1::ScoreRecord> records = Split(head, now, due);
  if (records.empty()) {  // That no score has changed is worth a record too: the day was looked at.
    head.set_name(ScoreRecordName(now, 0));
    records.push_back(std::move(head));
  }
  *records.front().mutable_concentrations() = std::move(due_figures);
  for (const v1::ScoreRecord& record : records) Read(record);
  return records;
}

bool ReadPoint(const v1::ScoreRecord& record, const std::string& name, v1::ScorePoint& point) {
  const auto found = std::find_if(record.entries().begin(), record.entries().end(),
                                  [&name](const auto& entry) { return entry.name() == name; });
  if (found == record.entries().end()) return false;
  *point.mutable_score_time() = record.score_time();
  point.set_inventory_revision(record.inventory_revision());
  point.set_formula_version(record.formula_version());
  point.set_hazard_table(record.hazard_table());
  point.set_hazard_table_version(record.hazard_table_version());
  point.set_cause(record.cause());
  point.mutable_score()->set_proven(found->proven());
  point.mutable_score()->set_likely(found->likely());
  point.mutable_score()->set_not_excluded(found->not_excluded());
  return true;
}

bool ReadPoint(const v1::ScoreRecord& record, common::v1::Dimension dimension,
               v1::ConcentrationPoint& point) {
  const auto found =
      std::find_if(record.concentrations().begin(), record.concentrations().end(),
                   [dimension](const auto& figures) { return figures.dimension() == dimension; });
  if (found == record.concentrations().end()) return false;
  *point.mutable_score_time() = record.score_time();
  point.set_inventory_revision(record.inventory_revision());
  point.set_cause(record.cause());
  *point.mutable_figures() = *found;
  return true;
}

}  // namespace linchpin::risk
