#include <stdlib.h>

#include <filesystem>
#include <string>

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
  ASSERT_TRUE(first.ok());
  EXPECT_THAT(place.Open(options), Fails(absl::StatusCode::kFailedPrecondition, "STORE_IN_USE"));
}

}  // namespace
}  // namespace linchpin::store
