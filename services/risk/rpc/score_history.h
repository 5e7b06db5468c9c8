// Writes the history of scores and of concentration into the store of Risk, as the one who may, and reads it.
#ifndef LINCHPIN_SERVICES_RISK_RPC_SCORE_HISTORY_H_
#define LINCHPIN_SERVICES_RISK_RPC_SCORE_HISTORY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "linchpin/risk/v1/score_history.pb.h"
#include "services/replica/source.h"
#include "services/risk/domain/scores/score_chronicle.h"
#include "services/store/commit/committer.h"
#include "services/store/port/resource_store.h"

namespace linchpin::risk {

// Holds the lease on scores while it can. Of several processes the holder writes.
//
// Ownership: keeps references to store, committer and view, which must outlive it.
// Thread safety: none; belongs to the thread of the score keeper.
class ScoreHistory {
 public:
  struct Options {
    absl::Duration lease = absl::Minutes(2);  // Renewed at each call of Note.
    absl::Duration retention = absl::Hours(24 * 400);
    bool with_json = false;
  };

  ScoreHistory(store::ResourceStore& store, store::Committer& committer, replica::ViewSource& view,
               Options options);
  // Gives the lease back.
  ~ScoreHistory();

  // Writes what is due of these scores, and forgets records older than the retention. Does nothing unless
  // this is the holder of the lease, which it takes if it is free. After an error the next call begins from
  // what is stored.
  absl::Status Note(const Scored& scored, const ConcentrationList& figures, int64_t revision, absl::Time now);

 private:
  bool RenewLease();
  absl::Status Write(const std::vector<linchpin::risk::v1::ScoreRecord>& records,
                     std::vector<std::string> forgotten);
  std::vector<std::string> Outdated(absl::Time now) const;

  store::ResourceStore& store_;
  store::Committer& committer_;
  replica::ViewSource& view_;
  const Options options_;
  const std::string holder_;
  std::optional<store::Lease> lease_;
  std::optional<int64_t> last_token_;
  ScoreChronicle chronicle_;
  bool is_read_ = false;  // The chronicle knows what is stored.
};

// The points of one score, ascending by time, from `start` on; the last `max`. Cost: parses every record.
std::vector<linchpin::risk::v1::ScorePoint> ReadHistory(const replica::View& view, const std::string& name,
                                                        absl::Time start, size_t max);
// The same of one dimension.
std::vector<linchpin::risk::v1::ConcentrationPoint> ReadHistory(const replica::View& view,
                                                                linchpin::common::v1::Dimension dimension,
                                                                absl::Time start, size_t max);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_SCORE_HISTORY_H_
