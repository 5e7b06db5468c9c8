#include "services/writing/hypothetical_view.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/inventory/domain/inventory_rules.h"
#include "tests/support/graph_text.h"
#include "tests/support/inventory_server.h"

namespace linchpin::writing {
namespace {

namespace v1 = ::linchpin::inventory::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ViewPointer = std::shared_ptr<const replica::View>;

v1::ChangeSet Changes(const std::string& text) {
  v1::ChangeSet changes;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &changes)) << text;
  return changes;
}

// Everything that a view says, but the times at which its documents were written.
std::string Describe(const replica::View& view) {
  std::string text;
  for (const resource::KindInfo* kind : resource::Kinds()) {
    if (kind->area != resource::Area::kInventory) continue;
    view.ForEach(*kind, [&](const replica::DocumentRef& document) {
      absl::StrAppend(&text, std::string(document.name), " r", document.revision, " ",
                      std::string(document.body));
      for (const std::string& referrer : view.Referrers(document.name, 1000)) {
        absl::StrAppend(&text, " <- ", referrer);
      }
      absl::StrAppend(&text, "\n");
    });
  }
  return text + engine::Describe(view.graph());
}

// Code, reason, text and fields of a refusal, with field paths as BatchWrite has them.
std::string Describe(const absl::Status& status) {
  std::string text =
      absl::StrCat(absl::StatusCodeToString(status.code()), ": ", std::string(status.message()));
  if (const auto details = base::DetailsOf(status)) {
    absl::StrAppend(&text, "\n", details->reason);
    for (const auto& [key, value] : details->metadata) absl::StrAppend(&text, "\n", key, "=", value);
    for (const auto& one : details->violations)
      absl::StrAppend(&text, "\n", one.field, ": ", one.description);
  }
  return absl::StrReplaceAll(text, {{"proposed.", ""}});
}

class SupposeTest : public ::testing::Test {
 protected:
  // Writes it, through the service, the committer and the store.
  absl::Status Write(const v1::ChangeSet& changes) {
    v1::BatchWriteRequest request;
    *request.mutable_operations() = changes.operations();
    if (changes.has_expected_revision()) request.set_expected_revision(changes.expected_revision());
    v1::BatchWriteResponse response;
    return server_.Call(&testing::InventoryStub::BatchWrite, request, &response);
  }
  void MustWrite(const std::string& changes) {
    const absl::Status status = Write(Changes(changes));
    ASSERT_TRUE(status.ok()) << status;
  }
  absl::StatusOr<HypotheticalView> SupposeIt(const v1::ChangeSet& changes) {
    return Suppose(Current(), changes, inventory::InventoryRules(), "proposed");
  }
  ViewPointer Current() { return server_.source().Current(); }

  testing::InventoryServer server_;
};

TEST_F(SupposeTest, ShowsTheChangeAndLeavesTheInventoryAsItIs) {
  MustWrite(
      "operations { upsert { vendor { name: 'vendors/a' } } } operations { upsert { vendor { name: "
      "'vendors/b' } } } operations { upsert { vendor { name: 'vendors/same' } } }");
  const ViewPointer base = Current();
  const std::string before = Describe(*base);
  const auto made = SupposeIt(
      Changes("operations { upsert { vendor { name: 'vendors/c' country: 'US' } } } operations { upsert { "
              "vendor { name: 'vendors/a' parent: 'vendors/c' } } } operations { delete: 'vendors/b' } "
              "operations { upsert { vendor { name: 'vendors/same' } } } operations { delete: 'vendors/gone' "
              "allow_missing: true }"));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(made->changed, ElementsAre("vendors/a", "vendors/b", "vendors/c"));
  EXPECT_EQ(made->counts.ShortDebugString(), "created: 1 updated: 1 deleted: 1 unchanged: 2");
  const replica::View& view = *made->view;
  EXPECT_TRUE(view.hypothetical());
  EXPECT_EQ(view.revision(), base->revision()) << "no other revision exists";
  EXPECT_EQ(view.time(), base->time());
  EXPECT_EQ(view.Find("vendors/a")->revision, base->revision() + 1);
  EXPECT_EQ(view.Find("vendors/same")->revision, base->revision());
  EXPECT_FALSE(view.Contains("vendors/b"));
  EXPECT_THAT(view.Referrers("vendors/c", 9), ElementsAre("vendors/a"));
  EXPECT_TRUE(view.graph().vendors().Find("vendors/c").has_value());
  EXPECT_EQ(Describe(*base), before);
  EXPECT_FALSE(base->hypothetical());
  EXPECT_EQ(Current(), base) << "nothing was published";
}

TEST_F(SupposeTest, WhatChangesNothingIsTheViewItself) {
  MustWrite("operations { upsert { vendor { name: 'vendors/a' } } }");
  for (const char* changes : {"", "operations { upsert { vendor { name: 'vendors/a' } } }"}) {
    const auto made = SupposeIt(Changes(changes));
    ASSERT_TRUE(made.ok()) << made.status();
    EXPECT_EQ(made->view, Current());
    EXPECT_FALSE(made->view->hypothetical());
  }
}

TEST_F(SupposeTest, GoesOnFromAHypotheticalView) {
  const auto first = SupposeIt(Changes("operations { upsert { vendor { name: 'vendors/a' } } }"));
  ASSERT_TRUE(first.ok());
  const auto second = Suppose(
      first->view, Changes("operations { upsert { vendor { name: 'vendors/b' parent: 'vendors/a' } } }"),
      inventory::InventoryRules(), "proposed");
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_THAT(second->view->Referrers("vendors/a", 9), ElementsAre("vendors/b"));
  EXPECT_EQ(second->view->revision(), 0);
}

TEST_F(SupposeTest, ADeleteOfWhatIsReferredToIsRefused) {
  MustWrite(
      "operations { upsert { vendor { name: 'vendors/a' } } } operations { upsert { vendor { name: "
      "'vendors/b' parent: 'vendors/a' } } }");
  const absl::Status status = SupposeIt(Changes("operations { delete: 'vendors/a' }")).status();
  EXPECT_EQ(base::ReasonOf(status), "STILL_REFERENCED");
  EXPECT_THAT(std::string(status.message()), HasSubstr("vendors/b"));
}

TEST_F(SupposeTest, AnotherRevisionThanTheOneExpectedIsRefused) {
  MustWrite("operations { upsert { vendor { name: 'vendors/a' } } }");
  MustWrite("operations { upsert { vendor { name: 'vendors/b' } } }");
  for (const int revision : {1, 3}) {
    for (const char* operation : {"", "operations { delete: 'vendors/a' } "}) {
      const absl::Status status =
          SupposeIt(Changes(absl::StrCat(operation, "expected_revision: ", revision))).status();
      EXPECT_EQ(base::ReasonOf(status), "REVISION_MISMATCH") << status;
    }
  }
  EXPECT_TRUE(SupposeIt(Changes("expected_revision: 2")).ok());
}

TEST_F(SupposeTest, ViolationsNameTheFieldThatHoldsTheSet) {
  const absl::Status status =
      SupposeIt(Changes("operations { upsert { vendor { name: 'vendors/a' country: 'nowhere' } } }"))
          .status();
  const auto details = base::DetailsOf(status);
  ASSERT_TRUE(details.has_value()) << status;
  EXPECT_EQ(details->violations.front().field, "proposed.operations[0].upsert.vendor.country");
}

// A set that contradicts itself.
TEST_F(SupposeTest, ANameMayStandInASetOnce) {
  for (const char* other : {"upsert { vendor { name: 'vendors/a' } }", "delete: 'vendors/a'"}) {
    const absl::Status status =
        SupposeIt(Changes(absl::StrCat("operations { upsert { vendor { name: 'vendors/a' } } } operations { ",
                                       other, " }")))
            .status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr("proposed.operations[0] already"));
  }
}

TEST_F(SupposeTest, TakesAHundredThousandOperationsAndNoMore) {
  v1::ChangeSet changes;
  for (int i = 0; i < kProposedOperationsMax; ++i) {
    changes.add_operations()->mutable_upsert()->mutable_vendor()->set_name(absl::StrCat("vendors/v", i));
  }
  const auto made = SupposeIt(changes);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->counts.created(), kProposedOperationsMax);
  EXPECT_EQ(made->view->Count(), kProposedOperationsMax);
  changes.add_operations()->set_delete_("vendors/w");
  const absl::Status status = SupposeIt(changes).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("proposed.operations"));
}

// Change sets at random over few names, so that they meet each other: sound ones, and ones that are refused
// for each reason there is.
class RandomChanges {
 public:
  explicit RandomChanges(uint64_t seed) : random_(seed) {}

  v1::ChangeSet Next() {
    std::string text;
    for (int i = 0, size = 1 + Pick(6); i < size; ++i) {
      absl::StrAppend(&text, "operations { ",
                      Pick(4) == 0 ? Delete() : absl::StrCat("upsert { ", Document(), " }"), " } ");
    }
    return Changes(text);
  }

 private:
  int Pick(int size) { return static_cast<int>(random_() % static_cast<uint64_t>(size)); }
  std::string Name(const std::string& collection) {
    return absl::StrCat(collection, "/", collection.substr(0, 1), Pick(4));
  }
  std::string Maybe(const std::string& text) { return Pick(2) == 0 ? text : ""; }

  std::string Delete() {
    static const char* const kCollections[] = {"vendors", "models", "deployments", "applications"};
    const std::string name = Pick(5) == 0 ? Dependency() : Name(kCollections[Pick(4)]);
    return absl::StrCat("delete: '", name, "' ", Maybe("allow_missing: true "),
                        Pick(9) == 0 ? "etag: '\"2\"'" : "");
  }
  std::string Dependency() { return absl::StrCat(Name("applications"), "/dependencies/d", Pick(2)); }

  std::string Document() {
    switch (Pick(5)) {
      case 0:
        return absl::StrCat("vendor { name: '", Name("vendors"), "' ",
                            Maybe(absl::StrCat("parent: '", Name("vendors"), "' ")),
                            Maybe(Pick(6) == 0 ? "country: 'nowhere'" : "country: 'FR'"), " }");
      case 1:
        return absl::StrCat("model { name: '", Name("models"), "' ",
                            Maybe(absl::StrCat("developer: '", Name("vendors"), "' ")),
                            Maybe(absl::StrCat("derivations { base_model: '", Name("models"),
                                               "' relation: RELATION_MERGE }")),
                            " }");
      case 2:
        return absl::StrCat("deployment { name: '", Name("deployments"), "' model: '", Name("models"), "' ",
                            Maybe(absl::StrCat("operator: '", Name("vendors"), "' ")),
                            Maybe("hosting_mode: HOSTING_MODE_VENDOR_API"), " }");
      case 3:
        return absl::StrCat("application { name: '", Name("applications"), "' tier: ", 1 + Pick(3), " }");
      default:
        return absl::StrCat(
            "dependency { name: '", Dependency(), "' alternatives { target: '",
            Pick(3) == 0 ? Name("applications") : Name("deployments"), "' quality_ppm: ", Pick(9), " } ",
            Maybe(absl::StrCat("alternatives { target: '", Name("deployments"), "' }")), " }");
    }
  }

  std::mt19937_64 random_;
};

TEST_F(SupposeTest, EqualsTheWriteOfTheSameOperations) {
  RandomChanges random(11);
  std::map<std::string, int> outcomes;
  for (int step = 0; step < 1500; ++step) {
    const v1::ChangeSet changes = random.Next();
    const ViewPointer base = Current();
    const std::string before = Describe(*base);
    const auto supposed = SupposeIt(changes);
    ASSERT_EQ(Describe(*base), before);
    const absl::Status written = Write(changes);
    ASSERT_EQ(Describe(supposed.status()), Describe(written)) << changes.DebugString();
    ++outcomes[written.ok() ? "OK" : base::ReasonOf(written)];
    if (written.ok()) {
      ASSERT_EQ(Describe(*supposed->view), Describe(*Current())) << changes.DebugString();
    }
  }
  for (const char* outcome : {"OK", "FIELD_INVALID", "REFERENCE_NOT_FOUND", "STILL_REFERENCED", "CYCLE",
                              "RESOURCE_NOT_FOUND", "ETAG_MISMATCH"}) {
    EXPECT_GE(outcomes[outcome], 5) << outcome;
  }
}

}  // namespace
}  // namespace linchpin::writing
