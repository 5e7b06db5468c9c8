// The reference page of the settings is the table.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "services/server/server_settings.h"
#include "tests/support/status_matchers.h"

namespace linchpin::linchpind {
namespace {

TEST(ConfigurationPage, ShowsTheTableAsItIs) {
  std::ifstream file(std::string(LINCHPIN_SOURCE_DIR) + "/docs/operating/configuration.md");
  std::stringstream page;
  page << file.rdbuf();
  const std::string mark = "<!-- Made by `linchpind settings`; a test compares. -->\n";
  const size_t start = page.str().find(mark);
  ASSERT_NE(start, std::string::npos);
  EXPECT_EQ(page.str().substr(start + mark.size()), kit::SettingsMarkdown(ServerSettings()))
      << "put the output of `linchpind settings` below the mark";
}

absl::Status Check(std::vector<std::string> arguments) {
  auto settings = kit::Settings::Load(ServerSettings(), {std::move(arguments), {}});
  return settings.ok() ? CheckServerSettings(*settings) : settings.status();
}

TEST(ServerSettings, DefaultsAreRight) { EXPECT_EQ(Check({}), absl::OkStatus()); }

TEST(ServerSettings, OnlyRulesThatExistAreSwitchedOff) {
  EXPECT_THAT(Check({"--disabled-rules=own-line,typical-switch"}), IsOk());
  const absl::Status status = Check({"--disabled-rules=own-line,no-such"});
  EXPECT_NE(std::string(status.message()).find("\"no-such\""), std::string::npos) << status;
}

TEST(ServerSettings, ListenersThatOthersReachNeedTlsAndTokens) {
  EXPECT_THAT(Check({"--listen=0.0.0.0:1"}), ::testing::Not(IsOk()));
  EXPECT_THAT(Check({"--listen=0.0.0.0:1", "--auth-tokens-file=f"}), ::testing::Not(IsOk()));
  EXPECT_THAT(Check({"--listen=0.0.0.0:1", "--tls-cert=c", "--tls-key=k"}), ::testing::Not(IsOk()));
  EXPECT_THAT(Check({"--listen=[::]:1"}), ::testing::Not(IsOk()));
  EXPECT_THAT(Check({"--listen=0.0.0.0:1", "--tls-cert=c", "--tls-key=k", "--auth-tokens-file=f"}), IsOk());
  EXPECT_THAT(Check({"--listen=0.0.0.0:1", "--tls-cert=c", "--tls-key=k", "--tls-client-ca=a"}), IsOk());
  EXPECT_THAT(Check({"--listen=0.0.0.0:1", "--allow-insecure-listen"}), IsOk());
  EXPECT_THAT(Check({"--listen=[::1]:1"}), IsOk());
}

TEST(ServerSettings, MetricsThatOthersCanReadNeedToBeAllowed) {
  EXPECT_THAT(Check({"--metrics-listen=0.0.0.0:1"}), ::testing::Not(IsOk()));
  EXPECT_THAT(Check({"--metrics-listen=nowhere"}), ::testing::Not(IsOk()));
  EXPECT_THAT(Check({"--metrics-listen=0.0.0.0:1", "--allow-plaintext-metrics"}), IsOk());
  EXPECT_THAT(Check({"--metrics-listen=0.0.0.0:1", "--allow-insecure-listen"}), IsOk());
  EXPECT_THAT(Check({"--metrics-listen="}), IsOk());
}

TEST(ServerSettings, WhatBelongsTogetherIsAskedFor) {
  EXPECT_THAT(Check({"--tls-cert=c"}), ::testing::Not(IsOk()));
  EXPECT_THAT(Check({"--tls-client-ca=c"}), ::testing::Not(IsOk()));
  EXPECT_THAT(Check({"--client-key=c"}), ::testing::Not(IsOk()));
  EXPECT_THAT(Check({"--target=policy"}), ::testing::Not(IsOk()));
  EXPECT_THAT(Check({"--target=everything"}), ::testing::Not(IsOk()));
  EXPECT_THAT(Check({"--home=DE,XX"}), ::testing::Not(IsOk()));
  EXPECT_THAT(Check({"--currency=euro"}), ::testing::Not(IsOk()));
  EXPECT_THAT(Check({"--target=risk", "--inventory-address=inventory:50051"}), IsOk());
}

}  // namespace
}  // namespace linchpin::linchpind
