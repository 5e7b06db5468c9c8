// How concentrated the samples are: tests/scenarios/samples/concentration.expected, whose figures were
// computed a second time from the YAML by other means. Run with LINCHPIN_UPDATE_EXPECTED=1 to write it anew,
// and check the difference.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gtest/gtest.h"
#include "linchpin/risk/v1/concentration.pb.h"
#include "services/resource/document.h"
#include "services/risk/domain/reports/concentration_report.h"
#include "tests/support/inventory_text.h"
#include "tests/support/status_matchers.h"

namespace linchpin {
namespace {

namespace fs = std::filesystem;
namespace v1 = ::linchpin::risk::v1;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::shared_ptr<const replica::View> Samples() {
  std::vector<resource::Document> documents;
  for (const auto& entry : fs::directory_iterator(fs::path(LINCHPIN_SOURCE_DIR) / "deploy/samples")) {
    if (entry.path().extension() != ".yaml") continue;
    resource::ReadResult read = resource::ReadAll(entry.path().filename().string(), ReadFile(entry.path()));
    EXPECT_TRUE(read.errors.empty());
    std::move(read.documents.begin(), read.documents.end(), std::back_inserter(documents));
  }
  std::vector<const google::protobuf::Message*> inventory;
  for (const resource::Document& document : documents) {
    if (document.kind->area == resource::Area::kInventory) inventory.push_back(document.resource.get());
  }
  return testing_support::MakeView(inventory, 1);
}

std::string Line(const v1::Concentration& figure) {
  constexpr size_t kPrefix = sizeof("DIMENSION_") - 1;
  std::string line =
      absl::StrFormat("%s: HHI %.3f [%.3f, %.3f], unknown %.4f;",
                      linchpin::common::v1::Dimension_Name(figure.dimension()).substr(kPrefix), figure.hhi(),
                      figure.hhi_lower(), figure.hhi_upper(), figure.unknown_share_ratio());
  for (const auto& group : figure.groups()) absl::StrAppend(&line, " ", group.key(), " ", group.weight());
  return line + "\n";
}

TEST(SampleConcentration, IsTheOneThatWasCheckedByHand) {
  const auto view = Samples();
  ASSERT_TRUE(view->quarantine()->empty()) << view->quarantine()->begin()->second;
  risk::Analysis analysis(view->shared_graph());
  v1::GetConcentrationRequest request;
  request.set_max_groups(4);
  request.add_home("FR");
  v1::GetConcentrationResponse response;
  ASSERT_THAT(risk::ReportConcentration(analysis, request, {}, nullptr, response), IsOk());
  const v1::Concentration& first = response.concentrations(0);
  std::string answer = absl::StrCat("applications ", first.population(), ", weight ", first.total_weight(),
                                    ", unattributed ", first.unattributed_weight(), "\n");
  for (const v1::Concentration& figure : response.concentrations()) answer += Line(figure);
  absl::StrAppend(&answer, "foreign to FR ", response.foreign().foreign_weight(), ", home ",
                  response.foreign().home_weight(), ", unknown ", response.foreign().unknown_weight(), "\n");
  const fs::path path = fs::path(LINCHPIN_SOURCE_DIR) / "tests/scenarios/samples/concentration.expected";
  if (std::getenv("LINCHPIN_UPDATE_EXPECTED") != nullptr) std::ofstream(path) << answer;
  EXPECT_EQ(answer, ReadFile(path));
}

}  // namespace
}  // namespace linchpin
