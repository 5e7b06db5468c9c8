#include "services/resource/field_changes.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "linchpin/inventory/v1/application.pb.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/base/text.h"

namespace linchpin::resource {
namespace {

namespace v1 = linchpin::inventory::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

template <typename T>
T Parse(const std::string& text) {
  T message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

// "country: US -> CN", absent values as `-`.
template <typename T>
std::vector<std::string> Changes(const std::string& before, const std::string& after) {
  std::vector<std::string> lines;
  for (const FieldDifference& one : FieldChanges(Parse<T>(before), Parse<T>(after))) {
    lines.push_back(base::Cat({one.path, ": ", one.before.value_or("-"), " -> ", one.after.value_or("-")}));
  }
  return lines;
}

TEST(FieldChanges, TellsScalarsSetsAndRemovals) {
  EXPECT_THAT(Changes<v1::Vendor>("name: 'vendors/a' country: 'US' display_name: 'A'",
                                  "name: 'vendors/a' country: 'CN' parent: 'vendors/b'"),
              ElementsAre("displayName: A -> -", "country: US -> CN", "parent: - -> vendors/b"));
}

TEST(FieldChanges, LeavesOutWhatTheServerSets) {
  EXPECT_THAT(Changes<v1::Vendor>("name: 'vendors/a' revision: 1 etag: '1' update_time { seconds: 1 }",
                                  "name: 'vendors/a' revision: 2 etag: '2' update_time { seconds: 2 }"),
              IsEmpty());
}

TEST(FieldChanges, NamesEntriesOfMapsByKey) {
  EXPECT_THAT(Changes<v1::Vendor>("labels { key: 'team' value: 'a' } labels { key: 'x' value: '1' }",
                                  "labels { key: 'team' value: 'b' } labels { key: 'y' value: '2' }"),
              ElementsAre("labels[\"team\"]: a -> b", "labels[\"y\"]: - -> 2", "labels[\"x\"]: 1 -> -"));
}

TEST(FieldChanges, NamesElementsByWhatTheyMustHave) {
  EXPECT_THAT(Changes<v1::Dependency>(
                  "alternatives { target: 'deployments/a' } alternatives { target: 'deployments/b' }",
                  "alternatives { target: 'deployments/b' switch_duration { seconds: 14400 } } "
                  "alternatives { target: 'deployments/c' }"),
              ElementsAre("alternatives[\"deployments/b\"].switchDuration: - -> 4h",
                          "alternatives[\"deployments/c\"]: - -> {\"target\":\"deployments/c\"}",
                          "alternatives[\"deployments/a\"]: {\"target\":\"deployments/a\"} -> -"));
}

TEST(FieldChanges, TellsAnotherOrderOnce) {
  EXPECT_THAT(Changes<v1::Dependency>(
                  "alternatives { target: 'deployments/a' } alternatives { target: 'deployments/b' }",
                  "alternatives { target: 'deployments/b' } alternatives { target: 'deployments/a' }"),
              ElementsAre("alternatives: [deployments/a, deployments/b] -> [deployments/b, deployments/a]"));
}

// Two sources for one field: the path does not tell them apart.
TEST(FieldChanges, TellsElementsWithoutANameByPosition) {
  EXPECT_THAT(
      Changes<v1::Vendor>(
          "evidence { field_path: 'country' note: 'a' } evidence { field_path: 'country' note: 'b' }",
          "evidence { field_path: 'country' note: 'b' } evidence { field_path: 'country' note: 'c' }"),
      ElementsAre("evidence[1]: {\"fieldPath\":\"country\",\"note\":\"a\"} -> "
                  "{\"fieldPath\":\"country\",\"note\":\"c\"}"));
}

TEST(FieldChanges, GoesIntoMessagesThatBothHave) {
  EXPECT_THAT(Changes<v1::Application>("continuity { max_tolerable_downtime { seconds: 60 } }",
                                       "continuity { max_tolerable_downtime { seconds: 3600 } }"),
              ElementsAre("continuity.maxTolerableDowntime: 1m -> 1h"));
}

TEST(FieldChanges, WritesListsOfScalarsWhole) {
  EXPECT_THAT(Changes<v1::Vendor>("aliases: 'a'", "aliases: 'a' aliases: 'b'"),
              ElementsAre("aliases: [a] -> [a, b]"));
}

TEST(FieldChanges, NamesBoundsAndLikelihoodsByTheirFact) {
  EXPECT_THAT(Changes<v1::Vendor>("likely { field: 'country' one_of: 'US' confidence: 0.6 }",
                                  "likely { field: 'country' one_of: 'US' confidence: 0.9 }"),
              ElementsAre("likely[\"country\"].confidence: 0.6 -> 0.9"));
}

TEST(FieldChanges, CutsValuesBetweenCharactersAndStopsAtTheLimit) {
  FieldChangeLimits limits;
  limits.value_bytes = 10;
  limits.fields = 1;
  v1::Vendor before, after;
  after.set_display_name("äääääääää");  // Two bytes each.
  after.set_country("US");
  const auto changes = FieldChanges(before, after, limits);
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].after, "äää…");
}

}  // namespace
}  // namespace linchpin::resource
