#include "services/engine/graph/graph_builder.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/application.pb.h"
#include "linchpin/inventory/v1/business_service.pb.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/host.pb.h"
#include "linchpin/inventory/v1/licence.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/engine/graph/graph.h"
#include "tests/support/status_matchers.h"

namespace linchpin::engine {
namespace {

namespace inventory = ::linchpin::inventory::v1;
using ::testing::HasSubstr;

template <typename Document>
Document Parse(const std::string& text) {
  Document document;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &document)) << text;
  return document;
}

template <typename Document>
GraphChanges Built(const std::string& text) {
  GraphChanges changes;
  const absl::Status status = AddUpsert(Parse<Document>(text), changes);
  EXPECT_THAT(status, IsOk());
  return changes;
}

template <typename Document>
std::string Refusal(const std::string& text) {
  GraphChanges changes;
  return std::string(AddUpsert(Parse<Document>(text), changes).message());
}

TEST(GraphBuilder, ReadsAbsentAsUnknownAndKnownNoneAsNone) {
  const GraphChanges changes = Built<inventory::Vendor>("name: 'vendors/a'");
  EXPECT_TRUE(changes.vendors.at(0).parent.is_unknown());
  EXPECT_FALSE(changes.vendors.at(0).country.has_value());
  const GraphChanges none = Built<inventory::Vendor>("name: 'vendors/a' country: 'DE' known_none: 'parent'");
  EXPECT_TRUE(none.vendors.at(0).parent.is_none());
  EXPECT_EQ(none.vendors.at(0).country->ToString(), "DE");
  const GraphChanges owned =
      Built<inventory::Vendor>("name: 'vendors/a' parent: 'vendors/b' known_none: 'ownerships'");
  EXPECT_EQ(owned.vendors.at(0).parent.value(), "vendors/b");
}

TEST(GraphBuilder, TellsOwnPremisesFromAnUnknownProvider) {
  EXPECT_TRUE(Built<inventory::Host>("name: 'hosts/a'").hosts.at(0).provider.is_unknown());
  EXPECT_TRUE(
      Built<inventory::Host>("name: 'hosts/a' known_none: 'provider'").hosts.at(0).provider.is_none());
}

TEST(GraphBuilder, KeepsTheThreeStatesOfIrrevocability) {
  EXPECT_FALSE(Built<inventory::Licence>("name: 'licences/l'").licences.at(0).irrevocable.has_value());
  EXPECT_EQ(Built<inventory::Licence>("name: 'licences/l' irrevocable: false").licences.at(0).irrevocable,
            false);
  EXPECT_EQ(Built<inventory::Licence>("name: 'licences/l' irrevocable: true").licences.at(0).irrevocable,
            true);
}

TEST(GraphBuilder, ReadsAModelWithItsDerivations) {
  const GraphChanges changes = Built<inventory::Model>(R"pb(
    name: "models/m"
    developer: "vendors/a"
    origin_country: "FR"
    weights: WEIGHTS_OPEN
    licence: "licences/l"
    requires_activation: false
    derivations { base_model: "models/b" relation: RELATION_QUANTISED }
    derivations { base_model: "models/c" }
  )pb");
  const ModelFacts& model = changes.models.at(0);
  EXPECT_EQ(model.developer, "vendors/a");
  EXPECT_EQ(model.origin->ToString(), "FR");
  EXPECT_EQ(model.weights, Weights::kOpen);
  EXPECT_EQ(model.licence.value(), "licences/l");
  EXPECT_EQ(model.requires_activation, false);
  ASSERT_EQ(model.derivations.value().size(), 2u);
  EXPECT_EQ(model.derivations.value()[0].relation, Relation::kQuantised);
  EXPECT_FALSE(model.derivations.value()[1].relation.has_value());
}

TEST(GraphBuilder, MapsEveryRelation) {
  for (int number = 1; number <= inventory::Model::Relation_MAX; ++number) {
    inventory::Model model;
    model.set_name("models/m");
    auto* derivation = model.add_derivations();
    derivation->set_base_model("models/b");
    derivation->set_relation(static_cast<inventory::Model::Relation>(number));
    GraphChanges changes;
    ASSERT_THAT(AddUpsert(model, changes), IsOk());
    // Both lists have the same order.
    EXPECT_EQ(static_cast<int>(*changes.models[0].derivations.value()[0].relation), number - 1);
  }
}

TEST(GraphBuilder, TellsAScratchModelFromOneOfUnknownOrigin) {
  EXPECT_TRUE(Built<inventory::Model>("name: 'models/m'").models.at(0).derivations.is_unknown());
  EXPECT_TRUE(Built<inventory::Model>("name: 'models/m' known_none: 'derivations'")
                  .models.at(0)
                  .derivations.is_none());
  EXPECT_TRUE(
      Built<inventory::Model>("name: 'models/m' known_none: 'licence'").models.at(0).licence.is_none());
}

TEST(GraphBuilder, ReadsADeployment) {
  const GraphChanges changes = Built<inventory::Deployment>(R"pb(
    name: "deployments/d"
    model: "models/m"
    hosting_mode: HOSTING_MODE_THIRD_PARTY_HOSTED
    operator: "vendors/a"
    host: "hosts/h"
    capacity_units: 0
    pass_through: PASS_THROUGH_NO
    intermediaries: "vendors/g"
  )pb");
  const DeploymentFacts& deployment = changes.deployments.at(0);
  EXPECT_EQ(deployment.mode, HostingMode::kThirdPartyHosted);
  EXPECT_EQ(deployment.operator_vendor, "vendors/a");
  EXPECT_EQ(deployment.host, "hosts/h");
  EXPECT_EQ(deployment.capacity_units.value(), 0);
  EXPECT_EQ(deployment.pass_through, false);
  EXPECT_EQ(deployment.intermediaries.value(), std::vector<std::string>{"vendors/g"});
}

TEST(GraphBuilder, TellsStatedUnlimitedFromAssumedUnlimited) {
  EXPECT_TRUE(
      Built<inventory::Deployment>("name: 'deployments/d'").deployments.at(0).capacity_units.is_unknown());
  const GraphChanges none = Built<inventory::Deployment>(
      "name: 'deployments/d' known_none: 'capacity_units' known_none: 'intermediaries'");
  EXPECT_TRUE(none.deployments.at(0).capacity_units.is_none());
  EXPECT_TRUE(none.deployments.at(0).intermediaries.is_none());
}

TEST(GraphBuilder, TakesContinuityFromTheTierWhereItIsAbsent) {
  const GraphChanges changes = Built<inventory::Application>(R"pb(
    name: "applications/a"
    tier: 1
    continuity {
      weight: 5
      recovery_time_objective { seconds: 60 }
      loss_per_hour_minor: 0
    }
  )pb");
  auto graph = Graph::Empty()->Apply(changes);
  ASSERT_THAT(graph, IsOk());
  const ConsumerView consumer = (*graph)->consumers()[*(*graph)->consumers().Find("applications/a")];
  const ConsumerRecord& record = consumer.record();
  EXPECT_EQ(record.priority, 100);
  EXPECT_EQ(record.weight, 5);
  EXPECT_EQ(record.min_viable_ppm, 800'000);
  EXPECT_EQ(record.recovery_time_objective_seconds, 60);
  EXPECT_EQ(record.max_tolerable_downtime_seconds, 86'400);
  EXPECT_TRUE(record.loss_is_priced);
  EXPECT_FALSE(record.penalty_is_priced);
  EXPECT_EQ(record.derived, kPriorityDerived | kMinViableDerived | kDowntimeDerived);
}

TEST(GraphBuilder, ReadsADependencyOfEitherConsumer) {
  const GraphChanges changes = Built<inventory::Dependency>(R"pb(
    name: "businessServices/s/dependencies/chat"
    essential: false
    weight_ppm: 250000
    units: 7
    bridge { seconds: 90 }
    usage {
      requests: 10
      window { seconds: 86400 }
    }
    alternatives { target: "deployments/d" quality_ppm: 900000 share_ppm: 400000 }
    alternatives {
      target: "applications/a"
      switch_duration { seconds: 0 }
      activation: ACTIVATION_REDEPLOYMENT
      usage {
        input_tokens: 3
        output_tokens: 4
        window { seconds: 60 }
      }
    }
  )pb");
  const GroupFacts& group = changes.groups.at(0);
  EXPECT_EQ(group.consumer, "businessServices/s");
  EXPECT_EQ(group.id, "chat");
  EXPECT_EQ(group.essential, false);
  EXPECT_EQ(group.weight_ppm, 250'000);
  EXPECT_EQ(group.units, 7);
  EXPECT_EQ(group.bridge_seconds, 90);
  EXPECT_EQ(group.usage.requests, 10);
  EXPECT_EQ(group.usage.tokens, Usage::kAbsent);
  EXPECT_EQ(group.usage.window_seconds, 86'400);
  ASSERT_EQ(group.alternatives.size(), 2u);
  EXPECT_EQ(group.alternatives[0].quality_ppm, 900'000);
  EXPECT_EQ(group.alternatives[0].share_ppm, 400'000);
  EXPECT_FALSE(group.alternatives[0].switch_seconds.has_value());
  EXPECT_TRUE(group.alternatives[0].usage.empty());
  EXPECT_EQ(group.alternatives[1].switch_seconds, 0);
  EXPECT_EQ(group.alternatives[1].activation, Activation::kRedeployment);
  EXPECT_EQ(group.alternatives[1].usage.tokens, 7);
}

TEST(GraphBuilder, RefusesWhatItCannotReadAndNamesIt) {
  EXPECT_THAT(Refusal<inventory::Vendor>("name: 'vendors/a' country: 'Germany'"),
              HasSubstr("vendors/a: country"));
  EXPECT_THAT(Refusal<inventory::Dependency>("name: 'applications/a'"),
              HasSubstr("is not a name of a dependency"));
  EXPECT_THAT(
      Refusal<inventory::Dependency>("name: 'applications/a/dependencies/d' bridge { seconds: 1 nanos: 5 }"),
      HasSubstr("bridge must be a whole number of seconds"));
  EXPECT_THAT(Refusal<inventory::Dependency>(R"pb(
                name: "applications/a/dependencies/d"
                usage {
                  input_tokens: 9223372036854775807
                  output_tokens: 1
                  window { seconds: 1 }
                })pb"),
              HasSubstr("below 2^63"));
  EXPECT_THAT(Refusal<inventory::Model::Derivation>("base_model: 'models/m'"),
              HasSubstr("is not a resource of the inventory"));
}

TEST(GraphBuilder, LeavesTheChangesAloneWhenItRefuses) {
  GraphChanges changes;
  EXPECT_THAT(AddUpsert(Parse<inventory::Vendor>("name: 'vendors/a' country: 'xx'"), changes),
              ::testing::Not(IsOk()));
  EXPECT_THAT(AddDelete("policies/p", changes), ::testing::Not(IsOk()));
  EXPECT_THAT(AddDelete("vendors", changes), ::testing::Not(IsOk()));
  EXPECT_TRUE(changes.vendors.empty());
  EXPECT_TRUE(changes.deleted_vendors.empty());
}

TEST(GraphBuilder, SortsDeletesByKind) {
  GraphChanges changes;
  for (const char* name : {"vendors/v", "hosts/h", "licences/l", "models/m", "deployments/d",
                           "applications/a", "businessServices/s", "applications/a/dependencies/x"}) {
    ASSERT_THAT(AddDelete(name, changes), IsOk()) << name;
  }
  EXPECT_EQ(changes.deleted_vendors, std::vector<std::string>{"vendors/v"});
  EXPECT_EQ(changes.deleted_hosts, std::vector<std::string>{"hosts/h"});
  EXPECT_EQ(changes.deleted_licences, std::vector<std::string>{"licences/l"});
  EXPECT_EQ(changes.deleted_models, std::vector<std::string>{"models/m"});
  EXPECT_EQ(changes.deleted_deployments, std::vector<std::string>{"deployments/d"});
  EXPECT_EQ(changes.deleted_consumers, (std::vector<std::string>{"applications/a", "businessServices/s"}));
  ASSERT_EQ(changes.deleted_groups.size(), 1u);
  EXPECT_EQ(changes.deleted_groups[0], std::pair(std::string("applications/a"), std::string("x")));
}

}  // namespace
}  // namespace linchpin::engine
