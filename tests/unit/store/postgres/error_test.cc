#include "services/store/postgres/error.h"

#include <gtest/gtest.h>

#include <functional>
#include <pqxx/except>
#include <string>
#include <string_view>
#include <utility>

#include "services/store/port/store_error.h"
#include "tests/support/status_matchers.h"

namespace linchpin::store {
namespace {

TEST(PostgresError, WhatOneWriteIsToBlameForIsARefusalOfTheGroup) {
  // A broken constraint, a value out of range, a row that is too large: the group is repeated one by one.
  for (const char* state : {"23503", "22003", "54000", "54001"}) {
    EXPECT_THAT(StatusOfPostgresError(state, ""), StatusIs(absl::StatusCode::kFailedPrecondition)) << state;
  }
}

TEST(PostgresError, WhatPassesIsUnavailable) {
  for (const char* state : {"", "40001", "08006", "53300", "57P01", "58030"}) {
    EXPECT_THAT(StatusOfPostgresError(state, ""), StatusIs(absl::StatusCode::kUnavailable)) << state;
  }
}

TEST(PostgresError, ATakenRequestIdIsToldFromOtherKeys) {
  EXPECT_THAT(StatusOfPostgresError("23505", "request_pkey"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(StatusOfPostgresError("23505", "resource_pkey"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(PostgresError, WhatSomebodyHasToMendIsNamed) {
  const std::pair<const char*, StoreCause> cases[] = {
      {"53100", StoreCause::kFull},
      {"25006", StoreCause::kReadOnly},
      {"42501", StoreCause::kNoPermission},
      {"28P01", StoreCause::kNotLetIn},
      {"28000", StoreCause::kNotLetIn},
      {"3D000", StoreCause::kNoDatabase},
      {"53300", StoreCause::kNoConnectionLeft},
  };
  for (const auto& [state, cause] : cases) {
    const absl::Status status = StatusOfPostgresError(state, "");
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable)) << state;
    EXPECT_EQ(CauseIn(status), cause) << state;
  }
}

absl::Status Thrown(const std::function<void()>& thrower) {
  try {
    thrower();
  } catch (...) {
    return StatusOfCurrentException(nullptr);
  }
  return absl::OkStatus();
}

TEST(PostgresError, EachClassOfLibpqxxHasItsCode) {
  EXPECT_THAT(Thrown([] { throw pqxx::broken_connection("gone"); }),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(Thrown([] { throw pqxx::in_doubt_error("commit"); }), StatusIs(absl::StatusCode::kUnknown));
  EXPECT_THAT(Thrown([] { throw pqxx::deadlock_detected("x"); }), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(CauseIn(Thrown([] { throw pqxx::disk_full("x", "q", "53100"); })), StoreCause::kFull);
  EXPECT_THAT(Thrown([] { throw pqxx::foreign_key_violation("x", "q", "23503"); }),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Thrown([] { throw pqxx::unexpected_rows("x"); }), StatusIs(absl::StatusCode::kInternal));
  // The class without its state.
  EXPECT_EQ(CauseIn(Thrown([] { throw pqxx::insufficient_privilege("x", "q"); })), StoreCause::kNoPermission);
  EXPECT_EQ(CauseIn(Thrown([] { throw pqxx::too_many_connections("x"); })), StoreCause::kNoConnectionLeft);
}

TEST(PostgresError, AConnectionThatCannotBeMadeSaysWhatToMend) {
  const auto cause = [](std::string_view message) {
    return CauseIn(Thrown(
        [message] { throw pqxx::broken_connection(ConnectFailure(SqlStateInVerbose(message), message)); }));
  };
  EXPECT_EQ(cause("connection to server failed: FATAL:  3D000: database \"x\" does not exist"),
            StoreCause::kNoDatabase);
  EXPECT_EQ(cause("FATAL:  28P01: password authentication failed"), StoreCause::kNotLetIn);
  EXPECT_EQ(cause("FATAL:  42704: unrecognized configuration parameter"), StoreCause::kWrongOption);
  EXPECT_EQ(cause("FATAL:  42501: permission denied for database"), StoreCause::kNoPermission);
  EXPECT_EQ(cause("could not translate host name:  nobody: x"), StoreCause::kAway);
}

}  // namespace
}  // namespace linchpin::store
