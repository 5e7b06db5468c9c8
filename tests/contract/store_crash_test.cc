// R1 and R4: a process that is killed with -9 at random moments loses nothing that it acknowledged, and what
// was under way can be repeated without being applied twice. LINCHPIN_CRASH_ROUNDS sets the number of kills
// per engine.
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/store/open.h"
#include "tests/contract/store_crash_write.h"
#include "tests/contract/store_fixture.h"
#include "tests/contract/store_history_check.h"
#include "tests/support/postgres_server.h"

namespace linchpin::store {
namespace {

using testing_support::PostgresServer;

int Rounds() {
  const char* rounds = getenv("LINCHPIN_CRASH_ROUNDS");
  return rounds == nullptr ? 15 : atoi(rounds);
}

// What a killed writer had told.
struct Told {
  std::set<std::string> begun;
  std::map<std::string, int64_t> acknowledged;
};

pid_t StartWriter(const std::string& address, int round, int* output) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  pid_t pid = fork();
  if (pid == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    const std::string program = std::string(LINCHPIN_BINARY_DIR) + "/bin/store_crash_writer";
    const std::string number = std::to_string(round);
    execl(program.c_str(), program.c_str(), address.c_str(), number.c_str(), nullptr);
    _exit(127);
  }
  close(ends[1]);
  *output = ends[0];
  return pid;
}

Told Understand(const std::string& text) {
  Told told;
  std::istringstream lines(text.substr(0, text.rfind('\n') + 1));
  std::string verb, name;
  while (lines >> verb >> name) {
    if (verb == "b") told.begun.insert(name);
    if (verb == "a") lines >> told.acknowledged[name];
  }
  return told;
}

// Lets a writer run until it has told of an acknowledgement and `life` has passed, then kills it.
Told RunAndKill(const std::string& address, int round, std::chrono::microseconds life) {
  int output = -1;
  pid_t pid = StartWriter(address, round, &output);
  std::string text;
  auto kill_at = std::chrono::steady_clock::time_point::max();
  char buffer[65536];
  bool killed = false;
  while (true) {
    ssize_t size = read(output, buffer, sizeof(buffer));
    if (size <= 0) break;
    text.append(buffer, size);
    if (kill_at == std::chrono::steady_clock::time_point::max() && text.find("\na ") != std::string::npos) {
      kill_at = std::chrono::steady_clock::now() + life;
    }
    if (!killed && std::chrono::steady_clock::now() >= kill_at) {
      kill(pid, SIGKILL);
      killed = true;
    }
  }
  int status = 0;
  waitpid(pid, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << status;
  close(output);
  return Understand(text);
}

// Repeats what was begun and checks that each is applied exactly once. Returns how many had been committed
// without having been acknowledged.
int RepeatAndCount(ResourceStore& store, const Told& told) {
  MapHead head(TargetsOf);
  std::unique_ptr<Committer> committer = *Committer::Create(store, head, {});
  int in_doubt = 0;
  for (const std::string& name : told.begun) {
    const bool was_there = head.Contains(name);
    auto acknowledged = told.acknowledged.find(name);
    absl::StatusOr<WriteResult> result = committer->Commit(CrashWrite(name));
    EXPECT_THAT(result, IsOk()) << name;
    if (!result.ok()) continue;
    EXPECT_EQ(result->repeated, was_there) << name;
    if (acknowledged != told.acknowledged.end()) {
      EXPECT_TRUE(was_there) << name << " was acknowledged and is lost";
      EXPECT_EQ(result->revision, acknowledged->second) << name;
    } else if (was_there) {
      ++in_doubt;
    }
  }
  return in_doubt;
}

void KillManyTimes(const std::string& address) {
  OpenOptions options;
  options.migrate = true;
  ASSERT_THAT(OpenStore(address, "inventory", options), IsOk());
  std::mt19937 random(20261122);
  int64_t acknowledged = 0, in_doubt = 0;
  std::set<std::string> begun;
  for (int round = 0; round < Rounds(); ++round) {
    Told told = RunAndKill(address, round, std::chrono::microseconds(random() % 60'000));
    ASSERT_FALSE(told.acknowledged.empty());
    acknowledged += static_cast<int64_t>(told.acknowledged.size());
    begun.insert(told.begun.begin(), told.begun.end());
    absl::StatusOr<std::unique_ptr<ResourceStore>> store = OpenStore(address, "inventory", {});
    ASSERT_THAT(store, IsOk());
    in_doubt += RepeatAndCount(**store, told);
  }
  Lives lives = ExpectSound(**OpenStore(address, "inventory", {}));
  EXPECT_EQ(lives.size(), begun.size());
  for (const auto& [name, revisions] : lives) EXPECT_EQ(revisions.size(), 1u) << name << " was applied twice";
  printf("%d kills, %ld acknowledged, none lost; %ld committed without acknowledgement\n", Rounds(),
         static_cast<long>(acknowledged), static_cast<long>(in_doubt));
}

TEST(StoreCrash, SqliteKeepsWhatWasAcknowledged) {
  std::string folder = testing::TempDir() + "/store_crash_XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  KillManyTimes("sqlite:" + folder);
  std::filesystem::remove_all(folder);
}

TEST(StoreCrash, PostgresKeepsWhatWasAcknowledged) {
  absl::StatusOr<std::unique_ptr<PostgresServer>> server = PostgresServer::Start();
  ASSERT_THAT(server, IsOk());
  KillManyTimes(*(*server)->CreateDatabase());
}

// Writes with request ids from several threads, repeating what is UNAVAILABLE, while PostgreSQL is killed
// under them.
TEST(StoreCrash, KillingPostgresLosesNothingAndAppliesNothingTwice) {
  absl::StatusOr<std::unique_ptr<PostgresServer>> server = PostgresServer::Start();
  ASSERT_THAT(server, IsOk());
  OpenOptions options;
  options.migrate = true;
  std::unique_ptr<ResourceStore> store = *OpenStore(*(*server)->CreateDatabase(), "inventory", options);
  MapHead head(TargetsOf);
  std::atomic<int64_t> broken_groups{0};
  CommitterOptions committer_options;
  committer_options.log = [&](LogLevel level, std::string_view, std::string_view) {
    if (level >= LogLevel::kWarning) ++broken_groups;
  };
  std::unique_ptr<Committer> committer = *Committer::Create(*store, head, committer_options);
  std::atomic<bool> stop{false};
  std::atomic<int64_t> acknowledged{0}, unavailable{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; !stop; ++i) {
        const std::string name = absl::StrCat("things/", t, "-", i);
        absl::StatusOr<WriteResult> result = committer->Commit(CrashWrite(name));
        while (absl::IsUnavailable(result.status())) {
          ++unavailable;
          std::this_thread::sleep_for(std::chrono::milliseconds(5));
          result = committer->Commit(CrashWrite(name));
        }
        ASSERT_THAT(result, IsOk());
        ++acknowledged;
      }
    });
  }
  std::mt19937 random(7);
  const int kills = std::max(1, Rounds() / 3);
  int64_t slowest_ms = 0;  // From the server's return to the next acknowledgement.
  for (int i = 0; i < kills; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50 + random() % 200));
    (*server)->Kill();
    ASSERT_THAT((*server)->StartAgain(), IsOk());
    const auto back = std::chrono::steady_clock::now();
    int64_t before = acknowledged;
    // Comes back by itself.
    auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (acknowledged == before && std::chrono::steady_clock::now() < limit) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ASSERT_GT(acknowledged, before);
    slowest_ms = std::max<int64_t>(slowest_ms, std::chrono::duration_cast<std::chrono::milliseconds>(
                                                   std::chrono::steady_clock::now() - back)
                                                   .count());
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  // The kills have bitten; whether a write was refused meanwhile depends on how fast the server came back.
  EXPECT_GT(broken_groups, 0);
  committer->Drain(absl::InfiniteFuture());
  Lives lives = ExpectSound(*store);
  EXPECT_EQ(static_cast<int64_t>(lives.size()), acknowledged);
  for (const auto& [name, revisions] : lives) EXPECT_EQ(revisions.size(), 1u) << name << " was applied twice";
  printf(
      "%d kills of PostgreSQL, %ld acknowledged, none lost; %ld refused meanwhile; writing again after at "
      "most %ld ms\n",
      kills, static_cast<long>(acknowledged), static_cast<long>(unavailable), static_cast<long>(slowest_ms));
}

}  // namespace
}  // namespace linchpin::store
