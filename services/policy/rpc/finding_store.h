// Writes findings into the policy store, as the one who may.
#ifndef LINCHPIN_SERVICES_POLICY_RPC_FINDING_STORE_H_
#define LINCHPIN_SERVICES_POLICY_RPC_FINDING_STORE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/policy/domain/findings/finding_record.h"
#include "services/store/commit/committer.h"
#include "services/store/port/resource_store.h"

namespace linchpin::policy {

// Holds the lease on findings while it can, and keeps what is to be written until it has been.
//
// Ownership: keeps references to store and committer, which must outlive it.
// Thread safety: none; belongs to the evaluator's thread.
class FindingStore {
 public:
  struct Options {
    absl::Duration lease = absl::Seconds(30);
    int batch_findings_max = 500;
    bool with_json = false;
  };

  FindingStore(store::ResourceStore& store, store::Committer& committer, Options options);
  // Gives the lease back.
  ~FindingStore();

  // Takes or renews the lease. Returns whether it was taken just now, so that what others have written
  // counts.
  bool RenewLease();
  bool is_holder() const { return lease_.has_value(); }
  // By which the lease names this process.
  const std::string& holder() const { return holder_; }

  // Has findings written, or names forgotten, at the next Flush. A later call for a name replaces an earlier
  // one.
  void Add(const std::vector<FindingPointer>& changed, const std::vector<std::string>& forgotten);
  void Clear() { waiting_.clear(); }
  size_t waiting() const { return waiting_.size(); }

  // Writes what waits, in batches, a revision each. After an error the rest waits for the next time. Does
  // nothing unless this is the holder. ABORTED: another holder has come.
  absl::Status Flush(absl::Time deadline);

  int64_t written() const { return written_; }

 private:
  store::Write MakeWrite(std::vector<FindingPointer> changed, std::vector<std::string> forgotten,
                         absl::Time deadline) const;

  store::ResourceStore& store_;
  store::Committer& committer_;
  const Options options_;
  const std::string holder_;
  std::optional<store::Lease> lease_;
  std::optional<int64_t> last_token_;              // Of the last lease that this one had.
  std::map<std::string, FindingPointer> waiting_;  // By name; null: to be deleted.
  int64_t written_ = 0;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_FINDING_STORE_H_
