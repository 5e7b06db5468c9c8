#include "services/resource/kinds.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/policy/v1/assignment.pb.h"

namespace linchpin::resource {
namespace {

using ::testing::ElementsAre;
using ::testing::IsNull;
using ::testing::NotNull;

std::string KindName(std::string_view name) {
  const KindInfo* const kind = KindOfName(name);
  return kind == nullptr ? "" : kind->kind;
}

TEST(Kinds, AreFoundByTheShapeOfAName) {
  EXPECT_EQ(KindName("vendors/openai"), "Vendor");
  EXPECT_EQ(KindName("businessServices/claims"), "BusinessService");
  EXPECT_EQ(KindName("legalEntities/bank"), "LegalEntity");
  EXPECT_EQ(KindName("contracts/openai-api"), "Contract");
  EXPECT_EQ(KindName("applications/a/dependencies/d"), "Dependency");
  EXPECT_EQ(KindName("businessServices/a/dependencies/d"), "Dependency");
  EXPECT_EQ(KindName("findings/" + std::string(64, '0')), "Finding");
}

TEST(Kinds, RefuseMalformedNames) {
  for (const char* name : {"", "/", "vendors", "vendors/", "vendors/A", "vendors/1a", "vendors/a-",
                           "vendors/a/b", "x/y", "vendors//a", "applications/a/dependencies",
                           "applications/a/dependencies/", "vendors/a ", "findings/abc"}) {
    EXPECT_EQ(KindName(name), "") << name;
  }
  EXPECT_EQ(KindName("vendors/" + std::string(64, 'a')), "");
  EXPECT_EQ(KindName("vendors/" + std::string(63, 'a')), "Vendor");
}

TEST(Kinds, AreFoundByTheWordsOfPeople) {
  for (const char* word : {"businessservice", "business-services", "BusinessService", "business_service"}) {
    ASSERT_THAT(FindKindByWord(word), NotNull()) << word;
    EXPECT_EQ(FindKindByWord(word)->kind, "BusinessService");
  }
  EXPECT_THAT(FindKindByWord("thing"), IsNull());
}

TEST(Kinds, ListWhatIsReferredToFirst) {
  std::set<std::string> before;
  for (const KindInfo* kind : Kinds()) {
    EXPECT_TRUE(before.insert(kind->kind).second);
    EXPECT_TRUE(kind->kind != "Dependency" || (before.count("Application") && before.count("Deployment")));
    EXPECT_TRUE(kind->kind != "Dependency" || before.count("Route"));
    EXPECT_TRUE(kind->kind != "Route" || before.count("Deployment"));
    EXPECT_TRUE(kind->kind != "BusinessService" || before.count("LegalEntity"));
    EXPECT_TRUE(kind->kind != "Contract" || (before.count("Vendor") && before.count("BusinessService")));
    EXPECT_TRUE(kind->kind != "Model" || (before.count("Vendor") && before.count("Licence")));
  }
}

TEST(Names, HaveParentAndId) {
  EXPECT_EQ(ParentName("applications/a/dependencies/d"), "applications/a");
  EXPECT_EQ(ParentName("vendors/a"), "");
  EXPECT_EQ(IdOf("applications/a/dependencies/d"), "d");
}

TEST(References, AreFoundThroughListsAndTheParent) {
  linchpin::inventory::v1::Dependency dependency;
  dependency.set_name("applications/a/dependencies/d");
  dependency.add_alternatives()->set_target("deployments/one");
  dependency.add_alternatives()->set_target("applications/b");
  std::vector<std::string> found;
  for (const Reference& reference : References(dependency))
    found.push_back(reference.field + "=" + reference.target);
  EXPECT_THAT(found, ElementsAre("name=applications/a", "alternatives[0].target=deployments/one",
                                 "alternatives[1].target=applications/b"));
}

TEST(References, NameTheKindExpected) {
  linchpin::inventory::v1::Model model;
  model.set_name("models/m");
  model.set_developer("vendors/v");
  model.add_derivations()->set_base_model("models/base");
  const std::vector<Reference> found = References(model);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].expected->kind, "Vendor");
  EXPECT_EQ(found[1].field, "derivations[0].base_model");
}

TEST(References, AreAmongTheValuesOfBoundsAndLikelihoods) {
  linchpin::inventory::v1::Deployment deployment;
  deployment.set_name("deployments/d");
  auto* const bound = deployment.add_bounds();
  bound->set_field("host.provider");
  bound->add_one_of("none");
  bound->add_one_of("vendors/a");
  deployment.add_bounds()->add_none_of("CN");
  deployment.add_likely()->add_one_of("vendors/b");
  std::vector<std::string> found;
  for (const Reference& reference : References(deployment))
    found.push_back(reference.field + "=" + reference.target);
  EXPECT_THAT(found, ElementsAre("bounds[0].one_of[1]=vendors/a", "likely[0].one_of[0]=vendors/b"));
}

TEST(References, StayInTheStoreOfTheirOwnService) {
  linchpin::policy::v1::Assignment assignment;
  assignment.set_name("assignments/a");
  assignment.set_policy("policies/p");
  (*assignment.mutable_parameters())["home"].set_string_value("jurisdictionSets/eu");
  ASSERT_EQ(References(assignment).size(), 1u);
  EXPECT_EQ(References(assignment)[0].target, "policies/p");
}

TEST(Etag, RoundTrips) {
  EXPECT_EQ(RevisionOfEtag(EtagOf(42)), 42);
  for (const char* etag : {"", "42", "\"\"", "\"x\"", "\"4", "\"4\"5"})
    EXPECT_FALSE(RevisionOfEtag(etag)) << etag;
}

TEST(OutputOnly, IsClearedForStorage) {
  linchpin::inventory::v1::Model model;
  model.set_name("models/m");
  model.set_revision(3);
  model.set_etag("\"3\"");
  model.mutable_create_time()->set_seconds(1);
  model.mutable_update_time()->set_seconds(1);
  ClearOutputOnly(model);
  EXPECT_EQ(model.ByteSizeLong(), 2 + std::string("models/m").size());
  EXPECT_EQ(NameOf(model), "models/m");
}

}  // namespace
}  // namespace linchpin::resource
