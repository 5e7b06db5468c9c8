#include "services/inventory/catalogue/entries.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/resource/kinds.h"

namespace linchpin::catalogue {
namespace {

using google::protobuf::Message;
using inventory::v1::Vendor;
using testing::Contains;
using testing::IsEmpty;
using testing::Not;

const Catalogue& Shipped() {
  static const auto* const kCatalogue = new Catalogue(*Catalogue::Shipped());
  return *kCatalogue;
}

std::vector<std::string> Names(const std::vector<std::unique_ptr<Message>>& entries) {
  std::vector<std::string> names;
  for (const auto& entry : entries) names.push_back(resource::NameOf(*entry));
  return names;
}

const Vendor* VendorIn(const std::vector<std::unique_ptr<Message>>& entries, const std::string& name) {
  for (const auto& entry : entries) {
    if (resource::NameOf(*entry) == name) return dynamic_cast<const Vendor*>(entry.get());
  }
  return nullptr;
}

TEST(EntriesFor, HoldAllThatTheyReferTo) {
  for (const std::vector<std::string>& wanted : {std::vector<std::string>{"vendors/openai"},
                                                 {"vendors/openrouter"},
                                                 {"models/deepseek-r1-distill-qwen-32b"}}) {
    const auto entries = EntriesFor(Shipped(), wanted);
    const std::vector<std::string> names = Names(entries);
    for (const auto& entry : entries) {
      for (const resource::Reference& reference : resource::References(*entry))
        EXPECT_THAT(names, Contains(reference.target)) << resource::NameOf(*entry);
    }
  }
}

TEST(EntriesFor, BringNoMakersOfModelsThatNobodyUses) {
  const auto entries = EntriesFor(Shipped(), {"vendors/amazon"});
  EXPECT_THAT(Names(entries), testing::ElementsAre("vendors/amazon"));
  EXPECT_EQ(VendorIn(entries, "vendors/amazon")->hosted_developers_size(), 0);
}

TEST(EntriesFor, KeepTheMakersThatAreNeeded) {
  const auto entries = EntriesFor(Shipped(), {"vendors/microsoft", "models/gpt-4o"});
  const Vendor* const microsoft = VendorIn(entries, "vendors/microsoft");
  ASSERT_NE(microsoft, nullptr);
  ASSERT_EQ(microsoft->hosted_developers_size(), 1);
  EXPECT_EQ(microsoft->hosted_developers(0).developer(), "vendors/openai");
  EXPECT_THAT(Names(entries), Not(Contains("vendors/cohere")));
}

TEST(EntriesFor, PassOverNamesThatThereAreNot) {
  EXPECT_THAT(EntriesFor(Shipped(), {"vendors/no-such", ""}), IsEmpty());
}

TEST(AddHostedDevelopers, AddsWhatIsMissingAndKeepsWhatIsSaid) {
  Vendor entry, present;
  entry.add_hosted_developers()->set_developer("vendors/a");
  entry.add_hosted_developers()->set_developer("vendors/b");
  auto& said = *present.add_hosted_developers();
  said.set_developer("vendors/a");
  said.set_pass_through(inventory::v1::Deployment::PASS_THROUGH_NO);
  EXPECT_TRUE(AddHostedDevelopers(entry, present));
  ASSERT_EQ(present.hosted_developers_size(), 2);
  EXPECT_EQ(present.hosted_developers(0).pass_through(), inventory::v1::Deployment::PASS_THROUGH_NO);
  EXPECT_EQ(present.hosted_developers(1).developer(), "vendors/b");
  EXPECT_FALSE(AddHostedDevelopers(entry, present));
  inventory::v1::Model model;
  EXPECT_FALSE(AddHostedDevelopers(model, model));
}

}  // namespace
}  // namespace linchpin::catalogue
