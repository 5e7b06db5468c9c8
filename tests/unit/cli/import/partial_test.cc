#include "services/cli/import/partial.h"

#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "services/resource/yaml/yaml_writer.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
using inventory::Model;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::UnorderedElementsAre;

Model Parse(const std::string& text) {
  Model model;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString("name: 'models/m' " + text, &model)) << text;
  return model;
}

// `present` once it was merged with `stated`, as YAML.
std::string Merged(const std::string& stated, const std::string& present) {
  Model model = Parse(present);
  MergeStated(Parse(stated), model);
  return resource::WriteYamlDocument(model);
}

std::string Yaml(const std::string& text) { return resource::WriteYamlDocument(Parse(text)); }

TEST(MergeStated, ChangesWhatIsStatedAndNothingElse) {
  EXPECT_EQ(Merged("weights: WEIGHTS_OPEN", "developer: 'vendors/a' family: 'f' etag: 'e'"),
            Yaml("developer: 'vendors/a' family: 'f' weights: WEIGHTS_OPEN etag: 'e'"));
  EXPECT_EQ(Merged("", "developer: 'vendors/a'"), Yaml("developer: 'vendors/a'"));
  EXPECT_EQ(Merged("etag: 'mine'", "etag: 'stored'"), Yaml("etag: 'mine'"));
}

TEST(MergeStated, TakesListsWholeAndMapsByKey) {
  EXPECT_EQ(
      Merged(
          "derivations { base_model: 'models/b' } labels { key: 'x' value: 'new' }",
          "derivations { base_model: 'models/a' relation: RELATION_MERGE } labels { key: 'x' value: 'old' } "
          "labels { key: 'y' value: 'kept' }"),
      Yaml("derivations { base_model: 'models/b' } labels { key: 'x' value: 'new' } labels { key: 'y' value: "
           "'kept' }"));
}

TEST(MergeStated, AddsWhatIsKnownToBeNone) {
  EXPECT_EQ(
      Merged("known_none: 'derivations'", "known_none: 'licence' derivations { base_model: 'models/a' }"),
      Yaml("known_none: 'derivations' known_none: 'licence'"));
  EXPECT_EQ(Merged("licence: 'licences/mit'", "known_none: 'licence' known_none: 'derivations'"),
            Yaml("licence: 'licences/mit' known_none: 'derivations'"));
}

TEST(MergeStated, LeavesAContradictionToTheServer) {
  EXPECT_EQ(Merged("licence: 'licences/mit' known_none: 'licence'", ""),
            Yaml("licence: 'licences/mit' known_none: 'licence'"));
}

TEST(MergeStated, ReplacesEvidenceOfWhatChanges) {
  const std::string old =
      "evidence { field_path: 'developer' note: 'old' } evidence { field_path: 'weights' }";
  EXPECT_EQ(Merged("developer: 'vendors/b'", "developer: 'vendors/a' " + old),
            Yaml("developer: 'vendors/b' evidence { field_path: 'weights' }"));
  EXPECT_EQ(Merged("developer: 'vendors/a'", "developer: 'vendors/a' " + old),
            Yaml("developer: 'vendors/a' " + old));
  EXPECT_EQ(Merged("evidence { field_path: 'developer' note: 'new' }", "developer: 'vendors/a' " + old),
            Yaml("developer: 'vendors/a' evidence { field_path: 'weights' } evidence { field_path: "
                 "'developer' note: "
                 "'new' }"));
}

TEST(MergeStated, TakesBoundsAndLikelihoodsByFact) {
  EXPECT_EQ(Merged("likely { field: 'weights' one_of: 'OPEN' confidence: 0.9 } "
                   "bounds { field: 'origin_country' one_of: 'US' }",
                   "likely { field: 'developer' one_of: 'vendors/a' } likely { field: 'weights' one_of: "
                   "'PROPRIETARY' }"),
            Yaml("likely { field: 'developer' one_of: 'vendors/a' } likely { field: 'weights' one_of: 'OPEN' "
                 "confidence: 0.9 } bounds { field: 'origin_country' one_of: 'US' }"));
}

TEST(MergeStated, DropsWhatWasOpenOfAFactThatIsSettled) {
  const std::string open =
      "bounds { field: 'lineage.developer' one_of: 'vendors/a' } likely { field: 'developer' one_of: "
      "'vendors/a' } "
      "likely { field: 'weights' one_of: 'OPEN' } ";
  EXPECT_EQ(Merged("developer: 'vendors/b'", open),
            Yaml("developer: 'vendors/b' bounds { field: 'lineage.developer' one_of: 'vendors/a' } "
                 "likely { field: 'weights' one_of: 'OPEN' }"));
  EXPECT_EQ(Merged("known_none: 'derivations'", open),
            Yaml("known_none: 'derivations' likely { field: 'developer' one_of: 'vendors/a' } "
                 "likely { field: 'weights' one_of: 'OPEN' }"));
  EXPECT_EQ(Merged("derivations { base_model: 'models/b' } weights: WEIGHTS_PROPRIETARY", open),
            Yaml("derivations { base_model: 'models/b' } weights: WEIGHTS_PROPRIETARY "
                 "likely { field: 'developer' one_of: 'vendors/a' }"));
}

TEST(MergeStated, LeavesALikelihoodBesideAStoredValueToTheServer) {
  EXPECT_EQ(
      Merged("likely { field: 'weights' one_of: 'OPEN' }",
             "weights: WEIGHTS_PROPRIETARY known_none: 'licence'"),
      Yaml("weights: WEIGHTS_PROPRIETARY likely { field: 'weights' one_of: 'OPEN' } known_none: 'licence'"));
}

TEST(MergeStated, ReplacesEvidenceOfWhatWasSaidOfAFact) {
  const std::string said = "likely { field: 'lineage.developer' one_of: 'vendors/a' } ";
  const std::string old =
      "evidence { field_path: 'lineage.developer' note: 'old' } evidence { field_path: 'weights' } ";
  EXPECT_EQ(
      Merged("likely { field: 'lineage.developer' one_of: 'vendors/b' }", said + old),
      Yaml("likely { field: 'lineage.developer' one_of: 'vendors/b' } evidence { field_path: 'weights' }"));
  EXPECT_EQ(Merged(said, said + old), Yaml(said + old));
  EXPECT_EQ(Merged("known_none: 'derivations'", said + old),
            Yaml("known_none: 'derivations' evidence { field_path: 'weights' }"));
}

// An inventory that holds a model and takes what is written.
struct Server {
  FakeServices services;
  std::vector<std::string> written;
  Model model;

  Server() {
    services.On<inventory::BatchGetRequest, inventory::BatchGetResponse>(
        "BatchGet", [](const auto& request, auto& response) {
          for (const std::string& name : request.names()) {
            if (name == "models/m")
              *response.add_resources()->mutable_model() = Parse("family: 'kept' revision: 3 etag: '\"3\"'");
          }
          return absl::OkStatus();
        });
    services.On<inventory::BatchWriteRequest, inventory::BatchWriteResponse>(
        "BatchWrite", [this](const auto& request, auto& response) {
          for (const auto& operation : request.operations()) {
            const auto& upsert = operation.upsert();
            written.push_back(upsert.has_vendor() ? upsert.vendor().name() : upsert.model().name());
            if (upsert.has_model()) model = upsert.model();
            response.add_results()->set_action(inventory::BatchWriteResponse::ACTION_UPDATED);
          }
          return absl::OkStatus();
        });
  }
  RunResult Run(const std::string& developer, const std::string& command = "apply") {
    return RunWith(services, {command, "--merge", "-f", "-"},
                   "apiVersion: linchpin/v1\nkind: Model\nname: models/m\ndeveloper: " + developer + "\n");
  }
};

TEST(ApplyMerge, WritesTheWholeResourceGuardedByItsEtag) {
  Server server;
  const RunResult result = server.Run("vendors/mistral");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(server.model.family(), "kept");
  EXPECT_EQ(server.model.developer(), "vendors/mistral");
  EXPECT_EQ(server.model.etag(), "\"3\"");
}

TEST(ApplyMerge, TakesWhatIsReferredToFromTheCatalogue) {
  Server server;
  EXPECT_EQ(server.Run("vendors/mistral").code, 0);
  // Mistral runs on hosts of its own and of these three.
  EXPECT_THAT(server.written, UnorderedElementsAre("vendors/mistral", "vendors/google", "vendors/microsoft",
                                                   "vendors/coreweave", "models/m"));
}

TEST(ApplyMerge, TakesWhatABoundNamesFromTheCatalogue) {
  Server server;
  const RunResult result =
      RunWith(server.services, {"apply", "--merge", "-f", "-"},
              "apiVersion: linchpin/v1\nkind: Model\nname: models/m\n"
              "bounds: [{field: developer, oneOf: [vendors/mistral, vendors/cohere]}]\n");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(server.written, IsSupersetOf({"vendors/cohere", "vendors/mistral", "models/m"}));
  ASSERT_EQ(server.model.bounds_size(), 1);
  EXPECT_EQ(server.model.family(), "kept");
}

TEST(ApplyMerge, PlacesANameInABoundThatIsNowhere) {
  Server server;
  const RunResult result = RunWith(server.services, {"apply", "--merge", "-f", "-"},
                                   "apiVersion: linchpin/v1\nkind: Model\nname: models/m\nlikely:\n"
                                   "  - field: developer\n    oneOf: [vendors/mistral, vendors/mistrall]\n");
  EXPECT_THAT(result.err, HasSubstr("<stdin>:6:30: `vendors/mistrall` is neither"));
}

TEST(ApplyMerge, NamesTheNearestOfTheCatalogue) {
  Server server;
  const RunResult result = server.Run("vendors/mistrall");
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("<stdin>:4:1: `vendors/mistrall` is neither in the inventory nor in the "
                                    "catalogue; did you mean `vendors/mistral`?"));
  EXPECT_THAT(server.written, testing::IsEmpty());
  EXPECT_THAT(server.Run("vendors/entirely-new-here").err, HasSubstr("; write a document for it, too"));
}

TEST(DiffMerge, ShowsWhatWouldChange) {
  Server server;
  const RunResult result = server.Run("vendors/mistral", "diff");
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.out, HasSubstr("+developer: vendors/mistral\n"));
  EXPECT_THAT(result.out, testing::Not(HasSubstr("-family")));
  EXPECT_THAT(result.out, HasSubstr("+++ catalogue/vendors/mistral\n"));
}

}  // namespace
}  // namespace linchpin::cli
