// ListChanges and DiffRevisions.
#ifndef LINCHPIN_SERVICES_INVENTORY_RPC_HISTORY_ANSWERS_H_
#define LINCHPIN_SERVICES_INVENTORY_RPC_HISTORY_ANSWERS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "linchpin/inventory/v1/history.pb.h"
#include "services/kit/rpc/call.h"
#include "services/kit/rpc/service.h"
#include "services/replica/job_thread.h"
#include "services/serving/snapshots.h"
#include "services/store/port/resource_store.h"

namespace linchpin::inventory {

struct HistoryLimits {
  // Revisions that one call of ListChanges looks through.
  int64_t revisions_examined = 20'000;
  // Of one answer of ListChanges; it has one revision at least.
  int changes_max = 5'000;
  size_t page_bytes = size_t{4} << 20;
  // Of one answer of DiffRevisions, which is held in memory, so that a slow caller holds up no connection to
  // the database; and how many there may be at once.
  size_t diff_bytes = size_t{64} << 20;
  int diffs_max = 4;
};

// Ownership: keeps references to snapshots and store, which must outlive it.
// Thread safety: all members may run at once. ListChanges reads the database while the call waits, on a
// thread of this object; DiffRevisions blocks on it.
class HistoryAnswers {
 public:
  HistoryAnswers(const serving::Snapshots& snapshots, store::ResourceStore& store,
                 std::string page_token_secret, HistoryLimits limits = {},
                 std::function<absl::Time()> now = absl::Now)
      : snapshots_(snapshots),
        store_(store),
        page_token_secret_(std::move(page_token_secret)),
        limits_(limits),
        now_(std::move(now)) {}

  // Of ListChanges: reads the page and attaches it to the call. Errors: those of the method.
  kit::Wait list_wait();
  absl::Status ListChanges(kit::Call& call, const v1::ListChangesRequest& request,
                           v1::ListChangesResponse& response);
  absl::Status DiffRevisions(kit::Call& call, const v1::DiffRevisionsRequest& request,
                             kit::StreamWriter<v1::DiffRevisionsResponse>& writer);

 private:
  void StartList(kit::Call& call, const v1::ListChangesRequest& request, kit::Done ready);
  // Reads one page below `below`.
  absl::Status ReadPage(const v1::ListChangesRequest& request, int64_t below,
                        v1::ListChangesResponse& response);
  absl::StatusOr<store::RevisionPoint> PointOf(const std::string& as_of, std::string_view field);
  // Narrows the query to the times asked for.
  absl::Status NarrowByTime(const v1::ListChangesRequest& request, store::HistoryQuery& query);
  // The lowest revision that was not committed before `time`.
  absl::StatusOr<int64_t> FirstNotBefore(absl::Time time);

  const serving::Snapshots& snapshots_;
  store::ResourceStore& store_;
  const std::string page_token_secret_;
  const HistoryLimits limits_;
  const std::function<absl::Time()> now_;
  std::atomic<int> diffs_{0};
  replica::JobThread jobs_{{}};  // The last member: its thread uses the others.
};

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_RPC_HISTORY_ANSWERS_H_
