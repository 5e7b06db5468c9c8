// What the shipped facts must agree in. Each rule was broken once.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "google/protobuf/util/time_util.h"
#include "gtest/gtest.h"
#include "services/inventory/catalogue/catalogue.h"
#include "services/inventory/catalogue/names.h"
#include "services/resource/kinds.h"

namespace linchpin::catalogue {
namespace {

using google::protobuf::Message;
using google::protobuf::util::TimeUtil;
using inventory::v1::Model;
using inventory::v1::Vendor;

const Catalogue& Shipped() {
  static const auto* const kCatalogue = new Catalogue(*Catalogue::Shipped());
  return *kCatalogue;
}

template <typename T>
void ForEachOf(const std::function<void(const T&)>& sink) {
  Shipped().ForEach([&](const Message& document) {
    if (const auto* const resource = dynamic_cast<const T*>(&document)) sink(*resource);
  });
}

template <typename T>
bool IsKnownNone(const T& resource, std::string_view field) {
  return std::find(resource.known_none().begin(), resource.known_none().end(), field) !=
         resource.known_none().end();
}

bool Plays(std::string_view vendor, Vendor::Role role) {
  const Vendor* const found = Shipped().FindVendor(vendor);
  return found != nullptr &&
         std::find(found->roles().begin(), found->roles().end(), role) != found->roles().end();
}

TEST(CatalogueModels, ShareNoNameButForCaseAndPunctuation) {
  std::map<std::string, std::string> owners;
  ForEachOf<Model>([&](const Model& model) {
    std::set<std::string> names = {Squash(resource::IdOf(model.name())), Squash(model.display_name())};
    for (const std::string& alias : model.aliases()) names.insert(Squash(alias));
    for (const std::string& name : names)
      EXPECT_EQ(owners.emplace(name, model.name()).first->second, model.name()) << name;
  });
  EXPECT_GT(owners.size(), 1000u);
}

// What experts hold of a model has a reason and an address where it can be looked up.
TEST(CatalogueModels, SayWhyAFactIsLikely) {
  int likely = 0;
  ForEachOf<Model>([&](const Model& model) {
    for (const auto& fact : model.likely()) {
      ++likely;
      EXPECT_NE(fact.reason().find("(https://"), std::string::npos) << model.name() << ": " << fact.reason();
    }
  });
  EXPECT_GT(likely, 100);
}

TEST(CatalogueServices, MainHostsAreAmongThoseListed) {
  for (const MainHost& host : Shipped().main_hosts()) {
    const Vendor* const vendor = Shipped().FindVendor(host.operator_vendor);
    ASSERT_NE(vendor, nullptr) << host.operator_vendor;
    const auto& listed = vendor->serves_from().providers();
    // A vendor that lists nobody says nothing; machines of its own it need rent to nobody else.
    EXPECT_TRUE(listed.empty() || std::find(listed.begin(), listed.end(), host.provider) != listed.end())
        << host.operator_vendor;
    EXPECT_TRUE(host.provider == host.operator_vendor || Plays(host.provider, Vendor::ROLE_HOST_PROVIDER))
        << host.provider;
    EXPECT_FALSE(host.reason.empty()) << host.operator_vendor;
    EXPECT_EQ(host.source.substr(0, 8), "https://") << host.operator_vendor;
    EXPECT_EQ(Shipped().FindMainHost(host.operator_vendor, host.form), &host);
  }
  for (const MakerOperated& sold : Shipped().operated_by_makers()) {
    EXPECT_NE(Shipped().FindVendor(sold.seller), nullptr) << sold.seller;
    EXPECT_TRUE(Plays(sold.maker, Vendor::ROLE_OPERATOR)) << sold.maker;
    EXPECT_EQ(sold.source.substr(0, 8), "https://") << sold.seller;
  }
}

// An exclusion is as grave as an accusation: what the lists of models say must not be said otherwise
// elsewhere.
TEST(CatalogueServices, WhoServesOnlyItsOwnModelsHostsNobodyElses) {
  EXPECT_FALSE(Shipped().own_models_only().empty());
  for (const OwnModelsOnly& only : Shipped().own_models_only()) {
    const Vendor* const vendor = Shipped().FindVendor(only.operator_vendor);
    ASSERT_NE(vendor, nullptr) << only.operator_vendor;
    EXPECT_EQ(vendor->hosted_developers_size(), 0) << only.operator_vendor;
    EXPECT_FALSE(vendor->has_upstreams()) << only.operator_vendor;
    EXPECT_FALSE(only.reason.empty()) << only.operator_vendor;
    EXPECT_EQ(only.source.substr(0, 8), "https://") << only.operator_vendor;
    for (const ApiForm& form : Shipped().forms())
      EXPECT_TRUE(form.operator_vendor != only.operator_vendor || form.own_models_only) << form.prefix;
    for (const Endpoint& endpoint : Shipped().endpoints()) {
      // The generated list does not say it; the kept one stands before it.
      std::string region;
      const bool first = Shipped().FindEndpoint(endpoint.host, &region) == &endpoint;
      EXPECT_TRUE(endpoint.operator_vendor != only.operator_vendor || endpoint.own_models_only || !first)
          << endpoint.host;
    }
  }
}

TEST(CatalogueVendors, ShareNoWord) {
  std::map<std::string, std::string> owners;
  ForEachOf<Vendor>([&](const Vendor& vendor) {
    std::set<std::string> words = {Squash(resource::IdOf(vendor.name()))};
    for (const std::string& alias : vendor.aliases()) words.insert(Squash(alias));
    for (const std::string& word : words)
      EXPECT_EQ(owners.emplace(word, vendor.name()).first->second, vendor.name()) << word;
  });
}

TEST(CatalogueVendors, HaveAParentOrNone) {
  ForEachOf<Vendor>([](const Vendor& vendor) {
    const bool likely = std::any_of(vendor.likely().begin(), vendor.likely().end(),
                                    [](const auto& one) { return one.field() == "parent"; });
    EXPECT_TRUE(!vendor.parent().empty() || IsKnownNone(vendor, "parent") || likely) << vendor.name();
  });
}

TEST(CatalogueVendors, HaveRolesUnlessTheyOnlyOwnOthers) {
  std::set<std::string> owners;
  ForEachOf<Vendor>([&](const Vendor& vendor) { owners.insert(vendor.parent()); });
  ForEachOf<Vendor>([&](const Vendor& vendor) {
    for (const auto& likely : vendor.likely()) owners.insert(likely.one_of().begin(), likely.one_of().end());
  });
  ForEachOf<Vendor>([&](const Vendor& vendor) {
    EXPECT_TRUE(vendor.roles_size() > 0 || owners.count(vendor.name()) > 0) << vendor.name();
  });
}

TEST(CatalogueVendors, ListOnlyThoseWhoPlayThePart) {
  ForEachOf<Vendor>([](const Vendor& vendor) {
    for (const std::string& provider : vendor.serves_from().providers())
      EXPECT_TRUE(Plays(provider, Vendor::ROLE_HOST_PROVIDER)) << vendor.name() << " " << provider;
    for (const auto& hosted : vendor.hosted_developers())
      EXPECT_TRUE(Plays(hosted.developer(), Vendor::ROLE_DEVELOPER))
          << vendor.name() << " " << hosted.developer();
    for (const std::string& upstream : vendor.upstreams().operators())
      EXPECT_TRUE(Plays(upstream, Vendor::ROLE_OPERATOR)) << vendor.name() << " " << upstream;
    EXPECT_TRUE(!vendor.has_serves_from() || Plays(vendor.name(), Vendor::ROLE_OPERATOR) ||
                Plays(vendor.name(), Vendor::ROLE_HOST_PROVIDER))
        << vendor.name();
    EXPECT_TRUE(!vendor.has_upstreams() || Plays(vendor.name(), Vendor::ROLE_RESELLER)) << vendor.name();
  });
}

TEST(CatalogueVendors, SayWhereListsComeFromAndWhen) {
  ForEachOf<Vendor>([](const Vendor& vendor) {
    if (vendor.has_serves_from()) {
      EXPECT_FALSE(vendor.serves_from().source().empty() || vendor.serves_from().date().empty())
          << vendor.name();
    }
    if (vendor.has_upstreams()) {
      EXPECT_FALSE(vendor.upstreams().source().empty() || vendor.upstreams().date().empty()) << vendor.name();
    }
    for (const auto& likely : vendor.likely()) {
      EXPECT_FALSE(likely.reason().empty()) << vendor.name();
      EXPECT_GE(likely.confidence(), 0.5) << vendor.name();
    }
  });
}

TEST(CatalogueModels, OfPublishedWeightsAreNotProprietary) {
  ForEachOf<Model>([](const Model& model) {
    const bool published = std::any_of(model.upstream_ids().begin(), model.upstream_ids().end(),
                                       [](const auto& id) { return id.system() == "huggingface"; });
    EXPECT_FALSE(published && model.weights() == Model::WEIGHTS_PROPRIETARY) << model.name();
  });
  for (const char* name :
       {"models/grok-2", "models/k-exaone", "models/solar-open-100b", "models/jamba-mini-1-7"}) {
    ASSERT_NE(Shipped().FindModel(name), nullptr) << name;
    EXPECT_EQ(Shipped().FindModel(name)->weights(), Model::WEIGHTS_OPEN) << name;
  }
}

TEST(CatalogueModels, OfClosedWeightsHaveNoLicence) {
  ForEachOf<Model>([](const Model& model) {
    if (model.weights() != Model::WEIGHTS_PROPRIETARY) return;
    EXPECT_TRUE(model.licence().empty() && IsKnownNone(model, "licence")) << model.name();
  });
}

TEST(CatalogueModels, AgreeWithTheirLine) {
  int versions = 0;
  ForEachOf<Model>([&](const Model& model) {
    if (model.version_of().empty()) return;
    ++versions;
    const Model* const line = Shipped().FindModel(model.version_of());
    ASSERT_NE(line, nullptr) << model.name();
    EXPECT_EQ(model.developer(), line->developer()) << model.name();
    const bool both = model.weights() != 0 && line->weights() != 0;
    EXPECT_TRUE(!both || model.weights() == line->weights()) << model.name() << " of " << line->name();
  });
  EXPECT_GT(versions, 150);
}

TEST(CatalogueModels, HaveVersionsForServedNamesOfOpenWeights) {
  const std::pair<const char*, const char*> cases[] = {
      {"models/kimi-k2-turbo-preview", "models/kimi-k2-instruct-0905"},
      {"models/glm-4-5-airx", "models/glm-4-5-air"},
      {"models/minimax-m2-5-lightning", "models/minimax-m2-5"},
      {"models/mistral-small-latest", "models/mistral-small"},
      {"models/grok-2-1212", "models/grok-2"}};
  for (const auto& [served, line] : cases) {
    ASSERT_NE(Shipped().FindModel(served), nullptr) << served;
    EXPECT_EQ(Shipped().FindModel(served)->version_of(), line) << served;
  }
}

TEST(CatalogueModels, HaveSaneDates) {
  const auto earliest = TimeUtil::TimeTToTimestamp(1514764800);  // 2018
  const auto latest = TimeUtil::TimeTToTimestamp(1861920000);    // 2029
  ForEachOf<Model>([&](const Model& model) {
    if (model.has_release_time()) {
      EXPECT_GT(model.release_time(), earliest) << model.name();
      EXPECT_LT(model.release_time(), latest) << model.name();
    }
    if (!model.has_retirement_time()) return;
    EXPECT_LT(model.retirement_time(), latest) << model.name();
    EXPECT_TRUE(!model.has_release_time() || model.release_time() < model.retirement_time()) << model.name();
  });
}

TEST(CatalogueModels, AreNotOlderThanWhatTheyAreMadeFrom) {
  ForEachOf<Model>([](const Model& model) {
    for (const Model::Derivation& derivation : model.derivations()) {
      const Model* const base = Shipped().FindModel(derivation.base_model());
      ASSERT_NE(base, nullptr) << model.name();
      if (!model.has_release_time() || !base->has_release_time()) continue;
      EXPECT_LE(base->release_time(), model.release_time()) << model.name() << " from " << base->name();
    }
  });
}

TEST(CatalogueModels, OfDistillationsNameBaseAndTeacher) {
  ForEachOf<Model>([](const Model& model) {
    if (model.name().find("deepseek-r1-distill-") == std::string::npos) return;
    ASSERT_EQ(model.derivations_size(), 2) << model.name();
    EXPECT_EQ(model.derivations(0).relation(), Model::RELATION_FINE_TUNE);
    const std::string& base = model.derivations(0).base_model();
    EXPECT_TRUE(base.find("qwen2-5") != std::string::npos || base.find("llama-3") != std::string::npos)
        << base;
    EXPECT_EQ(model.derivations(1).relation(), Model::RELATION_DISTILLED);
    EXPECT_EQ(model.derivations(1).base_model(), "models/deepseek-r1");
  });
}

}  // namespace
}  // namespace linchpin::catalogue
