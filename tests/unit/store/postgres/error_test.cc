#include "services/store/postgres/error.h"

#include <gtest/gtest.h>

#include <string>

namespace linchpin::store {
namespace {

TEST(PostgresError, WhatOneWriteIsToBlameForIsARefusalOfTheGroup) {
  // A broken constraint, a value out of range, a row that is too large: the group is repeated one by one.
  for (const char* state : {"23503", "22003", "54000", "54001"}) {
    EXPECT_EQ(StatusOfPostgresError(state, "").code(), absl::StatusCode::kFailedPrecondition) << state;
  }
}

TEST(PostgresError, WhatPassesIsUnavailable) {
  for (const char* state : {"", "40001", "08006", "53300", "57P01", "58030"}) {
    EXPECT_EQ(StatusOfPostgresError(state, "").code(), absl::StatusCode::kUnavailable) << state;
  }
}

TEST(PostgresError, ATakenRequestIdIsToldFromOtherKeys) {
  EXPECT_EQ(StatusOfPostgresError("23505", "request_pkey").code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(StatusOfPostgresError("23505", "resource_pkey").code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace linchpin::store
