// A follower of a real inventory over a channel: it catches up by itself whichever side restarts.
#include "services/replica/follower.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdlib.h>

#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/support/inventory_server.h"
#include "tests/support/status_matchers.h"

namespace linchpin::replica {
namespace {

using testing::InventoryServer;
using testing::OpenMemoryStore;

constexpr absl::Duration kPatience = absl::Seconds(10);

std::string VendorBatch(const std::string& id, const std::string& text = "") {
  return "operations { upsert { vendor { name: 'vendors/" + id + "' display_name: '" + text + "' } } }";
}

FollowerOptions Quick() {
  FollowerOptions options;
  options.backoff_min = absl::Milliseconds(5);
  options.backoff_max = absl::Milliseconds(20);
  return options;
}

inventory::InventoryOptions QuickMarks() {
  inventory::InventoryOptions options;
  options.watch.progress_interval = absl::Milliseconds(20);
  options.freshness_interval = absl::Milliseconds(10);
  return options;
}

// Everything in a view, as text.
std::string Contents(const View& view) {
  std::string text;
  for (const resource::KindInfo* kind : resource::Kinds()) {
    view.ForEach(*kind, [&](const DocumentRef& document) {
      absl::StrAppend(&text, std::string(document.name), " ", document.revision, " ", document.create_time_us,
                      " ", document.update_time_us, " ", std::string(document.body), "\n");
    });
  }
  return text;
}

void ExpectReaches(Follower& follower, InventoryServer& server) {
  const auto newest = server.source().Current();
  auto view = follower.source().WaitFor(newest->revision(), base::SteadyNow() + kPatience);
  ASSERT_THAT(view, IsOk());
  EXPECT_EQ((*view)->revision(), newest->revision());
  EXPECT_EQ(Contents(**view), Contents(*newest));
}

TEST(Follower, LoadsASnapshotAndFollows) {
  InventoryServer server;
  ASSERT_THAT(server.Write(VendorBatch("a")), IsOk());
  auto follower = Follower::Start(server.channel(), Quick());
  ExpectReaches(*follower, server);
  ASSERT_THAT(server.Write(VendorBatch("b") + VendorBatch("c")), IsOk());
  ASSERT_THAT(server.Write(VendorBatch("b", "changed") + "operations { delete: 'vendors/a' }"), IsOk());
  ExpectReaches(*follower, server);
  EXPECT_EQ(follower->source().history_id(), server.source().history_id());
  EXPECT_EQ(follower->Stats().snapshots, 1);
}

TEST(Follower, LoadsAnEmptyInventory) {
  InventoryServer server;
  auto follower = Follower::Start(server.channel(), Quick());
  auto view = follower->source().WaitFor(0, base::SteadyNow() + kPatience);
  ASSERT_THAT(view, IsOk());
  EXPECT_EQ((*view)->Count(), 0);
}

TEST(Follower, KnowsThatItIsFreshWhileNothingHappens) {
  InventoryServer server(QuickMarks());
  ASSERT_THAT(server.Write(VendorBatch("a")), IsOk());
  const absl::Time written = absl::Now();
  auto follower = Follower::Start(server.channel(), Quick());
  ASSERT_THAT(follower->source().WaitFor(1, base::SteadyNow() + kPatience), IsOk());
  // A mark that was made after the write makes it younger than the write.
  while (follower->source().Age() >= absl::Now() - written && absl::Now() < written + kPatience) {
    std::this_thread::yield();
  }
  EXPECT_LT(follower->source().Age(), absl::Now() - written);
}

// An inventory that can be stopped and started again under one address.
class Restartable {
 public:
  explicit Restartable(inventory::InventoryOptions options = {}) : options_(std::move(options)) { Start(); }

  void Start() { server_ = std::make_unique<InventoryServer>(options_, store_.get(), address()); }
  void Stop() { server_.reset(); }
  InventoryServer& server() { return *server_; }
  store::ResourceStore& store() { return *store_; }
  std::shared_ptr<grpc::Channel> Channel() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 10);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 10);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 50);
    return grpc::CreateCustomChannel(address(), grpc::InsecureChannelCredentials(), arguments);
  }

 private:
  std::string address() const { return "unix:" + folder_.path() + "/socket"; }

  struct Folder {
    Folder() : text(::testing::TempDir() + "linchpin-XXXXXX") {
      if (mkdtemp(text.data()) == nullptr) std::abort();
    }
    ~Folder() { std::filesystem::remove_all(text); }
    const std::string& path() const { return text; }
    std::string text;
  };
  const Folder folder_;
  const inventory::InventoryOptions options_;
  const std::unique_ptr<store::ResourceStore> store_ = OpenMemoryStore();
  std::unique_ptr<InventoryServer> server_;
};

TEST(Follower, ResumesWhereItWasWhenTheServerComesBack) {
  Restartable inventory;
  ASSERT_THAT(inventory.server().Write(VendorBatch("a")), IsOk());
  auto follower = Follower::Start(inventory.Channel(), Quick());
  ExpectReaches(*follower, inventory.server());
  inventory.Stop();
  // Readers go on without the server.
  EXPECT_EQ(follower->source().Current()->revision(), 1);
  inventory.Start();
  ASSERT_THAT(inventory.server().Write(VendorBatch("b")), IsOk());
  ExpectReaches(*follower, inventory.server());
  EXPECT_EQ(follower->Stats().snapshots, 1);
  EXPECT_GT(follower->Stats().streams, 1);
}

TEST(Follower, AFollowerThatRestartsLoadsTheSame) {
  Restartable inventory;
  ASSERT_THAT(inventory.server().Write(VendorBatch("a")), IsOk());
  auto follower = Follower::Start(inventory.Channel(), Quick());
  ExpectReaches(*follower, inventory.server());
  follower.reset();
  ASSERT_THAT(inventory.server().Write(VendorBatch("b")), IsOk());
  follower = Follower::Start(inventory.Channel(), Quick());
  ExpectReaches(*follower, inventory.server());
}

TEST(Follower, TakesASnapshotWhenItsStartWasCompacted) {
  Restartable inventory;
  ASSERT_THAT(inventory.server().Write(VendorBatch("a")), IsOk());
  auto follower = Follower::Start(inventory.Channel(), Quick());
  ExpectReaches(*follower, inventory.server());
  inventory.Stop();
  // While the follower is cut off, another process writes, and the history up to there is forgotten.
  {
    InventoryServer other({}, &inventory.store());
    ASSERT_THAT(other.Write(VendorBatch("b")), IsOk());
    ASSERT_THAT(other.Write("operations { delete: 'vendors/a' }"), IsOk());
    ASSERT_THAT(inventory.store().Compact(3), IsOk());
  }
  EXPECT_TRUE(follower->source().Current()->Contains("vendors/a"));
  inventory.Start();
  ExpectReaches(*follower, inventory.server());
  EXPECT_EQ(follower->Stats().snapshots, 2);
  EXPECT_FALSE(follower->source().Current()->Contains("vendors/a"));
}

TEST(Follower, TakesASnapshotWhenTheHistoryIsAnother) {
  Restartable inventory;
  ASSERT_THAT(inventory.server().Write(VendorBatch("a")), IsOk());
  auto follower = Follower::Start(inventory.Channel(), Quick());
  ExpectReaches(*follower, inventory.server());
  const std::string before = follower->source().history_id();
  inventory.Stop();
  ASSERT_THAT(inventory.store().RenewHistory(), IsOk());
  inventory.Start();
  const absl::Time deadline = absl::Now() + kPatience;
  while (follower->source().history_id() == before && absl::Now() < deadline) std::this_thread::yield();
  ExpectReaches(*follower, inventory.server());
  EXPECT_EQ(follower->source().history_id(), inventory.server().source().history_id());
}

TEST(Follower, KeepsUpWithConcurrentWriters) {
  InventoryServer server;
  auto follower = Follower::Start(server.channel(), Quick());
  ASSERT_THAT(follower->source().WaitFor(0, base::SteadyNow() + kPatience), IsOk());
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < 50; ++i) {
        EXPECT_THAT(server.Write(VendorBatch(absl::StrCat("w", writer, "-", i % 7), absl::StrCat(i))),
                    IsOk());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(server.source().Current()->revision(), 200);
  ExpectReaches(*follower, server);
}

}  // namespace
}  // namespace linchpin::replica
