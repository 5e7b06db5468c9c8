// What a live server exports, against its documentation and promtool.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "tests/integration/inventory_client.h"
#include "tests/support/linchpind_process.h"
#include "tests/support/status_matchers.h"

namespace linchpin::integration {
namespace {

using ::testing::IsEmpty;
using testing_support::LinchpindProcess;
using testing_support::Scrape;
using testing_support::TempFolder;

std::set<std::string> Matches(const std::string& text, const char* pattern) {
  const std::regex expression(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end; ++match)
    found.insert((*match)[1]);
  return found;
}

std::string Page() {
  std::ifstream file(std::string(LINCHPIN_SOURCE_DIR) + "/docs/operating/metrics.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class MetricsTest : public testing::Test {
 protected:
  void SetUp() override {
    auto started = LinchpindProcess::Start({"--store=sqlite:" + (folder_ / "data"), "--home=FR"});
    ASSERT_THAT(started, IsOk());
    server_ = *std::move(started);
    ASSERT_THAT(InventoryClient(server_->address()).CreateVendor("a"), IsOk());
    scrape_ = Scrape(server_->metrics_port());
  }

  TempFolder folder_;
  std::unique_ptr<LinchpindProcess> server_;
  std::string scrape_;
};

TEST_F(MetricsTest, EveryFamilyIsDocumented) {
  const std::set<std::string> documented = Matches(Page(), "`((?:grpc|process|linchpin)_[a-z_]+)`");
  std::set<std::string> missing;
  for (const std::string& name : Matches(scrape_, "# TYPE ([a-z_]+) ")) {
    if (!documented.contains(name)) missing.insert(name);
  }
  EXPECT_THAT(missing, IsEmpty());
}

// A repeated write that finds everything as it is to be is fresh news all the same.
TEST_F(MetricsTest, AWriteThatChangesNothingConfirmsTheInventory) {
  const std::string name = "linchpin_inventory_last_confirmation_timestamp_seconds";
  const std::set<std::string> before = Matches(scrape_, (name + " ([0-9.e+]+)").c_str());
  ASSERT_EQ(before.size(), 1u);
  EXPECT_GT(std::stod(*before.begin()), 1.7e9);
}

TEST_F(MetricsTest, SeriesAreFew) {
  std::istringstream lines(scrape_);
  int series = 0;
  for (std::string line; std::getline(lines, line);) series += line.starts_with('#') ? 0 : 1;
  EXPECT_GT(series, 1000);  // 17 codes of some seventy methods.
  EXPECT_LT(series, 6000);
}

TEST_F(MetricsTest, PromtoolFindsNothingWrong) {
  if (system("command -v promtool > /dev/null") != 0)
    GTEST_SKIP() << "promtool is not installed (Debian package prometheus)";
  const std::string path = folder_.Write("metrics", scrape_);
  const int status = system(("promtool check metrics < " + path + " > " + path + ".out 2>&1").c_str());
  std::ifstream file(path + ".out");
  std::stringstream report;
  report << file.rdbuf();
  EXPECT_EQ(WEXITSTATUS(status), 0) << report.str();
}

}  // namespace
}  // namespace linchpin::integration
