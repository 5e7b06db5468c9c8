#include "services/cli/client/follow.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
using testing::ElementsAre;

// Gives one part a call, with the tokens t1, t2, ...; then ends as told.
class Breaking : public Client {
 public:
  explicit Breaking(std::vector<absl::Status> ends) : ends_(std::move(ends)) {}
  absl::Status Call(const std::string&, const std::string&, const google::protobuf::Message&,
                    google::protobuf::Message&) override {
    return absl::UnimplementedError("");
  }
  absl::Status Stream(const std::string&, const std::string&, const google::protobuf::Message& request,
                      google::protobuf::Message& part, const std::function<void()>& on_part) override {
    tokens.push_back(static_cast<const inventory::WatchRequest&>(request).resume_token());
    const absl::Status end = ends_.at(tokens.size() - 1);
    if (speaks) {
      static_cast<inventory::WatchResponse&>(part).set_resume_token("t" + std::to_string(tokens.size()));
      on_part();
    }
    return end;
  }

  std::vector<std::string> tokens;
  bool speaks = true;

 private:
  const std::vector<absl::Status> ends_;
};

absl::Status FollowIt(Client& client, int& parts) {
  inventory::WatchRequest request;
  inventory::WatchResponse part;
  return Follow(client, kInventory, "Watch", request, part, [&] { ++parts; });
}

TEST(Follow, ResumesWithTheLastTokenWhereTimeOrTheTransportEndedIt) {
  Breaking client({absl::DeadlineExceededError(""), absl::UnavailableError(""), absl::OkStatus()});
  int parts = 0;
  EXPECT_TRUE(FollowIt(client, parts).ok());
  EXPECT_EQ(parts, 3);
  EXPECT_THAT(client.tokens, ElementsAre("", "t1", "t2"));
}

TEST(Follow, EndsWithAnErrorThatIsOne) {
  Breaking client({absl::PermissionDeniedError("no")});
  int parts = 0;
  EXPECT_EQ(FollowIt(client, parts).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(parts, 1);
}

TEST(Follow, DoesNotGoOnWithNobody) {
  Breaking client({absl::UnavailableError("refused")});
  client.speaks = false;
  int parts = 0;
  EXPECT_EQ(FollowIt(client, parts).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(client.tokens.size(), 1u);
}

}  // namespace
}  // namespace linchpin::cli
