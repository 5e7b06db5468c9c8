#include "services/server/quarantine_log.h"

#include <utility>

#include "absl/synchronization/mutex.h"

namespace linchpin::linchpind {
namespace {

constexpr int kLinesMax = 10;

// Writes what one quarantine holds more than the one before.
class Writer {
 public:
  explicit Writer(kit::Log& log) : log_(log) {}

  void Look(const replica::View& view) {
    const absl::MutexLock lock(&mutex_);
    if (view.quarantine() == last_) return;
    const auto before = std::exchange(last_, view.quarantine());
    int more = 0;
    for (const auto& [name, reason] : *last_) {
      if (before != nullptr && before->contains(name)) continue;
      if (++more > kLinesMax) continue;
      log_.Error("a document is not in the supply graph, which goes on without it",
                 {{"name", name}, {"reason", reason}, {"revision", view.revision()}});
    }
    if (more <= kLinesMax) return;
    log_.Error("more documents are not in the supply graph",
               {{"count", more - kLinesMax}, {"revision", view.revision()}});
  }

 private:
  kit::Log& log_;
  absl::Mutex mutex_;
  std::shared_ptr<const replica::Quarantine> last_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<replica::ViewSubscription> LogQuarantine(replica::ViewSource& source, kit::Log& log) {
  auto writer = std::make_shared<Writer>(log);  // Shared: the callback must be copyable.
  auto subscription = source.Subscribe([writer](const replica::ViewChange& change) {
    if (change.view != nullptr) writer->Look(*change.view);
  });
  if (const auto view = source.Current()) writer->Look(*view);
  return subscription;
}

}  // namespace linchpin::linchpind
