#include "services/inventory/domain/dependency_rules.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "services/base/error.h"
#include "services/engine/graph/facts.h"
#include "services/resource/kinds.h"

namespace linchpin::inventory {
namespace {

using engine::kGroupsPerConsumerMax;

// By consumer, how many of its dependencies the write deletes.
std::map<std::string, int64_t, std::less<>> CountDeleted(const writing::StagedState& state) {
  std::map<std::string, int64_t, std::less<>> counts;
  for (std::string_view name : state.deleted()) ++counts[std::string(resource::ParentName(name))];
  return counts;
}

}  // namespace

absl::Status CheckDependencyCounts(writing::StagedState& state) {
  const std::map<std::string, int64_t, std::less<>> deleted = CountDeleted(state);
  std::map<std::string, int64_t, std::less<>> counts;  // By consumer, after the write.
  std::vector<base::FieldViolation> violations;
  for (const writing::Proposal* proposal : state.proposals()) {
    if (proposal->kind->descriptor != v1::Dependency::descriptor()) continue;
    if (state.before().Contains(proposal->name)) continue;
    const std::string consumer(resource::ParentName(proposal->name));
    auto [count, is_new] = counts.try_emplace(consumer, 0);
    if (is_new) {
      const auto gone = deleted.find(consumer);
      count->second = state.before().CountWithPrefix(absl::StrCat(consumer, "/dependencies/")) -
                      (gone == deleted.end() ? 0 : gone->second);
    }
    if (++count->second <= int64_t{kGroupsPerConsumerMax}) continue;
    violations.push_back({proposal->prefix + "name",
                          absl::StrCat("`", consumer, "` has ", kGroupsPerConsumerMax,
                                       " dependencies, and none can be added; delete some, or split it")});
  }
  return base::FieldErrors(violations);
}

}  // namespace linchpin::inventory
