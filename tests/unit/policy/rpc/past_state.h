// A past of one state, for tests that look back.
#ifndef LINCHPIN_TESTS_UNIT_POLICY_RPC_PAST_STATE_H_
#define LINCHPIN_TESTS_UNIT_POLICY_RPC_PAST_STATE_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "services/replica/past_source.h"

namespace linchpin::policy {

// Revision 3, committed five minutes before `instant`, at which alone it may be asked for. It differs from
// the present by the targets of dependencies that are there at both ends.
class PastState : public replica::PastSource {
 public:
  using Targets = std::map<std::string, std::string>;  // Of dependencies, by name.

  PastState(absl::Time instant, const Targets& targets) : instant_(instant) {
    for (const auto& [name, target] : targets) {
      inventory::v1::Dependency dependency;
      dependency.set_name(name);
      dependency.add_alternatives()->set_target(target);
      store::Change change;
      change.resource.name = name;
      change.resource.body = dependency.SerializeAsString();
      changes_.push_back(std::move(change));
    }
  }

  absl::StatusOr<store::RevisionPoint> Resolve(const replica::AsOf& as_of) override {
    ++asked_;
    EXPECT_EQ(as_of.time, instant_);
    if (!error.ok()) return error;
    return store::RevisionPoint{3, instant_ - absl::Minutes(5)};
  }
  absl::StatusOr<std::vector<store::Change>> Read(int64_t, int64_t, int64_t) override { return changes_; }
  int asked() const { return asked_; }

  absl::Status error;

 private:
  absl::Time instant_;
  std::vector<store::Change> changes_;
  int asked_ = 0;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_TESTS_UNIT_POLICY_RPC_PAST_STATE_H_
