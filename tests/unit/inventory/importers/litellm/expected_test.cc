// Pins what comes out of the real configurations in tests/data/litellm. Run with LINCHPIN_UPDATE_EXPECTED=1
// to write the tables anew, and read the difference.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "services/resource/validate.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/inventory/importers/imports.h"

namespace linchpin::importers {
namespace {

namespace fs = std::filesystem;
using inventory::v1::Deployment;
using inventory::v1::Model;
using inventory::v1::Route;

fs::path Folder() { return fs::path(LINCHPIN_SOURCE_DIR) / "tests/data/litellm"; }

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string Id(const std::string& name) { return name.empty() ? "?" : name.substr(name.find('/') + 1); }

std::string Short(const std::string& name, const std::string& prefix) {
  return name == prefix + "_UNSPECIFIED" ? "?" : name.substr(prefix.size() + 1);
}

// "; likely hosting_mode SELF_HOSTED" and the like of a resource.
template <typename Resource>
std::string Narrowed(const Resource& resource) {
  std::string out;
  for (const auto& bound : resource.bounds()) {
    const bool is_in = !bound.one_of().empty();
    absl::StrAppend(&out, "    ", bound.field(), is_in ? " is one of " : " is none of ",
                    absl::StrJoin(is_in ? bound.one_of() : bound.none_of(), ", "), "\n");
  }
  for (const auto& likely : resource.likely()) {
    absl::StrAppend(&out, "    ", likely.field(), " is likely ", absl::StrJoin(likely.one_of(), " or "), " (",
                    likely.reason(), ")\n");
  }
  return out;
}

std::string Line(const ImportResult& result, const Deployment& d) {
  const auto* model = Proposed<Model>(result, d.model());
  const std::string via = d.intermediaries().empty() ? "" : absl::StrCat(" via ", Id(d.intermediaries(0)));
  return absl::StrCat(Id(d.name()), "\n    model ", Id(d.model()), ", by ",
                      model == nullptr ? "?" : Id(model->developer()), ", weights ",
                      model == nullptr ? "?" : Short(Model::Weights_Name(model->weights()), "WEIGHTS"),
                      "; operator ", Id(d.operator_()), via, ", ",
                      Short(Deployment::HostingMode_Name(d.hosting_mode()), "HOSTING_MODE"), ", host ",
                      Id(d.host()), "\n", Narrowed(d), model == nullptr ? "" : Narrowed(*model));
}

std::string Table(const ImportResult& result) {
  std::string deployments, groups;
  for (const ProposedResource& proposal : result.proposals) {
    if (const auto* d = dynamic_cast<const Deployment*>(proposal.resource.get()))
      deployments += Line(result, *d);
    if (const auto* route = dynamic_cast<const Route*>(proposal.resource.get())) {
      groups += Id(route->name()) + "\n";
      for (const auto& alternative : route->alternatives())
        groups += "    " + Id(alternative.target()) + "\n";
    }
  }
  const ImportCounts& c = result.counts;
  std::string out = absl::StrCat("entries ", c.entries, " = deployments ", c.deployments, " + duplicates ",
                                 c.duplicates, " + malformed ", c.malformed, "; groups ", c.groups,
                                 " (aliases ", c.aliases, ")\nknown: model ", c.with_model, ", developer ",
                                 c.with_developer, ", origin ", c.with_origin, ", operator ", c.with_operator,
                                 ", mode ", c.with_mode, ", host ", c.with_host, "\n");
  out +=
      "\nDeployments\n" + deployments + "\nRoutes, in the order in which they try\n" + groups + "\nNotes\n";
  for (const std::string& note : Notes(result)) out += note + "\n";
  return out;
}

std::vector<std::string> Stems() {
  std::vector<std::string> stems;
  for (const auto& entry : fs::directory_iterator(Folder())) {
    if (entry.path().extension() == ".yaml") stems.push_back(entry.path().stem());
  }
  std::sort(stems.begin(), stems.end());
  return stems;
}

class RealConfiguration : public testing::TestWithParam<std::string> {
 protected:
  static ImportFile File() { return {GetParam() + ".yaml", ReadFile(Folder() / (GetParam() + ".yaml")), ""}; }
};

TEST_P(RealConfiguration, GivesTheExpectedTable) {
  const auto result = ImportLiteLlm({File()}, ShippedCatalogue());
  ASSERT_THAT(result, IsOk());
  const std::string table = Table(*result);
  const fs::path path = Folder() / "expected" / (GetParam() + ".txt");
  if (std::getenv("LINCHPIN_UPDATE_EXPECTED") != nullptr && *std::getenv("LINCHPIN_UPDATE_EXPECTED") != 0)
    std::ofstream(path) << table;
  EXPECT_EQ(table, ReadFile(path));
}

TEST_P(RealConfiguration, AccountsForEveryEntry) {
  const auto result = ImportLiteLlm({File()}, ShippedCatalogue());
  ASSERT_THAT(result, IsOk());
  const ImportCounts& c = result->counts;
  EXPECT_EQ(c.entries, c.deployments + c.duplicates + c.malformed);
}

TEST_P(RealConfiguration, ProposesOnlyWhatAWriteAccepts) {
  const auto result = ImportLiteLlm({File()}, ShippedCatalogue());
  ASSERT_THAT(result, IsOk());
  for (const ProposedResource& proposal : result->proposals) {
    const std::string& name = resource::NameOf(*proposal.resource);
    EXPECT_NE(resource::KindOfName(name), nullptr) << name;
    EXPECT_THAT(resource::Validate(*proposal.resource), IsOk()) << name;
    for (const resource::Reference& reference : resource::References(*proposal.resource)) {
      EXPECT_NE((Proposed<google::protobuf::Message>(*result, reference.target)), nullptr)
          << name << reference.target;
    }
  }
}

TEST_P(RealConfiguration, KeepsNoKey) {
  const auto result = ImportLiteLlm({File()}, ShippedCatalogue());
  ASSERT_THAT(result, IsOk());
  for (const ProposedResource& proposal : result->proposals) {
    const std::string text = proposal.resource->DebugString();
    for (const char* secret : {"sk-", "bad-key", "fake-key", "my-fake-key", "API_KEY"}) {
      EXPECT_EQ(text.find(secret), std::string::npos) << text;
    }
  }
}

TEST_P(RealConfiguration, GivesTheSameTwice) {
  const auto once = ImportLiteLlm({File()}, ShippedCatalogue());
  const auto twice = ImportLiteLlm({File()}, ShippedCatalogue());
  ASSERT_THAT(once, IsOk());
  ASSERT_THAT(twice, IsOk());
  ASSERT_EQ(once->proposals.size(), twice->proposals.size());
  for (size_t i = 0; i < once->proposals.size(); ++i) {
    EXPECT_EQ(once->proposals[i].resource->DebugString(), twice->proposals[i].resource->DebugString());
  }
}

INSTANTIATE_TEST_SUITE_P(All, RealConfiguration, testing::ValuesIn(Stems()), [](const auto& param_info) {
  std::string name = param_info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace linchpin::importers
