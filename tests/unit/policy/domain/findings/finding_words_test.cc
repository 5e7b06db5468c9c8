#include "services/policy/domain/findings/finding_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace linchpin::policy {
namespace {

using testing::MatchesRegex;

// Whatever is added to one of the enums reads as words, each value by words of its own.
template <typename WordsOf>
void ExpectWords(const google::protobuf::EnumDescriptor& values, WordsOf words_of) {
  std::set<std::string> seen;
  for (int i = 0; i < values.value_count(); ++i) {
    if (values.value(i)->number() == 0) continue;
    const std::string words = words_of(values.value(i)->number());
    EXPECT_THAT(words, MatchesRegex("HHI|[a-z ]+")) << values.value(i)->name();
    EXPECT_TRUE(seen.insert(words).second) << words;
  }
}

TEST(FindingWords, AreWords) {
  ExpectWords(*common::v1::Dimension_descriptor(),
              [](int value) { return DimensionWords(static_cast<common::v1::Dimension>(value)); });
  ExpectWords(*v1::OriginFacet_descriptor(),
              [](int value) { return FacetWords(static_cast<v1::OriginFacet>(value)); });
  ExpectWords(*v1::Metric_descriptor(),
              [](int value) { return MetricWords(static_cast<v1::Metric>(value)); });
  ExpectWords(*v1::Comparator_descriptor(),
              [](int value) { return ComparatorWords(static_cast<v1::Comparator>(value)); });
}

TEST(FindingWords, AreThoseOfTheField) {
  EXPECT_EQ(DimensionWords(common::v1::DIMENSION_HOST_PROVIDER_GROUP), "host provider group");
  EXPECT_EQ(FacetWords(v1::ORIGIN_FACET_ORIGIN_COUNTRY), "origin country");
  EXPECT_EQ(MetricWords(v1::METRIC_HHI), "HHI");
  EXPECT_EQ(RequirementWords(true, "`tier` is above 1"), "forbidden: `tier` is above 1");
}

}  // namespace
}  // namespace linchpin::policy
