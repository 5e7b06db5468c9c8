#include "services/inventory/domain/dependency_rules.h"

#include <limits>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "services/engine/facts.h"
#include "services/resource/error.h"
#include "services/resource/kinds.h"

namespace linchpin::inventory {
namespace {

using engine::kGroupsPerConsumerMax;

// Dependencies that were there before and still are.
size_t CountKept(const methods::StagedState& state, const std::string& consumer) {
  size_t count = 0;
  for (const std::string& name : state.before().NamesWithPrefix(absl::StrCat(consumer, "/dependencies/"),
                                                                std::numeric_limits<int>::max())) {
    count += state.Contains(name) ? 1 : 0;
  }
  return count;
}

}  // namespace

absl::Status CheckDependencyCounts(methods::StagedState& state) {
  std::map<std::string, size_t> counts;  // By consumer.
  std::vector<resource::FieldViolation> violations;
  for (const methods::Proposal* proposal : state.proposals()) {
    if (proposal->kind->descriptor != v1::Dependency::descriptor()) continue;
    if (state.before().Contains(proposal->name)) continue;
    const std::string consumer(resource::ParentName(proposal->name));
    auto [count, is_new] = counts.try_emplace(consumer, 0);
    if (is_new) count->second = CountKept(state, consumer);
    if (++count->second <= kGroupsPerConsumerMax) continue;
    violations.push_back({proposal->prefix + "name",
                          absl::StrCat("`", consumer, "` has ", kGroupsPerConsumerMax,
                                       " dependencies, and none can be added; delete some, or split it")});
  }
  return resource::FieldErrors(violations);
}

}  // namespace linchpin::inventory
