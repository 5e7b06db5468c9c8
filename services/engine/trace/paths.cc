// FindPaths of trace.h.
#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "services/engine/trace/trace.h"

namespace linchpin::engine {
namespace {

constexpr uint64_t kLookEvery = 4096;  // Links between two looks at whether the caller still waits.
constexpr uint32_t kLengthMax = 256;  // Links of a way that is found by trying; each is a level of recursion.

// Links from each node that depends on `to` down to it, at least.
absl::flat_hash_map<Node, uint32_t> DistancesTo(const SupplyLinks& links, Node to) {
  absl::flat_hash_map<Node, uint32_t> distance{{to, 0}};
  std::vector<Node> open{to};
  for (size_t at = 0; at < open.size(); ++at) {
    const uint32_t next = distance[open[at]] + 1;
    links.ForEachUser(open[at], [&](const Link& link) {
      if (distance.try_emplace(link.from, next).second) open.push_back(link.from);
    });
  }
  return distance;
}

// Deepens step by step, so that shorter paths come first; within one length links are tried in the order of
// names.
class PathSearch {
 public:
  PathSearch(const SupplyLinks& links, Node to, const PathOptions& options)
      : links_(links), to_(to), options_(options), distance_(DistancesTo(links, to)) {}

  absl::StatusOr<Paths> From(Node from) {
    const auto nearest = distance_.find(from);
    if (nearest == distance_.end() || from == to_) return Paths{};
    if (nearest->second > kLengthMax) return TheShortest(from);
    met_.insert(from);
    for (uint32_t length = nearest->second; Goes(); ++length) {
      some_are_longer_ = false;
      Descend(from, length);
      if (!some_are_longer_) break;
      found_.more = found_.more || length == kLengthMax;
    }
    if (stopped_) return absl::CancelledError("the search was cancelled");
    return std::move(found_);
  }

 private:
  bool Goes() {
    if (++tries_ % kLookEvery == 0 && options_.cancelled) stopped_ = stopped_ || options_.cancelled();
    if (tries_ > options_.tries_max) found_.more = true;
    return !stopped_ && !found_.more;
  }

  std::vector<Link> LinksInOrder(Node node) const {
    std::vector<Link> links;
    links_.ForEachNeed(node, [&](const Link& link) {
      if (distance_.contains(link.to)) links.push_back(link);
    });
    std::stable_sort(links.begin(), links.end(), [this](const Link& a, const Link& b) {
      return NameOf(links_.graph(), a.to) < NameOf(links_.graph(), b.to);
    });
    return links;
  }

  // A way that goes straight down, where all are too long to be tried one by one.
  Paths TheShortest(Node node) const {
    Paths found{{{}}, /*more=*/true};
    while (node != to_) {
      const uint32_t next = distance_.find(node)->second - 1;
      const std::vector<Link> links = LinksInOrder(node);
      const auto down = std::find_if(links.begin(), links.end(), [&](const Link& link) {
        return distance_.find(link.to)->second == next;
      });
      found.paths[0].push_back(*down);
      node = down->to;
    }
    return found;
  }

  // Tries the ways of exactly `left` links.
  void Descend(Node node, uint32_t left) {
    for (const Link& link : LinksInOrder(node)) {
      if (!Goes()) return;
      if (met_.contains(link.to)) continue;
      if (distance_.find(link.to)->second + 1 > left) {
        some_are_longer_ = true;
        continue;
      }
      if (link.to == to_ && left > 1) continue;  // Found already, as a shorter way.
      path_.push_back(link);
      if (link.to == to_) {
        Keep();
      } else {
        met_.insert(link.to);
        Descend(link.to, left - 1);
        met_.erase(link.to);
      }
      path_.pop_back();
    }
  }

  void Keep() {
    if (found_.paths.size() == options_.paths_max) {
      found_.more = true;
    } else {
      found_.paths.push_back(path_);
    }
  }

  const SupplyLinks& links_;
  const Node to_;
  const PathOptions& options_;
  const absl::flat_hash_map<Node, uint32_t> distance_;
  absl::flat_hash_set<Node> met_;  // On the path.
  std::vector<Link> path_;
  Paths found_;
  uint64_t tries_ = 0;
  bool some_are_longer_ = false;
  bool stopped_ = false;
};

}  // namespace

absl::StatusOr<Paths> FindPaths(const SupplyLinks& links, Node from, Node to, const PathOptions& options) {
  return PathSearch(links, to, options).From(from);
}

}  // namespace linchpin::engine
