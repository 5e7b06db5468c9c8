#include "services/inventory/catalogue/catalogue.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "linchpin/common/v1/provenance.pb.h"
#include "services/resource/kinds.h"
#include "services/resource/validate.h"
#include "tests/support/status_matchers.h"

namespace linchpin::catalogue {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The catalogue in the binary, read once for all tests of this file.
const Catalogue& Shipped() {
  static const auto* const kCatalogue = [] {
    auto catalogue = Catalogue::Shipped();
    if (!catalogue.ok()) ADD_FAILURE() << catalogue.status();
    return new Catalogue(*std::move(catalogue));
  }();
  return *kCatalogue;
}

// Fields that say something about the world; the others name or explain the entry itself.
std::vector<std::string> Facts(const Message& document) {
  static const std::set<std::string> kNoFacts = {"name",        "display_name", "description",  "labels",
                                                 "annotations", "aliases",      "upstream_ids", "evidence",
                                                 "known_none",  "etag",         "create_time",  "update_time",
                                                 "revision",    "uri",          "bounds",       "likely"};
  std::vector<const FieldDescriptor*> set;
  document.GetReflection()->ListFields(document, &set);
  std::vector<std::string> facts;
  for (const FieldDescriptor* field : set) {
    if (field->name() == "known_none") {
      for (int i = 0; i < document.GetReflection()->FieldSize(document, field); ++i) {
        facts.push_back(document.GetReflection()->GetRepeatedString(document, field, i));
      }
    } else if (!kNoFacts.contains(field->name())) {
      facts.push_back(field->name());
    }
  }
  return facts;
}

std::map<std::string, common::v1::Evidence> EvidenceOf(const Message& document) {
  std::map<std::string, common::v1::Evidence> by_path;
  const FieldDescriptor* field = document.GetDescriptor()->FindFieldByName("evidence");
  for (int i = 0; i < document.GetReflection()->FieldSize(document, field); ++i) {
    const auto& evidence = dynamic_cast<const common::v1::Evidence&>(
        document.GetReflection()->GetRepeatedMessage(document, field, i));
    by_path[evidence.field_path()] = evidence;
  }
  return by_path;
}

TEST(ShippedCatalogue, HoldsEveryKind) {
  std::map<std::string, int> counts;
  Shipped().ForEach([&](const Message& document) { ++counts[document.GetDescriptor()->name()]; });
  EXPECT_GE(counts["Vendor"], 150);
  EXPECT_GE(counts["Host"], 120);
  EXPECT_GE(counts["Licence"], 80);
  EXPECT_GE(counts["Model"], 600);
}

TEST(ShippedCatalogue, PassesTheChecksOfEveryWrite) {
  Shipped().ForEach([](const Message& document) {
    EXPECT_THAT(resource::Validate(document), IsOk()) << resource::NameOf(document);
    EXPECT_NE(resource::KindOfName(resource::NameOf(document)), nullptr) << resource::NameOf(document);
  });
}

TEST(ShippedCatalogue, RefersOnlyToItself) {
  Shipped().ForEach([](const Message& document) {
    for (const resource::Reference& reference : resource::References(document)) {
      EXPECT_NE(Shipped().Find(reference.target), nullptr)
          << resource::NameOf(document) << " " << reference.field << reference.target;
    }
  });
  for (const ApiForm& form : Shipped().forms()) {
    for (const std::string& vendor : {form.operator_vendor, form.intermediary, form.bare_names_of}) {
      EXPECT_TRUE(vendor.empty() || Shipped().FindVendor(vendor)) << form.prefix << vendor;
    }
  }
  for (const Endpoint& endpoint : Shipped().endpoints()) {
    for (const std::string& vendor : {endpoint.operator_vendor, endpoint.intermediary}) {
      EXPECT_TRUE(vendor.empty() || Shipped().FindVendor(vendor)) << endpoint.host << vendor;
    }
  }
}

// What owns a vendor, what a model was made from and the line that it belongs to.
std::vector<std::string> Origins(const Message& document) {
  std::vector<std::string> names;
  for (const resource::Reference& reference : resource::References(document)) {
    const std::string field = reference.field.substr(0, reference.field.find('['));
    if (field == "parent" || field == "derivations" || field == "version_of")
      names.push_back(reference.target);
  }
  return names;
}

TEST(ShippedCatalogue, HasNoCycle) {
  std::map<std::string, int> state;  // 1: being walked, 2: done
  std::function<void(const std::string&)> walk = [&](const std::string& name) {
    if (state[name] == 2) return;
    ASSERT_NE(state[name], 1) << "a cycle through " << name;
    state[name] = 1;
    for (const std::string& origin : Origins(*Shipped().Find(name))) walk(origin);
    state[name] = 2;
  };
  Shipped().ForEach([&](const Message& document) { walk(resource::NameOf(document)); });
}

TEST(ShippedCatalogue, GivesEvidenceForEveryFact) {
  Shipped().ForEach([](const Message& document) {
    const auto evidence = EvidenceOf(document);
    for (const std::string& fact : Facts(document)) {
      ASSERT_TRUE(evidence.contains(fact)) << resource::NameOf(document) << " " << fact;
      const common::v1::Evidence& e = evidence.at(fact);
      EXPECT_EQ(e.source(), common::v1::Evidence::SOURCE_CATALOGUE)
          << resource::NameOf(document) << " " << fact;
      EXPECT_FALSE(e.note().empty()) << resource::NameOf(document) << " " << fact;
    }
  });
}

TEST(ShippedCatalogue, HasCountriesOfIso) {
  Shipped().ForEach([](const Message& document) {
    const FieldDescriptor* field = document.GetDescriptor()->FindFieldByName("country");
    if (field == nullptr) return;
    const std::string country = document.GetReflection()->GetString(document, field);
    EXPECT_TRUE(country.empty() || resource::IsCountry(country))
        << resource::NameOf(document) << " " << country;
  });
}

TEST(ShippedCatalogue, KnowsWhatTheFirstAnswerNeeds) {
  struct Case {
    std::string system, id, model, developer;
    inventory::v1::Model::Weights weights;
  };
  const Case cases[] = {
      {"openai", "gpt-4o", "models/gpt-4o", "vendors/openai", inventory::v1::Model::WEIGHTS_PROPRIETARY},
      {"ollama", "qwen2.5:7b", "models/qwen2-5-7b-instruct", "vendors/alibaba",
       inventory::v1::Model::WEIGHTS_OPEN},
      {"ollama", "deepseek-r1:32b", "models/deepseek-r1-distill-qwen-32b", "vendors/deepseek",
       inventory::v1::Model::WEIGHTS_OPEN},
      {"groq", "llama-3.3-70b-versatile", "models/llama-3-3-70b-instruct", "vendors/meta",
       inventory::v1::Model::WEIGHTS_OPEN},
      {"vertex_ai", "claude-haiku-4-5@20251001", "models/claude-haiku-4-5-20251001", "vendors/anthropic",
       inventory::v1::Model::WEIGHTS_PROPRIETARY},
      {"huggingface", "meta-llama/Llama-3.1-8B-Instruct", "models/llama-3-1-8b-instruct", "vendors/meta",
       inventory::v1::Model::WEIGHTS_OPEN},
  };
  for (const Case& c : cases) {
    const inventory::v1::Model* model = Shipped().MatchModel(c.system, c.id);
    ASSERT_NE(model, nullptr) << c.id;
    EXPECT_EQ(model->name(), c.model) << c.id;
    EXPECT_EQ(model->developer(), c.developer) << c.id;
    EXPECT_EQ(model->weights(), c.weights) << c.id;
  }
  EXPECT_EQ(Shipped().MatchModel("ollama", "no-such-model:1b"), nullptr);
}

TEST(ShippedCatalogue, KeepsBasesThatStandBelowTheirModels) {
  const std::pair<const char*, const char*> cases[] = {{"models/exaone-deep-32b", "models/exaone-3-5-32b"},
                                                       {"models/claude-2-1", "models/claude-2"},
                                                       {"models/funsearch", "models/palm-2"}};
  for (const auto& [name, base] : cases) {
    const auto* model = Shipped().FindModel(name);
    ASSERT_NE(model, nullptr) << name;
    ASSERT_EQ(model->derivations_size(), 1) << name;
    EXPECT_EQ(model->derivations(0).base_model(), base);
    EXPECT_EQ(model->derivations(0).relation(), inventory::v1::Model::RELATION_UNSPECIFIED);
  }
}

TEST(ShippedCatalogue, NeverTakesAnOllamaTagForAnApiName) {
  const auto* floating = Shipped().MatchModel("mistral", "mistral-large-latest");
  ASSERT_NE(floating, nullptr);
  EXPECT_EQ(floating->name(), "models/mistral-large-latest");
  EXPECT_EQ(floating->licence(), "") << "it moves on from model to model";
  EXPECT_EQ(Shipped().MatchModel("ollama", "mistral-large:latest")->name(),
            "models/mistral-large-instruct-2411");
  EXPECT_EQ(Shipped().MatchModel("mistral", "mistral-small-latest")->name(), "models/mistral-small-latest");
  EXPECT_EQ(Shipped().MatchModel("openrouter", "deepseek/deepseek-chat")->name(), "models/deepseek-v3");
  EXPECT_EQ(Shipped().MatchModel("deepseek", "deepseek-chat")->name(), "models/deepseek-chat");
}

TEST(ShippedCatalogue, HasOneModelForEachWeightsRepository) {
  std::map<std::string, std::string> owners;
  Shipped().ForEach([&](const Message& document) {
    const auto* model = dynamic_cast<const inventory::v1::Model*>(&document);
    if (model == nullptr) return;
    for (const auto& upstream : model->upstream_ids()) {
      if (upstream.system() != "huggingface") continue;
      EXPECT_EQ(owners.emplace(absl::AsciiStrToLower(upstream.id()), model->name()).first->second,
                model->name())
          << upstream.id();
    }
  });
  EXPECT_GT(owners.size(), 100u);
}

TEST(ShippedCatalogue, FollowsADistilledModelToItsBase) {
  std::map<std::string, const Message*> closure;
  Shipped().Closure("models/deepseek-r1-distill-qwen-32b", closure);
  for (const char* name : {"models/qwen2-5-32b", "models/deepseek-r1", "models/deepseek-v3-base",
                           "vendors/alibaba", "vendors/deepseek", "vendors/high-flyer", "licences/mit"}) {
    EXPECT_TRUE(closure.contains(name)) << name;
  }
}

}  // namespace
}  // namespace linchpin::catalogue
