#include "services/policy/rpc/policy_feed.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/replica/publisher.h"
#include "tests/support/inventory_text.h"

namespace linchpin::policy {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// A source whose views are there before anybody is told.
class Untold : public replica::Publisher {
 public:
  std::unique_ptr<replica::ViewSubscription> Subscribe(
      std::function<void(const replica::ViewChange&)>) override {
    return nullptr;
  }
};

TEST(PolicyFeed, ReadsStoredFindingsAtTheRevisionAskedFor) {
  Untold store;
  store.Publish({testing_support::MakeView({}, 1), {}, true});
  PolicyFeed feed(store, [](PolicyFeed::Part) {});
  EXPECT_THAT(*feed.StoredFindings(), IsEmpty());
  v1::Finding finding;
  finding.set_name("findings/" + std::string(64, '0'));
  store.Publish({testing_support::MakeView({&finding}, 2), {finding.name()}, false});
  EXPECT_THAT(*feed.StoredFindings(), IsEmpty()) << "nobody has told";
  EXPECT_THAT(*feed.StoredFindings(2), SizeIs(1));
}

}  // namespace
}  // namespace linchpin::policy
