// References among documents that must not lead back to where they start.
#ifndef LINCHPIN_SERVICES_WRITING_CYCLES_H_
#define LINCHPIN_SERVICES_WRITING_CYCLES_H_

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace linchpin::writing {

// Depth first, without recursion: lineages are as deep as somebody makes them.
class CycleSearch {
 public:
  using Successors = std::function<std::vector<std::string>(const std::string& name)>;

  explicit CycleSearch(Successors successors) : successors_(std::move(successors)) {}

  // The names of a cycle that can be reached from `start`, its first name again at the end; empty if there is
  // none.
  std::vector<std::string> From(const std::string& start) {
    if (!Enter(start)) return {};
    while (!path_.empty()) {
      Frame& frame = path_.back();
      if (frame.next == frame.successors.size()) {
        marks_[frame.name] = Mark::kDone;
        path_.pop_back();
        continue;
      }
      const std::string next = frame.successors[frame.next++];
      auto mark = marks_.find(next);
      if (mark == marks_.end()) {
        Enter(next);
      } else if (mark->second == Mark::kOnPath) {
        return PathFrom(next);
      }
    }
    return {};
  }

 private:
  enum class Mark { kOnPath, kDone };
  struct Frame {
    std::string name;
    std::vector<std::string> successors;
    size_t next = 0;
  };

  bool Enter(const std::string& name) {
    if (!marks_.emplace(name, Mark::kOnPath).second) return false;
    path_.push_back({name, successors_(name)});
    return true;
  }

  std::vector<std::string> PathFrom(const std::string& name) const {
    auto begin =
        std::find_if(path_.begin(), path_.end(), [&](const Frame& frame) { return frame.name == name; });
    std::vector<std::string> names;
    for (; begin != path_.end(); ++begin) names.push_back(begin->name);
    names.push_back(name);
    return names;
  }

  const Successors successors_;
  std::unordered_map<std::string, Mark> marks_;
  std::vector<Frame> path_;
};

// FAILED_PRECONDITION, CYCLE: `relation` is what makes the cycle ("derivations"), `remedy` what to do about
// it.
absl::Status CycleError(const std::vector<std::string>& cycle, std::string_view relation,
                        std::string_view remedy);

}  // namespace linchpin::writing

#endif  // LINCHPIN_SERVICES_WRITING_CYCLES_H_
