#include "services/store/open.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/base/error.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"

namespace linchpin::store {
namespace {

TEST(OpenStore, RefusesWhatIsNoAddress) {
  for (const char* address : {"", "sqlite", "sqlite:", "postgresql:", "mysql://x", "/tmp/x"}) {
    EXPECT_THAT(OpenStore(address, "inventory", {}), StatusIs(absl::StatusCode::kInvalidArgument)) << address;
  }
  EXPECT_THAT(OpenStore("sqlite::memory:", "other; drop", {}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(OpenStore, AFolderThatCannotBeMadeIsSaid) {
  absl::Status status = OpenStore("sqlite:/proc/nothing/here", "inventory", {}).status();
  EXPECT_THAT(status, Fails(absl::StatusCode::kFailedPrecondition, "STORE_FOLDER_UNUSABLE"));
}

TEST(OpenStore, NobodyBehindTheAddressIsUnavailable) {
  EXPECT_THAT(OpenStore("postgresql:host=/nonexistent dbname=x", "inventory", {}),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST(OpenStore, AConnectionStringThatPostgresWouldTakeForAnotherIsRefusedWithoutBeingQuoted) {
  // Neither parses, or what stands behind the first @ or / of the password becomes host or database.
  for (const char* address : {"postgresql:not a connection string", "postgresql://u:s3cret@x@h/db",
                              "postgresql://u:s3cret/x@h/db", "postgresql:host=h prot=1"}) {
    const absl::Status status = OpenStore(address, "inventory", {}).status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument)) << address;
    EXPECT_THAT(std::string(status.message()), testing::Not(testing::HasSubstr("s3cret"))) << address;
  }
}

}  // namespace
}  // namespace linchpin::store
