#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "services/store/open.h"
#include "services/store/sqlite/database.h"
#include "tests/contract/store_fixture.h"

namespace linchpin::store {
namespace {

class MemoryPlace : public StorePlace {
 public:
  absl::StatusOr<std::unique_ptr<ResourceStore>> Open(const OpenOptions& options) override {
    return OpenStore("sqlite::memory:", "inventory", options);
  }
  absl::Status SetSchemaVersion(int) override { return absl::UnimplementedError("memory"); }
};

class FilePlace : public StorePlace {
 public:
  FilePlace() {
    std::string pattern = testing::TempDir() + "/store_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~FilePlace() override { std::filesystem::remove_all(folder_); }
  absl::StatusOr<std::unique_ptr<ResourceStore>> Open(const OpenOptions& options) override {
    return OpenStore("sqlite:" + folder_ + "/data", "inventory", options);
  }
  absl::Status SetSchemaVersion(int version) override {
    absl::StatusOr<std::unique_ptr<SqliteDatabase>> database =
        SqliteDatabase::Open(folder_ + "/data/inventory.db", false, nullptr);
    if (!database.ok()) return database.status();
    absl::StatusOr<SqliteStatement> statement =
        (*database)->Prepare("insert into migration (version) values (?1)");
    if (!statement.ok()) return statement.status();
    return statement->Int(version).Run();
  }

 private:
  std::string folder_;
};

template <typename Place>
std::unique_ptr<StorePlace> Make() {
  return std::make_unique<Place>();
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract,
                         testing::Values(StoreEngine{"Memory", Make<MemoryPlace>, false, false},
                                         StoreEngine{"File", Make<FilePlace>, true, false}),
                         [](const testing::TestParamInfo<StoreEngine>& info) { return info.param.name; });

TEST(SqliteStore, ASecondProcessIsRefused) {
  FilePlace place;
  OpenOptions options;
  options.migrate = true;
  absl::StatusOr<std::unique_ptr<ResourceStore>> first = place.Open(options);
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(place.Open(options), Fails(absl::StatusCode::kFailedPrecondition, "STORE_IN_USE"));
}

TEST(SqliteStore, ADamagedFileIsNamedWithWhatToDo) {
  std::string folder = testing::TempDir() + "/store_XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  std::ofstream(folder + "/inventory.db") << std::string(8192, 'x');
  const absl::Status status = OpenStore("sqlite:" + folder, "inventory", {}).status();
  EXPECT_THAT(status, Fails(absl::StatusCode::kFailedPrecondition, "STORE_DAMAGED"));
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr(folder + "/inventory.db"));
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("integrity_check"));
  std::filesystem::remove_all(folder);
}

TEST(SqliteStore, ItsMemoryDoesNotGrowWithTheHistory) {
  FilePlace place;
  OpenOptions options;
  options.migrate = true;
  std::unique_ptr<ResourceStore> store = *place.Open(options);
  MapHead head(TargetsOf);
  std::unique_ptr<Committer> committer = *Committer::Create(*store, head, {});
  const int64_t before = sqlite3_memory_used();
  // Some 60 MB of history of one resource.
  const std::string filler(300'000, 'x');
  for (int i = 0; i < 200; ++i) {
    ASSERT_THAT(committer->Commit(MakeWrite({MakeUpsert("things/a", absl::StrCat(i, filler))})), IsOk());
  }
  EXPECT_LT(sqlite3_memory_used() - before, 16 << 20);
}

TEST(SqliteStore, ARepeatedRequestIdIsNotWorthALine) {
  std::string log;
  OpenOptions options;
  options.log = [&](LogLevel, std::string_view, std::string_view detail) { log += std::string(detail); };
  std::unique_ptr<ResourceStore> store = *OpenStore("sqlite::memory:", "inventory", options);
  MapHead head(TargetsOf);
  CommitterOptions committing;
  committing.log = options.log;
  std::unique_ptr<Committer> committer = *Committer::Create(*store, head, committing);
  Write write = MakeWrite({MakeUpsert("things/a", "x")});
  write.request_id = "once";
  ASSERT_THAT(committer->Commit(write), IsOk());
  EXPECT_TRUE(committer->Commit(write)->repeated);
  EXPECT_EQ(log, "");
}

}  // namespace
}  // namespace linchpin::store
