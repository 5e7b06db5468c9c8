// PostgreSQL that is unsafe, away, silent, read-only or cuts connections (R2, R12, R14, R21).
#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "services/base/error.h"
#include "services/store/open.h"
#include "services/store/port/store_error.h"
#include "tests/contract/store_crash_write.h"
#include "tests/contract/store_fixture.h"
#include "tests/contract/store_history_check.h"
#include "tests/support/postgres_server.h"

namespace linchpin::store {
namespace {

using testing_support::PostgresServer;
using Clock = std::chrono::steady_clock;

class StorePostgresFault : public testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<std::unique_ptr<PostgresServer>> server = PostgresServer::Start();
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
    address_ = *server_->CreateDatabase();
    OpenOptions options;
    options.migrate = true;
    absl::StatusOr<std::unique_ptr<ResourceStore>> store = OpenStore(address_, "inventory", options);
    ASSERT_THAT(store, IsOk());
    store_ = *std::move(store);
  }

  void StartCommitter() { committer_ = *Committer::Create(*store_, head_, {}); }

  void Alter(const std::string& setting) {
    ASSERT_THAT(server_->Execute(address_, "alter system set " + setting), IsOk());
    ASSERT_THAT(server_->Execute(address_, "select pg_reload_conf()"), IsOk());
  }
  void EndSessions() {
    ASSERT_THAT(server_->Execute(address_,
                                 "select pg_terminate_backend(pid) from pg_stat_activity "
                                 "where pid <> pg_backend_pid() and application_name = 'linchpind'"),
                IsOk());
  }
  absl::StatusOr<WriteResult> Create(const std::string& name) { return committer_->Commit(CrashWrite(name)); }

  // Repeats until it succeeds; how long that took.
  Clock::duration UntilCreated(const std::string& name) {
    auto start = Clock::now();
    while (!Create(name).ok() && Clock::now() - start < std::chrono::seconds(60)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_TRUE(head_.Contains(name));
    return Clock::now() - start;
  }

  std::unique_ptr<PostgresServer> server_;
  std::string address_;
  std::unique_ptr<ResourceStore> store_;
  MapHead head_{TargetsOf};
  std::unique_ptr<Committer> committer_;
};

TEST_F(StorePostgresFault, UnsafeSettingsAreRefusedAtStart) {
  for (const char* setting : {"fsync", "full_page_writes"}) {
    Alter(absl::StrCat(setting, " = off"));
    // A reload reaches new sessions soon, not at once.
    absl::StatusOr<std::unique_ptr<ResourceStore>> store = OpenStore(address_, "inventory", {});
    for (int i = 0; i < 500 && store.ok(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      store = OpenStore(address_, "inventory", {});
    }
    EXPECT_THAT(store, Fails(absl::StatusCode::kFailedPrecondition, "UNSAFE_SETTINGS"));
    EXPECT_THAT(std::string(store.status().message()), testing::HasSubstr(setting));
    Alter(absl::StrCat(setting, " = on"));
    for (int i = 0; i < 500 && !store.ok(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      store = OpenStore(address_, "inventory", {});
    }
    EXPECT_THAT(store, IsOk());
  }
}

TEST_F(StorePostgresFault, WritesAreRefusedAtOnceWhenACrashWouldLoseThem) {
  StartCommitter();
  ASSERT_THAT(Create("things/a"), IsOk());
  for (const char* setting : {"fsync", "full_page_writes"}) {
    Alter(absl::StrCat(setting, " = off"));
    // Until the reload has reached the session, in which the setting is still on.
    absl::StatusOr<WriteResult> refused = Create("things/b");
    for (int i = 0; i < 500 && refused.ok(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      refused = Create(absl::StrCat("things/", setting, i));
    }
    EXPECT_THAT(refused, Fails(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE"));
    EXPECT_EQ(CauseIn(refused.status()), StoreCause::kUnsafe);
    EXPECT_EQ(CauseIn(store_->Ping()), StoreCause::kUnsafe);
    EXPECT_THAT(Create("things/c"), Fails(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE"));
    Alter(absl::StrCat(setting, " = on"));
    UntilCreated("things/b");
  }
  ExpectSound(*store_);
}

TEST_F(StorePostgresFault, ACommitWaitsForTheDiskWhateverTheServersDefault) {
  StartCommitter();
  // Keeps, for each group, what its session had.
  ASSERT_THAT(
      server_->Execute(address_,
                       "create table inventory.seen (value text); "
                       "create function inventory.see() returns trigger language plpgsql as "
                       "'begin insert into inventory.seen values (current_setting(''synchronous_commit'')); "
                       "return new; end'; "
                       "create trigger see after insert on inventory.audit for each row execute function "
                       "inventory.see()"),
      IsOk());
  ASSERT_THAT(Create("things/a"), IsOk());
  Alter("synchronous_commit = off");
  ASSERT_THAT(Create("things/b"), IsOk());
  EndSessions();
  UntilCreated("things/c");
  EXPECT_THAT(
      server_->Execute(address_,
                       "select 1 / (count(*) filter (where value = 'on') / count(*)) from inventory.seen"),
      IsOk());
}

TEST_F(StorePostgresFault, NobodyThereAtStartIsUnavailable) {
  server_->Stop();
  EXPECT_THAT(OpenStore(address_, "inventory", {}),
              Fails(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE"));
  ASSERT_THAT(server_->StartAgain(), IsOk());
  EXPECT_THAT(OpenStore(address_, "inventory", {}), IsOk());
}

TEST_F(StorePostgresFault, WritesFailQuicklyWhileItIsAwayAndGoOnByThemselves) {
  StartCommitter();
  ASSERT_THAT(Create("things/a"), IsOk());
  server_->Stop();
  for (int i = 0; i < 20; ++i) {
    auto start = Clock::now();
    absl::StatusOr<WriteResult> result = Create(absl::StrCat("things/away", i));
    EXPECT_THAT(result, Fails(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE"));
    EXPECT_TRUE(base::DetailsOf(result.status())->retry_after_ms.has_value());
    EXPECT_LT(Clock::now() - start, std::chrono::seconds(2));
  }
  EXPECT_FALSE(committer_->Stats().available);
  EXPECT_TRUE(head_.Contains("things/a"));
  EXPECT_THAT(store_->Ping(), ::testing::Not(IsOk()));
  ASSERT_THAT(server_->StartAgain(), IsOk());
  EXPECT_LT(UntilCreated("things/b"), std::chrono::seconds(4));
  EXPECT_GE(committer_->Stats().reconnects, 1);
  ExpectSound(*store_);
}

TEST_F(StorePostgresFault, SilenceIsTakenForAbsence) {
  StartCommitter();
  // The shortest of several waits: a busy machine lengthens one or the other, the server's silence all.
  Clock::duration shortest = std::chrono::hours(1);
  for (int round = 0; round < 3; ++round) {
    const std::string name = absl::StrCat("things/silent", round);
    ASSERT_THAT(Create(absl::StrCat("things/a", round)), IsOk());
    ASSERT_THAT(store_->Ping(), IsOk());
    server_->Pause();
    auto start = Clock::now();
    EXPECT_THAT(Create(name), Fails(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE"));
    shortest = std::min(shortest, Clock::now() - start);
    while (committer_->Stats().available && Clock::now() - start < std::chrono::seconds(30)) {
      EXPECT_THAT(Create(name), ::testing::Not(IsOk()));
    }
    start = Clock::now();
    EXPECT_THAT(Create(name), ::testing::Not(IsOk()));
    EXPECT_LT(Clock::now() - start, std::chrono::seconds(1));
    server_->Resume();
    EXPECT_LT(UntilCreated(name), std::chrono::seconds(6));
  }
  EXPECT_LE(shortest, std::chrono::seconds(1));
  Lives lives = ExpectSound(*store_);
  for (int round = 0; round < 3; ++round) EXPECT_EQ(lives[absl::StrCat("things/silent", round)].size(), 1u);
}

TEST_F(StorePostgresFault, SilenceDuringALargeGroupHoldsUpNobodyBehindIt) {
  StartCommitter();
  ASSERT_THAT(Create("things/a"), IsOk());
  ASSERT_THAT(store_->Ping(), IsOk());
  // Of 10,000 items, whose commit is given many seconds.
  std::vector<Upsert> upserts;
  for (int i = 0; i < 10'000; ++i) upserts.push_back(MakeUpsert(absl::StrCat("things/many", i), "x"));
  Write many = MakeWrite(std::move(upserts));
  absl::Notification paused, finished;
  many.decide = [&, decide = many.decide](const StateReader& state) {
    if (!paused.HasBeenNotified()) {
      server_->Pause();
      paused.Notify();
    }
    return decide(state);
  };
  committer_->Submit(std::move(many), [&](absl::StatusOr<WriteResult>) { finished.Notify(); });
  paused.WaitForNotification();
  const auto start = Clock::now();
  EXPECT_THAT(Create("things/behind"), Fails(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE"));
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(2));
  server_->Resume();
  finished.WaitForNotification();
  EXPECT_LT(UntilCreated("things/behind"), std::chrono::seconds(6));
  ExpectSound(*store_);
}

// A role that owns nothing and may what the server needs.
class StorePostgresRole : public StorePostgresFault {
 protected:
  void SetUp() override {
    StorePostgresFault::SetUp();
    ASSERT_THAT(
        server_->Execute(address_,
                         "create role app login; grant usage on schema inventory to app; "
                         "grant select, insert, update, delete on all tables in schema inventory to app"),
        IsOk());
    app_ = absl::StrCat(address_, " user=app");
    OpenAs(app_);
  }
  void OpenAs(const std::string& address) {
    OpenOptions options;
    options.log = [this](LogLevel, std::string_view, std::string_view detail) {
      log_ += std::string(detail) + "\n";
    };
    absl::StatusOr<std::unique_ptr<ResourceStore>> store = OpenStore(address, "inventory", options);
    ASSERT_THAT(store, IsOk());
    committer_.reset();
    store_ = *std::move(store);
    StartCommitter();
  }
  std::string app_;
  std::string log_;
};

TEST_F(StorePostgresRole, ALostRightIsNamedAndNoBug) {
  ASSERT_THAT(Create("things/a"), IsOk());
  for (const char* right :
       {"insert on inventory.audit", "update on inventory.store", "delete on inventory.change"}) {
    ASSERT_THAT(server_->Execute(address_, absl::StrCat("revoke ", right, " from app")), IsOk());
    EXPECT_EQ(CauseIn(store_->Ping()), StoreCause::kNoPermission) << right;
    const bool writes_need_it = std::string_view(right) != "delete on inventory.change";
    if (writes_need_it) {
      absl::StatusOr<WriteResult> refused = Create("things/b");
      EXPECT_THAT(refused, Fails(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE")) << right;
      EXPECT_EQ(CauseIn(refused.status()), StoreCause::kNoPermission) << right;
    }
    ASSERT_THAT(server_->Execute(address_, absl::StrCat("grant ", right, " to app")), IsOk());
    EXPECT_THAT(store_->Ping(), IsOk());
  }
  UntilCreated("things/b");
}

TEST_F(StorePostgresRole, NoConnectionLeftIsNamed) {
  ASSERT_THAT(Create("things/a"), IsOk());
  ASSERT_THAT(server_->Execute(address_, "alter role app connection limit 0"), IsOk());
  EndSessions();
  // The first one may find its connection gone in the middle of the commit.
  absl::StatusOr<WriteResult> refused = Create("things/b");
  for (int i = 0; i < 10 && CauseIn(refused.status()) == StoreCause::kAway; ++i) refused = Create("things/b");
  EXPECT_EQ(CauseIn(refused.status()), StoreCause::kNoConnectionLeft) << refused.status();
  EXPECT_EQ(CauseIn(store_->Ping()), StoreCause::kNoConnectionLeft);
  ASSERT_THAT(server_->Execute(address_, "alter role app connection limit -1"), IsOk());
  UntilCreated("things/b");
}

TEST_F(StorePostgresRole, AWrongAddressSaysWhatToMendAtStart) {
  const std::pair<std::string, StoreCause> cases[] = {
      {absl::StrCat(address_, " dbname=nothing"), StoreCause::kNoDatabase},
      {absl::StrCat(address_, " user=nobody"), StoreCause::kNotLetIn},
      {absl::StrCat(address_, " options='-c no_such_option=1'"), StoreCause::kWrongOption},
      {absl::StrCat(address_, " options='-c lock_timeout=soon'"), StoreCause::kWrongOption},
  };
  for (const auto& [address, cause] : cases) {
    const absl::Status status = OpenStore(address, "inventory", {}).status();
    EXPECT_EQ(CauseIn(status), cause) << address << status;
  }
}

TEST_F(StorePostgresRole, ThePasswordIsNeverLogged) {
  for (const char* user : {"nobody", "app"}) {
    OpenOptions options;
    options.log = [this](LogLevel, std::string_view, std::string_view detail) {
      log_ += std::string(detail);
    };
    OpenStore(absl::StrCat(address_, " user=", user, " password=canary dbname=nothing"), "inventory", options)
        .status()
        .IgnoreError();
  }
  EXPECT_THAT(log_, testing::HasSubstr("nothing"));
  EXPECT_THAT(log_, testing::Not(testing::HasSubstr("canary")));
}

TEST_F(StorePostgresRole, ARepeatedRequestIdIsNotWorthALine) {
  Write write = CrashWrite("things/once");
  write.request_id = "once";
  ASSERT_THAT(committer_->Commit(write), IsOk());
  absl::StatusOr<WriteResult> again = committer_->Commit(write);
  ASSERT_THAT(again, IsOk());
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(log_, "");
}

TEST_F(StorePostgresRole, TheDatabasesClockStampsWrites) {
  const absl::Time before = *store_->ReadClock();
  absl::StatusOr<WriteResult> result = Create("things/a");
  ASSERT_THAT(result, IsOk());
  EXPECT_GE(result->time, before - absl::Milliseconds(100));
  EXPECT_LE(result->time, *store_->ReadClock() + absl::Milliseconds(100));
}

TEST(StorePostgresDisk, AFullDiskIsNamedAndHeals) {
  absl::StatusOr<std::unique_ptr<PostgresServer>> server =
      PostgresServer::Start({"max_wal_size=64MB", "min_wal_size=32MB"}, int64_t{300} << 20);
  if (absl::IsUnimplemented(server.status())) GTEST_SKIP() << server.status();
  ASSERT_THAT(server, IsOk());
  OpenOptions options;
  options.migrate = true;
  std::unique_ptr<ResourceStore> store = *OpenStore(*(*server)->CreateDatabase(), "inventory", options);
  MapHead head(TargetsOf);
  std::unique_ptr<Committer> committer = *Committer::Create(*store, head, {});
  ASSERT_THAT(committer->Commit(CrashWrite("things/a")), IsOk());
  EXPECT_THAT(store->Ping(), IsOk());
  ASSERT_THAT((*server)->FillDisk(), IsOk());
  EXPECT_EQ(CauseIn(store->Ping()), StoreCause::kFull);
  // What fits into pages that are there is still taken.
  absl::StatusOr<WriteResult> result = committer->Commit(CrashWrite("things/b"));
  for (int i = 0; i < 1000 && result.ok(); ++i) {
    result = committer->Commit(CrashWrite(absl::StrCat("things/full", i)));
  }
  EXPECT_THAT(result, Fails(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE"));
  EXPECT_EQ(CauseIn(result.status()), StoreCause::kFull);
  (*server)->FreeDisk();
  EXPECT_THAT(store->Ping(), IsOk());
  const auto start = Clock::now();
  while (!(result = committer->Commit(CrashWrite("things/after"))).ok() &&
         Clock::now() - start < std::chrono::seconds(30)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_THAT(result, IsOk());
  ExpectSound(*store);
}

TEST_F(StorePostgresFault, AReadOnlyDatabaseIsRecognised) {
  StartCommitter();
  ASSERT_THAT(Create("things/a"), IsOk());
  Alter("default_transaction_read_only = on");
  EndSessions();
  EXPECT_THAT(Create("things/b"), Fails(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE"));
  EXPECT_THAT(store_->Ping(), ::testing::Not(IsOk()));
  EXPECT_TRUE(store_->Get("things/a", std::nullopt)->has_value());
  ASSERT_THAT(server_->Execute(address_ + " options='-c default_transaction_read_only=off'",
                               "alter system reset default_transaction_read_only"),
              IsOk());
  ASSERT_THAT(server_->Execute(address_, "select pg_reload_conf()"), IsOk());
  UntilCreated("things/b");
  ExpectSound(*store_);
}

TEST_F(StorePostgresFault, AReadThatFailsLeavesItsConnectionUsable) {
  StartCommitter();
  ASSERT_THAT(Create("things/a"), IsOk());
  ASSERT_THAT(server_->Execute(address_, "alter table inventory.change rename to hidden"), IsOk());
  // More often than there are connections.
  for (int i = 0; i < 8; ++i) EXPECT_THAT(store_->ReadChanges(0, 10), ::testing::Not(IsOk()));
  ASSERT_THAT(server_->Execute(address_, "alter table inventory.hidden rename to change"), IsOk());
  EXPECT_THAT(store_->ReadChanges(0, 10), IsOk());
  EXPECT_THAT(store_->Get("things/a", std::nullopt), IsOk());
}

TEST_F(StorePostgresFault, ARefusalAtTheCommitItselfLeavesTheConnectionUsable) {
  StartCommitter();
  ASSERT_THAT(Create("things/a"), IsOk());
  ASSERT_THAT(server_->Execute(address_,
                               "create function inventory.refuse() returns trigger language plpgsql as "
                               "'begin raise exception ''no''; end'; "
                               "create constraint trigger refuse after insert on inventory.audit deferrable "
                               "initially deferred for each row execute function inventory.refuse()"),
              IsOk());
  EXPECT_THAT(Create("things/b"), Fails(absl::StatusCode::kInternal, "INTERNAL"));
  ASSERT_THAT(server_->Execute(address_, "drop trigger refuse on inventory.audit"), IsOk());
  for (const char* name : {"things/b", "things/c"}) EXPECT_THAT(Create(name), IsOk()) << name;
  EXPECT_EQ(committer_->Stats().reconnects, 0);
  ExpectSound(*store_);
}

TEST_F(StorePostgresFault, CutConnectionsApplyNothingTwiceAndLoseNothing) {
  StartCommitter();
  std::atomic<bool> stop{false};
  std::atomic<int64_t> acknowledged{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; !stop; ++i) {
        const std::string name = absl::StrCat("things/", t, "-", i);
        absl::StatusOr<WriteResult> result = Create(name);
        while (absl::IsUnavailable(result.status())) result = Create(name);
        ASSERT_THAT(result, IsOk());
        ++acknowledged;
      }
    });
  }
  std::mt19937 random(3);
  for (int i = 0; i < 40; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 40));
    EndSessions();
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  Lives lives = ExpectSound(*store_);
  EXPECT_EQ(static_cast<int64_t>(lives.size()), acknowledged);
  for (const auto& [name, revisions] : lives) EXPECT_EQ(revisions.size(), 1u) << name << " was applied twice";
}

TEST_F(StorePostgresFault, AMigrationCutAtAnyMomentCanBeRepeated) {
  std::mt19937 random(5);
  for (int round = 0; round < 6; ++round) {
    const std::string address = *server_->CreateDatabase();
    std::vector<std::thread> migrators;
    for (int i = 0; i < 2; ++i) {
      migrators.emplace_back([&address] {
        OpenOptions options;
        options.migrate = true;
        OpenStore(address, "policy", options).status().IgnoreError();
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 60));
    ASSERT_THAT(server_->Execute(address,
                                 "select pg_terminate_backend(pid) from pg_stat_activity "
                                 "where datname = current_database() and pid <> pg_backend_pid()"),
                IsOk());
    for (std::thread& migrator : migrators) migrator.join();
    OpenOptions options;
    options.migrate = true;
    absl::StatusOr<std::unique_ptr<ResourceStore>> store = OpenStore(address, "policy", options);
    ASSERT_THAT(store, IsOk());
    MapHead head(TargetsOf);
    const std::unique_ptr<Committer> committer = *Committer::Create(**store, head, {});
    // A busy machine may answer later than the store waits; that is UNAVAILABLE, and safe to repeat.
    absl::Status written = absl::UnavailableError("not tried");
    const absl::Time deadline = absl::Now() + absl::Seconds(30);
    while (absl::IsUnavailable(written) && absl::Now() < deadline)
      written = committer->Commit(CrashWrite("things/a")).status();
    EXPECT_THAT(written, IsOk());
    EXPECT_EQ((*store)->Info()->history_id.size(), 32u);
  }
}

}  // namespace
}  // namespace linchpin::store
