#include "services/resource/merge.h"

#include "gtest/gtest.h"
#include "linchpin/inventory/v1/application.pb.h"
#include "tests/support/status_matchers.h"

namespace linchpin::resource {
namespace {

using google::protobuf::FieldMask;
using linchpin::inventory::v1::Application;

FieldMask Mask(std::initializer_list<const char*> paths) {
  FieldMask mask;
  for (const char* path : paths) mask.add_paths(path);
  return mask;
}

Application Present() {
  Application app;
  app.set_name("applications/a");
  app.set_owner("old");
  app.set_tier(1);
  app.add_aliases("one");
  app.mutable_continuity()->set_weight(5);
  app.mutable_continuity()->set_priority(7);
  (*app.mutable_labels())["team"] = "x";
  return app;
}

TEST(Merge, WithoutMaskTakesEverySetField) {
  Application app = Present(), change;
  change.set_name("applications/other");
  change.set_owner("new");
  change.add_aliases("two");
  ASSERT_THAT(Merge(change, false, {}, app), IsOk());
  EXPECT_EQ(app.name(), "applications/a");
  EXPECT_EQ(app.owner(), "new");
  EXPECT_EQ(app.tier(), 1);
  ASSERT_EQ(app.aliases_size(), 1);
  EXPECT_EQ(app.aliases(0), "two");
}

TEST(Merge, ByMaskClearsWhatTheSourceLacks) {
  Application app = Present(), change;
  change.set_owner("ignored");
  ASSERT_THAT(Merge(change, true, Mask({"tier", "labels"}), app), IsOk());
  EXPECT_FALSE(app.has_tier());
  EXPECT_TRUE(app.labels().empty());
  EXPECT_EQ(app.owner(), "old");
}

TEST(Merge, ReachesIntoMessages) {
  Application app = Present(), change;
  change.mutable_continuity()->set_weight(9);
  ASSERT_THAT(Merge(change, true, Mask({"continuity.weight"}), app), IsOk());
  EXPECT_EQ(app.continuity().weight(), 9);
  EXPECT_EQ(app.continuity().priority(), 7);
}

TEST(Merge, StarReplacesAll) {
  Application app = Present(), change;
  change.set_owner("new");
  ASSERT_THAT(Merge(change, true, Mask({"*"}), app), IsOk());
  EXPECT_EQ(app.name(), "applications/a");
  EXPECT_EQ(app.owner(), "new");
  EXPECT_FALSE(app.has_tier());
  EXPECT_FALSE(app.has_continuity());
}

TEST(Merge, IgnoresOutputOnlyPaths) {
  Application app = Present(), change;
  change.set_revision(99);
  ASSERT_THAT(Merge(change, true, Mask({"revision", "etag", "create_time"}), app), IsOk());
  EXPECT_EQ(app.revision(), 0);
}

TEST(Merge, RefusesUnknownPathsAndChangesNothing) {
  for (const char* path : {"nothing", "owner.x", "labels.team", "continuity.nothing", "", "aliases.0"}) {
    Application app = Present(), change;
    change.set_owner("new");
    EXPECT_THAT(Merge(change, true, Mask({"owner", path}), app), StatusIs(absl::StatusCode::kInvalidArgument))
        << path;
    // Nor does the star hide what stands beside it.
    EXPECT_THAT(Merge(change, true, Mask({"*", path}), app), StatusIs(absl::StatusCode::kInvalidArgument))
        << path;
    EXPECT_EQ(app.owner(), "old");
  }
}

}  // namespace
}  // namespace linchpin::resource
