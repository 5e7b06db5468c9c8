#include "services/policy/domain/binding/selector.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/policy/domain/rules/world.h"
#include "tests/unit/policy/domain/policy_text.h"

namespace linchpin::policy {
namespace {

using engine::Truth;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const char kInventory[] = R"(
kind: Vendor
name: vendors/acme
country: FR
---
kind: Vendor
name: vendors/nowhere
---
kind: Model
name: models/stated
originCountry: US
weights: OPEN
tasks: [chat, code]
---
kind: Model
name: models/derived
developer: vendors/acme
---
kind: Model
name: models/open
developer: vendors/nowhere
knownNone: [licence]
---
kind: Model
name: models/bounded
bounds:
- {field: origin_country, oneOf: [CN, RU]}
- {field: licence, noneOf: [licences/mit]}
likely:
- {field: weights, oneOf: [OPEN], confidence: 0.8, reason: its name}
---
kind: Licence
name: licences/mit
---
kind: Application
name: applications/pay
tier: 1
businessUnit: retail
labels: {team: a}
---
kind: Application
name: applications/bare
---
kind: Deployment
name: deployments/d
---
kind: Deployment
name: deployments/own
hostingMode: SELF_HOSTED
---
kind: Dependency
name: applications/pay/dependencies/chat
bridge: 90s
alternatives: [{target: deployments/d, activation: AUTOMATIC}, {target: deployments/d}]
)";

struct Answer {
  Truth truth;
  MissingFacts missing;
  Truth on_likely = Truth::kUnknown;
  size_t leaned = 0;  // Likely facts that decided it.
};

// What a selector in YAML says of one resource.
Answer Ask(const std::string& selector, const std::string& name) {
  static const auto* const text =
      new testing_support::InventoryText(testing_support::ReadInventory(kInventory));
  const v1::Policy policy = PolicyText("rules: [{id: r, select: " + selector + ", fallback: {}}]");
  Binder binder(policy, nullptr, nullptr);
  const BoundSelector bound = BoundSelector::Bind(policy.rules(0).select(), "select", binder);
  for (const auto& violation : binder.violations())
    ADD_FAILURE() << violation.field << ": " << violation.description;
  static const auto* const knowledge =
      new std::shared_ptr<const engine::Knowledge>(engine::Knowledge::Create(text->view->shared_graph()));
  const World world(*text->view, **knowledge, absl::UnixEpoch());
  const auto ref = text->view->Find(name);
  const auto document = ref->kind->New();
  EXPECT_TRUE(replica::ParseInto(*ref, *document));
  Subject subject{ref->name, document.get(), resource::ParentName(ref->name), nullptr};
  std::unique_ptr<google::protobuf::Message> consumer;
  if (const auto parent = text->view->Find(subject.consumer_name)) {
    consumer = parent->kind->New();
    EXPECT_TRUE(replica::ParseInto(*parent, *consumer));
    subject.consumer = consumer.get();
  }
  Answer answer;
  SelectionFacts proven, likely;
  answer.truth = bound.Selects(subject, world, /*likely=*/false, proven);
  answer.on_likely = bound.Selects(subject, world, /*likely=*/true, likely);
  answer.missing = proven.missing;
  answer.leaned = likely.leaned.size();
  return answer;
}

Truth TruthOf(const std::string& where, const std::string& name, const std::string& kind = "APPLICATION") {
  return Ask("{kind: " + kind + ", where: {" + where + "}}", name).truth;
}

TEST(Selector, ComparesFieldsOfAllTypes) {
  EXPECT_EQ(TruthOf("tier: {le: 1}", "applications/pay"), Truth::kTrue);
  EXPECT_EQ(TruthOf("tier: {gt: 1}", "applications/pay"), Truth::kFalse);
  EXPECT_EQ(TruthOf("businessUnit: {in: [retail, cards]}", "applications/pay"), Truth::kTrue);
  EXPECT_EQ(TruthOf("businessUnit: {prefix: re}", "applications/pay"), Truth::kTrue);
  EXPECT_EQ(TruthOf("weights: OPEN", "models/stated", "MODEL"), Truth::kTrue);
  EXPECT_EQ(TruthOf("tasks: {anyIn: [code]}", "models/stated", "MODEL"), Truth::kTrue);
  EXPECT_EQ(TruthOf("tasks: {allIn: [code]}", "models/stated", "MODEL"), Truth::kFalse);
  EXPECT_EQ(TruthOf("tasks: {noneIn: [code]}", "models/stated", "MODEL"), Truth::kFalse);
  EXPECT_EQ(TruthOf("bridge: {lt: 2m}", "applications/pay/dependencies/chat", "DEPENDENCY"), Truth::kTrue);
}

TEST(Selector, LeavesAnAbsentFactOpenAndNamesIt) {
  const Answer answer = Ask("{where: {tier: {le: 1}}}", "applications/bare");
  EXPECT_EQ(answer.truth, Truth::kUnknown);
  EXPECT_THAT(answer.missing, ElementsAre(MissingFact{"applications/bare", "tier"}));
}

TEST(Selector, TestsABoundedFactAgainstAllThatItCanBe) {
  EXPECT_EQ(TruthOf("originCountry: {in: [CN, RU, KP]}", "models/bounded", "MODEL"), Truth::kTrue);
  EXPECT_EQ(TruthOf("originCountry: US", "models/bounded", "MODEL"), Truth::kFalse);
  EXPECT_EQ(TruthOf("originCountry: CN", "models/bounded", "MODEL"), Truth::kUnknown);
  EXPECT_EQ(TruthOf("licence: licences/mit", "models/bounded", "MODEL"), Truth::kFalse);
  EXPECT_EQ(TruthOf("licence: {ne: licences/mit}", "models/bounded", "MODEL"), Truth::kTrue);
}

TEST(Selector, ReadsLikelyFactsOnlyWhereItIsAskedTo) {
  const Answer open = Ask("{kind: MODEL, where: {weights: OPEN}}", "models/bounded");
  EXPECT_EQ(open.truth, Truth::kUnknown);
  EXPECT_THAT(open.missing, ElementsAre(MissingFact{"models/bounded", "weights"}));
  EXPECT_EQ(open.on_likely, Truth::kTrue);
  EXPECT_EQ(open.leaned, 1u);
  EXPECT_EQ(Ask("{kind: MODEL, where: {weights: PROPRIETARY}}", "models/bounded").on_likely, Truth::kFalse);
}

TEST(Selector, KnowsNoneFromUnknown) {
  EXPECT_EQ(TruthOf("licence: {exists: true}", "models/open", "MODEL"), Truth::kTrue);
  EXPECT_EQ(TruthOf("licence: licences/mit", "models/open", "MODEL"), Truth::kFalse);
  EXPECT_EQ(TruthOf("licence: licences/mit", "models/stated", "MODEL"), Truth::kUnknown);
  EXPECT_EQ(TruthOf("licence: {missing: true}", "models/stated", "MODEL"), Truth::kTrue);
}

TEST(Selector, TakesLabelsThatAreNotThereForNone) {
  EXPECT_EQ(TruthOf("labels.team: a", "applications/pay"), Truth::kTrue);
  EXPECT_EQ(TruthOf("labels.team: a", "applications/bare"), Truth::kFalse);
  EXPECT_EQ(TruthOf("labels.team: {ne: a}", "applications/bare"), Truth::kTrue);
}

TEST(Selector, DerivesWhatTheResourcesSayIsDerived) {
  EXPECT_EQ(TruthOf("originCountry: FR", "models/derived", "MODEL"), Truth::kTrue);
  EXPECT_EQ(TruthOf("continuity.weight: {ge: 8}", "applications/pay"), Truth::kTrue);
  EXPECT_THAT(Ask("{kind: MODEL, where: {originCountry: FR}}", "models/open").missing,
              ElementsAre(MissingFact{"vendors/nowhere", "country"}));
  EXPECT_THAT(Ask("{where: {continuity.weight: {ge: 8}}}", "applications/bare").missing,
              ElementsAre(MissingFact{"applications/bare", "tier"}));
}

TEST(Selector, KnowsThatASelfHostedDeploymentHasNoOperator) {
  const Answer answer = Ask("{kind: DEPLOYMENT, where: {operator: {ne: vendors/acme}}}", "deployments/own");
  EXPECT_EQ(answer.truth, Truth::kTrue);
  EXPECT_THAT(answer.missing, IsEmpty()) << "nobody could close it: the field must be absent";
  EXPECT_EQ(TruthOf("operator: vendors/acme", "deployments/own", "DEPLOYMENT"), Truth::kFalse);
  EXPECT_EQ(TruthOf("operator: {missing: true}", "deployments/own", "DEPLOYMENT"), Truth::kFalse);
  EXPECT_EQ(TruthOf("operator: vendors/acme", "deployments/d", "DEPLOYMENT"), Truth::kUnknown);
}

TEST(Selector, ReadsTheConsumerOfADependency) {
  EXPECT_EQ(TruthOf("consumer.tier: {le: 1}", "applications/pay/dependencies/chat", "DEPENDENCY"),
            Truth::kTrue);
  EXPECT_EQ(TruthOf("consumer.criticalFunction: true", "applications/pay/dependencies/chat", "DEPENDENCY"),
            Truth::kFalse);
}

TEST(Selector, ReadsThroughListsOfMessages) {
  const std::string name = "applications/pay/dependencies/chat";
  EXPECT_EQ(TruthOf("alternatives.activation: {anyIn: [AUTOMATIC]}", name, "DEPENDENCY"), Truth::kTrue);
  EXPECT_EQ(TruthOf("alternatives.activation: {allIn: [AUTOMATIC]}", name, "DEPENDENCY"), Truth::kUnknown);
  EXPECT_EQ(TruthOf("alternatives.activation: {noneIn: [CONFIGURATION]}", name, "DEPENDENCY"),
            Truth::kUnknown);
}

TEST(Selector, JoinsInThreeValues) {
  // Unknown AND false is false; unknown OR true is true.
  EXPECT_EQ(Ask("{where: {tier: {le: 1}, labels.team: a}}", "applications/bare").truth, Truth::kFalse);
  const Answer either =
      Ask("{any: [{where: {tier: {le: 1}}}, {where: {labels.team: {ne: a}}}]}", "applications/bare");
  EXPECT_EQ(either.truth, Truth::kTrue);
  EXPECT_THAT(either.missing, IsEmpty());
  EXPECT_EQ(Ask("{none: {where: {tier: {le: 1}}}}", "applications/bare").truth, Truth::kUnknown);
  EXPECT_EQ(Ask("{none: {where: {tier: {le: 1}}}}", "applications/pay").truth, Truth::kFalse);
}

}  // namespace
}  // namespace linchpin::policy
