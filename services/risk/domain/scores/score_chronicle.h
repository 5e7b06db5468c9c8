// The history of scores and of concentration: which records are due, and what they tell of one of them.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_SCORE_CHRONICLE_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_SCORE_CHRONICLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "google/protobuf/repeated_field.h"
#include "linchpin/risk/v1/concentration_history.pb.h"
#include "linchpin/risk/v1/score_history.pb.h"
#include "services/engine/levels/reading.h"
#include "services/risk/domain/scores/scorer.h"

namespace linchpin::risk {

using ConcentrationList = google::protobuf::RepeatedPtrField<linchpin::risk::v1::ConcentrationFigures>;

// Knows what stands in the records so far, and says which are due: at the first scores of a day those that
// have changed since, on the first of a month and at the very first all; within a day those that moved by
// more than a point in some reading. Figures of concentration count in percent, the index in hundredths.
// Thread safety: none.
class ScoreChronicle {
 public:
  // Points by which a score must have moved to be written at the turn of a day, and within it.
  static constexpr double kDayMove = 0.05;
  static constexpr double kMove = 1;
  // Entries of one record; more are in further ones of the same time.
  static constexpr int kEntriesMax = 5000;

  // Takes a record that is stored, in the order of names.
  void Read(const linchpin::risk::v1::ScoreRecord& record);
  // The records to be stored now, which count as read; nothing if none is due. Names are those of the time.
  std::vector<linchpin::risk::v1::ScoreRecord> Due(const Scored& scored, const ConcentrationList& figures,
                                                   int64_t revision, absl::Time now);
  // Forgets everything.
  void Clear();

 private:
  absl::flat_hash_map<std::string, engine::ByReading<double>> last_;
  absl::flat_hash_map<int, linchpin::risk::v1::ConcentrationFigures> last_figures_;  // By dimension.
  absl::Time last_day_ = absl::InfinitePast();  // Of the last record that was written for the day.
};

// The id of a record is ordered by its time: every record before `time` has a smaller name.
std::string ScoreRecordName(absl::Time time, int part);

// What a record says of `name`; false if nothing.
bool ReadPoint(const linchpin::risk::v1::ScoreRecord& record, const std::string& name,
               linchpin::risk::v1::ScorePoint& point);
bool ReadPoint(const linchpin::risk::v1::ScoreRecord& record, linchpin::common::v1::Dimension dimension,
               linchpin::risk::v1::ConcentrationPoint& point);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_SCORE_CHRONICLE_H_
