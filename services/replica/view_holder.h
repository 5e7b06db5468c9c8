// The newest state of a store in memory: what the committer decides writes against, and what readers read.
#ifndef LINCHPIN_SERVICES_REPLICA_VIEW_HOLDER_H_
#define LINCHPIN_SERVICES_REPLICA_VIEW_HOLDER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/message.h"
#include "services/replica/publisher.h"
#include "services/resource/kinds.h"
#include "services/store/port/head.h"

namespace linchpin::replica {

// Inventory's own replica: a store::Head whose every state is a published View.
//
// A stored document that does not parse, or does not bear the name of its row, is in quarantine: it is in no
// view, as if it did not exist, until a readable one takes its place; the rest is served.
//
// Thread safety: as Head for the committer, as ViewSource for everybody else; a reader never waits for an
//   Apply.
// Cost: an Apply of one change copies two chunks and their spines (20 to 40 microseconds among a million
//   documents); one of many changes copies each chunk once.
class ViewHolder : public store::Head, public Publisher {
 public:
  explicit ViewHolder(std::function<base::SteadyTime()> now = base::SteadyNow);
  ~ViewHolder() override;

  // Who else wants to know what is applied, each revision by itself. Called after the view has been
  // published, on the thread that applies, one call at a time. Set it before the holder is handed to a
  // committer.
  struct Listener {
    std::function<void(absl::Span<const store::Change> changes)> applied;
    std::function<void(int64_t revision)> reloaded;
    // A document goes into quarantine; before the view without it is published. May be null.
    std::function<void(std::string_view name)> quarantined;
  };
  void SetListener(Listener listener);

  // Documents in quarantine. From any thread.
  int64_t quarantined() const { return quarantined_count_.load(); }

  // As store::Head; -1 before the first Reload.
  int64_t revision() const override;
  std::optional<store::StoredResource> Find(std::string_view name) const override;
  bool Contains(std::string_view name) const override;
  std::vector<std::string> Referrers(std::string_view name, int limit) const override;
  std::vector<std::string> References(std::string_view name) const override;
  std::vector<std::string> NamesWithPrefix(std::string_view prefix, int limit) const override;
  int64_t CountWithPrefix(std::string_view prefix) const override;
  void Apply(absl::Span<const store::Change> changes) override;
  void Prepare(absl::Span<const store::Change> changes) override;
  void ApplyPrepared(absl::Span<const store::Change> changes) override;
  absl::Status Reload(store::ResourceStore& store) override;

 private:
  // What comes of changes, before anybody sees it.
  struct Next {
    std::vector<size_t> unsound;          // Which of them go into quarantine.
    std::vector<store::Change> admitted;  // The changes with those deleted; empty if there are none.
    ViewChange change;
    // What stands before it is the newest at this moment, and this at a later one: when it is committed.
    // Nothing is known of changes that others have committed.
    base::SteadyTime newest_at = base::SteadyTime::InfinitePast();
  };

  Next MakeNext(absl::Span<const store::Change> changes);
  ViewChange MakeChange(absl::Span<const store::Change> changes) const;
  void Take(Next next, absl::Span<const store::Change> changes);
  // Whether a document may be served.
  bool IsSound(const store::StoredResource& resource);
  void Quarantine(const std::string& name);
  void Release(const std::string& name);

  const std::function<base::SteadyTime()> now_;
  Listener listener_;
  // Of the thread that applies.
  std::optional<Next> prepared_;
  std::set<std::string> quarantine_;
  std::map<const resource::KindInfo*, std::unique_ptr<google::protobuf::Message>> scratch_;
  std::atomic<int64_t> quarantined_count_{0};
};

// Asks a store now and then for its newest revision, so that a holder knows how old it is when nothing is
// written.
//
// Ownership: keeps references to both, which must outlive it.
class FreshnessMonitor {
 public:
  FreshnessMonitor(store::ResourceStore& store, ViewHolder& holder, absl::Duration interval,
                   std::function<base::SteadyTime()> now = base::SteadyNow);
  ~FreshnessMonitor();

 private:
  // What the store had as its newest when it was asked.
  struct Answer {
    int64_t revision = 0;
    base::SteadyTime asked;
  };

  void Run(absl::Duration interval);
  void Ask();
  void Confirm(const Answer& answer);

  store::ResourceStore& store_;
  ViewHolder& holder_;
  const std::function<base::SteadyTime()> now_;
  std::optional<Answer> behind_;  // The last one that the holder had not come up to. Of the thread.
  absl::Mutex mutex_;
  base::SteadyCondition stopped_;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_VIEW_HOLDER_H_
