#include "services/cli/import/import_merge.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/cli/imported_deployment.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
using linchpin::common::v1::Evidence;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Paths(const std::vector<KeptEdit>& edits) {
  std::vector<std::string> paths;
  for (const KeptEdit& edit : edits) paths.push_back(edit.path);
  return paths;
}

TEST(MergeImported, TakesWhatTheFileChangedSinceTheLastImport) {
  auto present = Imported("models/old", "vendors/old");
  present.set_etag("\"5\"");
  EXPECT_THAT(MergeImported(Imported("models/new", ""), /*overwrite=*/false, present), IsEmpty());
  EXPECT_EQ(present.model(), "models/new");
  EXPECT_EQ(present.operator_(), "") << "the file does not say it any more";
  ASSERT_EQ(present.evidence_size(), 1);
  EXPECT_EQ(present.evidence(0).field_path(), "model");
  EXPECT_EQ(present.etag(), "\"5\"");
}

TEST(MergeImported, KeepsAHandEditWhateverItsEvidenceSays) {
  auto present = Imported("models/gpt-4o", "vendors/microsoft");
  present.set_model("models/gpt-5");
  present.clear_operator_();
  present.set_api_base("https://kept.example");
  (*present.mutable_labels())["team"] = "claims";
  auto again = present;
  for (const char* model : {"models/gpt-4o", "models/gpt-4o", "models/gpt-4-1"}) {
    const auto edits = MergeImported(Imported(model, "vendors/microsoft"), false, present);
    ASSERT_THAT(Paths(edits), ElementsAre("model", "operator"));
    EXPECT_EQ(edits[0].value, "models/gpt-5");
    EXPECT_EQ(edits[0].imported, model);
    EXPECT_EQ(present.model(), "models/gpt-5");
    EXPECT_EQ(present.operator_(), "");
    EXPECT_EQ(present.api_base(), "https://kept.example");
    EXPECT_EQ(present.labels().at("team"), "claims");
    ASSERT_EQ(present.evidence_size(), 2);
    EXPECT_EQ(present.evidence(0).source(), Evidence::SOURCE_DECLARED);
    EXPECT_EQ(present.evidence(0).note(), "changed by hand after an import");
  }
  MergeImported(Imported("models/gpt-4o", "vendors/microsoft"), false, again);
  const std::string once = again.SerializeAsString();
  MergeImported(Imported("models/gpt-4o", "vendors/microsoft"), false, again);
  EXPECT_EQ(again.SerializeAsString(), once);
}

TEST(MergeImported, KeepsAHandEditAfterTheRecordWasLost) {
  inventory::Deployment present;
  present.set_name("deployments/d");
  present.set_model("models/gpt-5");
  EXPECT_THAT(Paths(MergeImported(Imported("models/gpt-4o", "vendors/microsoft"), false, present)),
              ElementsAre("model"));
  EXPECT_EQ(present.model(), "models/gpt-5");
  EXPECT_EQ(present.operator_(), "vendors/microsoft");
}

TEST(MergeImported, KeepsWhatIsDeclared) {
  auto present = Imported("models/old", "");
  present.mutable_evidence(0)->set_source(Evidence::SOURCE_DECLARED);
  EXPECT_THAT(Paths(MergeImported(Imported("models/new", ""), false, present)), ElementsAre("model"));
  EXPECT_EQ(present.model(), "models/old");
}

TEST(MergeImported, KeepsEvidenceOfWhatTheFileDoesNotSay) {
  auto present = Imported("models/m", "");
  present.set_host("hosts/h");
  *present.add_evidence() = EvidenceOf("host", Evidence::SOURCE_OBSERVED);
  for (const bool overwrite : {false, true}) {
    EXPECT_THAT(MergeImported(Imported("models/m", ""), overwrite, present), IsEmpty());
    EXPECT_EQ(present.host(), "hosts/h");
    EXPECT_EQ(present.evidence_size(), 2);
  }
}

TEST(MergeImported, OverwritesWhenTold) {
  auto present = Imported("models/old", "");
  present.set_model("models/by-hand");
  present.mutable_evidence(0)->set_source(Evidence::SOURCE_DECLARED);
  present.set_api_base("https://kept.example");
  EXPECT_THAT(MergeImported(Imported("models/new", ""), /*overwrite=*/true, present), IsEmpty());
  EXPECT_EQ(present.model(), "models/new");
  EXPECT_EQ(present.api_base(), "https://kept.example");
  ASSERT_EQ(present.evidence_size(), 1);
  EXPECT_EQ(present.evidence(0).source(), Evidence::SOURCE_IMPORTED);
}

TEST(MergeImported, DropsAKnownNoneThatHasAValueNow) {
  auto present = Imported("models/m", "");
  present.add_known_none("intermediaries");
  auto imported = Imported("models/m", "");
  imported.add_intermediaries("vendors/gateway");
  importers::StoreRecord(importers::RecordOf(imported), imported);
  MergeImported(imported, false, present);
  EXPECT_THAT(present.known_none(), IsEmpty());
}

// A deployment whose host the file does not know, but says something of.
inventory::Deployment Guessed(const std::string& provider, const std::string& host = "") {
  inventory::Deployment deployment;
  deployment.set_name("deployments/d");
  if (!host.empty()) deployment.set_host(host);
  if (!provider.empty()) {
    auto* const likely = deployment.add_likely();
    likely->set_field("host.provider");
    likely->add_one_of(provider);
    *deployment.add_evidence() = EvidenceOf("host.provider", Evidence::SOURCE_INFERRED);
  }
  importers::StoreRecord(importers::RecordOf(deployment), deployment);
  return deployment;
}

TEST(MergeImported, DecidesBoundsAndLikelihoodsFactByFact) {
  auto present = Guessed("vendors/old");
  auto* const own = present.add_likely();
  own->set_field("host.country");
  own->add_one_of("DE");
  EXPECT_THAT(MergeImported(Guessed("vendors/new"), false, present), IsEmpty());
  ASSERT_EQ(present.likely_size(), 2);
  EXPECT_EQ(present.likely(0).field(), "host.country");
  EXPECT_EQ(present.likely(1).one_of(0), "vendors/new");
  const std::string once = present.SerializeAsString();
  MergeImported(Guessed("vendors/new"), false, present);
  EXPECT_EQ(present.SerializeAsString(), once);
}

TEST(MergeImported, KeepsALikelihoodThatWasChangedByHand) {
  auto present = Guessed("vendors/file");
  present.mutable_likely(0)->set_one_of(0, "vendors/by-hand");
  const auto edits = MergeImported(Guessed("vendors/other"), false, present);
  ASSERT_THAT(Paths(edits), ElementsAre("likely.host.provider"));
  EXPECT_EQ(edits[0].value, "vendors/by-hand");
  EXPECT_EQ(edits[0].imported, "vendors/other");
  EXPECT_EQ(present.likely(0).one_of(0), "vendors/by-hand");
  EXPECT_THAT(present.evidence(), IsEmpty()) << "what the import concluded does not support it";
  EXPECT_THAT(MergeImported(Guessed("vendors/file", "hosts/h"), false, present), IsEmpty());
  EXPECT_EQ(present.host(), "hosts/h") << "a value says more";
  EXPECT_THAT(present.likely(), IsEmpty());
}

TEST(MergeImported, SaysNothingMoreOfAFactThatWasAnsweredByHand) {
  auto present = Guessed("vendors/file");
  present.clear_likely();
  present.set_host("hosts/h");
  for (const char* provider : {"vendors/file", "vendors/other"}) {
    EXPECT_THAT(MergeImported(Guessed(provider), false, present), IsEmpty());
    EXPECT_EQ(present.host(), "hosts/h");
    EXPECT_THAT(present.likely(), IsEmpty());
    EXPECT_THAT(present.evidence(), IsEmpty());
  }
}

TEST(MergeImported, TakesAValueInPlaceOfALikelihoodOfTheFile) {
  auto present = Guessed("vendors/file");
  EXPECT_THAT(MergeImported(Guessed("", "hosts/h"), false, present), IsEmpty());
  EXPECT_EQ(present.host(), "hosts/h");
  EXPECT_THAT(present.likely(), IsEmpty());
  EXPECT_THAT(present.evidence(), IsEmpty());
}

TEST(MergeImported, KeepsABoundOfHandThatExcludesTheValueOfTheFile) {
  auto present = Imported("models/m", "");
  auto* const bound = present.add_bounds();
  bound->set_field("operator");
  bound->add_none_of("vendors/microsoft");
  EXPECT_THAT(Paths(MergeImported(Imported("models/m", "vendors/microsoft"), false, present)),
              ElementsAre("operator"));
  EXPECT_EQ(present.operator_(), "");
  ASSERT_EQ(present.bounds_size(), 1);
  EXPECT_THAT(MergeImported(Imported("models/m", "vendors/openai"), false, present), IsEmpty());
  EXPECT_EQ(present.operator_(), "vendors/openai");
  EXPECT_THAT(present.bounds(), IsEmpty());
}

}  // namespace
}  // namespace linchpin::cli
