#include "services/inventory/domain/cycle_rules.h"

#include <algorithm>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/resource/error.h"

namespace linchpin::inventory {
namespace {

using Successors = std::function<std::vector<std::string>(const std::string& name)>;

// Depth first, without recursion: lineages are as deep as somebody makes them.
class CycleSearch {
 public:
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

absl::Status CycleError(const std::vector<std::string>& cycle, std::string_view relation,
                        std::string_view remedy) {
  return resource::Error(absl::StatusCode::kFailedPrecondition, "CYCLE",
                         absl::StrCat("the change would make a cycle of ", std::string(relation), ": ",
                                      absl::StrJoin(cycle, " -> "), "; ", std::string(remedy)))
      .With("cycle", absl::StrJoin(cycle, ","));
}

std::vector<std::string> BasesOf(StagedState& state, const std::string& name) {
  std::vector<std::string> bases;
  const auto* model = state.Find<v1::Model>(name);
  if (model == nullptr) return bases;
  for (const v1::Model::Derivation& derivation : model->derivations())
    bases.push_back(derivation.base_model());
  return bases;
}

std::vector<std::string> ParentOf(StagedState& state, const std::string& name) {
  const auto* vendor = state.Find<v1::Vendor>(name);
  if (vendor == nullptr || vendor->parent().empty()) return {};
  return {vendor->parent()};
}

}  // namespace

absl::Status CheckCycles(StagedState& state) {
  CycleSearch lineage([&](const std::string& name) { return BasesOf(state, name); });
  CycleSearch parents([&](const std::string& name) { return ParentOf(state, name); });
  for (const Proposal* proposal : state.proposals()) {
    if (proposal->kind->descriptor == v1::Model::descriptor()) {
      const std::vector<std::string> cycle = lineage.From(proposal->name);
      if (!cycle.empty()) return CycleError(cycle, "derivations", "leave out the derivation that closes it");
    } else if (proposal->kind->descriptor == v1::Vendor::descriptor()) {
      const std::vector<std::string> cycle = parents.From(proposal->name);
      if (!cycle.empty()) return CycleError(cycle, "parents", "leave out the parent that closes it");
    }
  }
  return absl::OkStatus();
}

}  // namespace linchpin::inventory
