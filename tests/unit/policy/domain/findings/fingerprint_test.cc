#include "services/policy/domain/findings/fingerprint.h"

#include "gtest/gtest.h"

namespace linchpin::policy {
namespace {

TEST(Fingerprint, IsThatOfTheVectors) {
  EXPECT_EQ(Fingerprint("assignments/bank-prod", "policies/concentration", "vendor-share-critical",
                        "scopes/tier-1", {{"vendor", "vendors/acme"}}),
            "66a7242f72863c106a3183cbce3407ca306ebcc3890269e0ea9c81978780e867");
  EXPECT_EQ(Fingerprint("assignments/bank-prod", "policies/sovereignty", "origin-tier1",
                        "applications/payments-fraud", {{"model", "models/foo-7b"}}),
            "4710842d6cbd82f8d7a9ecf9515c78b8f4e5dc3aae6f652cbd963d79a54f8a6a");
  EXPECT_EQ(Fingerprint("assignments/bank-prod", "policies/hygiene", "reviewed", "dependencies/d-1", {}),
            "bd5fd26c658398285a9671ec58bac636aeddc44d5859d96e791d834887fba8fe");
}

TEST(Fingerprint, KeepsPartsApart) {
  EXPECT_NE(Fingerprint("a", "bc", "", "", {}), Fingerprint("ab", "c", "", "", {}));
  EXPECT_NE(Fingerprint("a", "b", "c", "d", {{"e", "f"}}), Fingerprint("a", "b", "c", "d", {{"ef", ""}}));
}

}  // namespace
}  // namespace linchpin::policy
