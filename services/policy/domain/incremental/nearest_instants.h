// The nearest of many instants, with names or counted, in bounded memory.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_NEAREST_INSTANTS_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_NEAREST_INSTANTS_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"

namespace linchpin::policy {

// Instants of names, of which the nearest are kept, and of all others the instant before which none of them
// lies.
//
// Thread safety: none. Cost: a search among those kept.
class NearestInstants {
 public:
  explicit NearestInstants(size_t max) : max_(max) {}

  void Add(absl::Time time, std::string_view name) {
    if (time >= horizon_) return;
    kept_.emplace(time, name);
    if (kept_.size() <= max_) return;
    horizon_ = std::prev(kept_.end())->first;
    // Others of that instant may have been left out, or come later.
    kept_.erase(kept_.lower_bound({horizon_, std::string()}), kept_.end());
  }
  // Takes out the names of all until `now`, inclusive. Nothing: it is not known of all any more who they are.
  std::optional<std::set<std::string>> TakeUntil(absl::Time now) {
    if (now >= horizon_) return std::nullopt;
    std::set<std::string> names;
    while (!kept_.empty() && kept_.begin()->first <= now) {
      names.insert(kept_.begin()->second);
      kept_.erase(kept_.begin());
    }
    return names;
  }

  // The first instant, or before the first of those that are not kept; InfiniteFuture: there is none.
  absl::Time first() const { return kept_.empty() ? horizon_ : kept_.begin()->first; }
  size_t size() const { return kept_.size(); }

 private:
  const size_t max_;
  std::set<std::pair<absl::Time, std::string>> kept_;
  absl::Time horizon_ = absl::InfiniteFuture();  // All before it are kept.
};

// Which is the first of many instants that come and go. The same instant counts as often as it is added.
//
// Thread safety: none. Cost: a search among those kept.
class FirstInstant {
 public:
  explicit FirstInstant(size_t max) : max_(max) {}

  void Add(absl::Time time) {
    if (time >= horizon_) return;
    ++kept_[time];
    if (kept_.size() <= max_) return;
    horizon_ = kept_.rbegin()->first;
    kept_.erase(horizon_);
  }
  // One that was added.
  void Remove(absl::Time time) {
    const auto found = kept_.find(time);
    if (found != kept_.end() && --found->second == 0) kept_.erase(found);
  }

  // InfiniteFuture: there is none. Right only if is_known().
  absl::Time first() const { return kept_.empty() ? horizon_ : kept_.begin()->first; }
  // False: all that were kept have gone, and which of the others is the first is not known.
  bool is_known() const { return !kept_.empty() || horizon_ == absl::InfiniteFuture(); }

 private:
  const size_t max_;  // Different instants.
  std::map<absl::Time, int64_t> kept_;
  absl::Time horizon_ = absl::InfiniteFuture();  // All before it are kept.
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_NEAREST_INSTANTS_H_
