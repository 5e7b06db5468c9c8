#include "services/store/open.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/base/error.h"

namespace linchpin::store {
namespace {

TEST(OpenStore, RefusesWhatIsNoAddress) {
  for (const char* address : {"", "sqlite", "sqlite:", "postgresql:", "mysql://x", "/tmp/x"}) {
    EXPECT_EQ(OpenStore(address, "inventory", {}).status().code(), absl::StatusCode::kInvalidArgument)
        << address;
  }
  EXPECT_EQ(OpenStore("sqlite::memory:", "other; drop", {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(OpenStore, AFolderThatCannotBeMadeIsSaid) {
  absl::Status status = OpenStore("sqlite:/proc/nothing/here", "inventory", {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(base::ReasonOf(status), "STORE_FOLDER_UNUSABLE");
}

TEST(OpenStore, NobodyBehindTheAddressIsUnavailable) {
  EXPECT_EQ(OpenStore("postgresql:host=/nonexistent dbname=x", "inventory", {}).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST(OpenStore, AConnectionStringThatPostgresWouldTakeForAnotherIsRefusedWithoutBeingQuoted) {
  // Neither parses, or what stands behind the first @ or / of the password becomes host or database.
  for (const char* address : {"postgresql:not a connection string", "postgresql://u:s3cret@x@h/db",
                              "postgresql://u:s3cret/x@h/db", "postgresql:host=h prot=1"}) {
    const absl::Status status = OpenStore(address, "inventory", {}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << address;
    EXPECT_THAT(std::string(status.message()), testing::Not(testing::HasSubstr("s3cret"))) << address;
  }
}

struct RedactCase {
  const char* address;
  const char* shown;
};

TEST(RedactAddress, HidesPasswordsAndNothingElse) {
  const RedactCase cases[] = {
      {"sqlite:/var/lib/linchpin", "sqlite:/var/lib/linchpin"},
      {"postgresql://u:s3cret@h:5432/db", "postgresql://u:***@h:5432/db"},
      {"postgresql://u:a@b:c@h/db", "postgresql://u:***@h/db"},
      {"postgresql://u@h/db?password=s3cret&x=y", "postgresql://u@h/db?password=***&x=y"},
      {"postgresql:host=h password=s3cret dbname=db", "postgresql:host=h password=*** dbname=db"},
      {"postgresql:password = 's3 cret' dbname=db", "postgresql:password = *** dbname=db"},
      {"postgresql:host=h password=s3cret", "postgresql:host=h password=***"},
  };
  for (const RedactCase& one : cases) EXPECT_EQ(RedactAddress(one.address), one.shown);
}

}  // namespace
}  // namespace linchpin::store
