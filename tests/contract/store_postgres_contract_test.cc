#include <string>

#include "absl/strings/str_cat.h"
#include "services/store/open.h"
#include "tests/contract/store_fixture.h"
#include "tests/support/postgres_server.h"

namespace linchpin::store {
namespace {

using testing_support::PostgresServer;

// One server for the program; a database for each test.
PostgresServer* Server() {
  static std::unique_ptr<PostgresServer> server = [] {
    absl::StatusOr<std::unique_ptr<PostgresServer>> started = PostgresServer::Start();
    EXPECT_THAT(started, IsOk());
    return started.ok() ? *std::move(started) : nullptr;
  }();
  return server.get();
}

class DatabasePlace : public StorePlace {
 public:
  explicit DatabasePlace(std::string address) : address_(std::move(address)) {}
  absl::StatusOr<std::unique_ptr<ResourceStore>> Open(const OpenOptions& options) override {
    return OpenStore(address_, "inventory", options);
  }
  absl::Status SetSchemaVersion(int version) override {
    return Server()->Execute(address_,
                             absl::StrCat("insert into inventory.migration values (", version, ")"));
  }

 private:
  const std::string address_;
};

std::unique_ptr<StorePlace> MakePlace() {
  if (Server() == nullptr) return nullptr;
  absl::StatusOr<std::string> address = Server()->CreateDatabase();
  EXPECT_THAT(address, IsOk());
  return address.ok() ? std::make_unique<DatabasePlace>(*address) : nullptr;
}

INSTANTIATE_TEST_SUITE_P(Postgres, StoreContract,
                         testing::Values(StoreEngine{"Server", MakePlace, true, true}),
                         [](const testing::TestParamInfo<StoreEngine>& info) { return info.param.name; });

TEST(PostgresStore, KeepsTheDocumentAsJsonForPeople) {
  ASSERT_NE(Server(), nullptr);
  const std::string address = *Server()->CreateDatabase();
  OpenOptions options;
  options.migrate = true;
  std::unique_ptr<ResourceStore> store = *OpenStore(address, "inventory", options);
  MapHead head(TargetsOf);
  std::unique_ptr<Committer> committer = *Committer::Create(*store, head, {});
  // A check that fails unless exactly the expected rows are there.
  auto expect_countries = [&](const std::string& countries) {
    EXPECT_THAT(Server()->Execute(
                    address,
                    absl::StrCat("select 1 / count(*) from (select string_agg(coalesce(document->>'country', "
                                 "'none'), ',' order by name) as all from inventory.documents) t "
                                 "where t.all = '",
                                 countries, "'")),
                IsOk())
        << countries;
  };
  Upsert with = MakeUpsert("vendors/a", "x"), without = MakeUpsert("vendors/b", "x"),
         hostile = MakeUpsert("vendors/c", "x");
  with.json = R"({"country": "FR"})";
  hostile.json = R"({"country": "\u0000"})";
  ASSERT_THAT(committer->Commit(MakeWrite({with, without, hostile})), IsOk());
  expect_countries("FR,none,none");
  with.json = R"({"country": "DE"})";
  with.body = "changed|";
  ASSERT_THAT(committer->Commit(MakeWrite({with})), IsOk());
  expect_countries("DE,none,none");
}

}  // namespace
}  // namespace linchpin::store
