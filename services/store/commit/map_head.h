// A head that is a plain map. Fit for tests and for stores of thousands of resources (policies, scenarios).
#ifndef LINCHPIN_SERVICES_STORE_COMMIT_MAP_HEAD_H_
#define LINCHPIN_SERVICES_STORE_COMMIT_MAP_HEAD_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/base/steady.h"
#include "services/store/port/head.h"

namespace linchpin::store {

// Finds the names that a document refers to. May return a name twice.
using ReferencesOf = std::function<std::vector<std::string>(const StoredResource& resource)>;

// Thread safety: all functions may be called from any thread; a read may wait for an Apply.
// Cost: Apply is logarithmic per change; Find copies the body.
class MapHead : public Head {
 public:
  explicit MapHead(ReferencesOf references_of);

  // -1 before the first Reload.
  int64_t revision() const override;
  std::optional<StoredResource> Find(std::string_view name) const override;
  bool Contains(std::string_view name) const override;
  std::vector<std::string> Referrers(std::string_view name, int limit) const override;
  std::vector<std::string> References(std::string_view name) const override;
  std::vector<std::string> NamesWithPrefix(std::string_view prefix, int limit) const override;
  int64_t CountWithPrefix(std::string_view prefix) const override;

  void Apply(absl::Span<const Change> changes) override;
  absl::Status Reload(ResourceStore& store) override;

  // Up to `limit` resources whose names begin with `prefix` and are greater than `after_name`, with the
  // revision they were read at. All at one revision.
  std::vector<StoredResource> List(std::string_view prefix, std::string_view after_name, int limit,
                                   int64_t* revision) const;

  // Returns true once revision() >= `revision`, false at the deadline.
  bool WaitFor(int64_t revision, base::SteadyTime deadline) const;

  // Called after every Apply and Reload, on their thread, without a lock held, with the new revision. Set it
  // before the head is handed to a committer.
  void OnApply(std::function<void(int64_t revision)> listener);

 private:
  struct Node {
    StoredResource resource;
    std::vector<std::string> references;
  };
  using Nodes = std::map<std::string, Node, std::less<>>;

  void Put(StoredResource resource) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Remove(const std::string& name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const ReferencesOf references_of_;
  std::function<void(int64_t)> listener_;
  mutable absl::Mutex mutex_;
  mutable base::SteadyCondition applied_;
  int64_t revision_ ABSL_GUARDED_BY(mutex_) = -1;
  Nodes nodes_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::set<std::string>, std::less<>> referrers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_COMMIT_MAP_HEAD_H_
