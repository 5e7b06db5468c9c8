// The reference page of the settings is the table.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "services/server/server_settings.h"

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
  EXPECT_TRUE(Check({"--disabled-rules=own-line,typical-switch"}).ok());
  const absl::Status status = Check({"--disabled-rules=own-line,no-such"});
  EXPECT_NE(std::string(status.message()).find("\"no-such\""), std::string::npos) << status;
}

TEST(ServerSettings, ListenersThatOthersReachNeedTlsAndTokens) {
  EXPECT_FALSE(Check({"--listen=0.0.0.0:1"}).ok());
  EXPECT_FALSE(Check({"--listen=0.0.0.0:1", "--auth-tokens-file=f"}).ok());
  EXPECT_FALSE(Check({"--listen=0.0.0.0:1", "--tls-cert=c", "--tls-key=k"}).ok());
  EXPECT_FALSE(Check({"--listen=[::]:1"}).ok());
  EXPECT_TRUE(Check({"--listen=0.0.0.0:1", "--tls-cert=c", "--tls-key=k", "--auth-tokens-file=f"}).ok());
  EXPECT_TRUE(Check({"--listen=0.0.0.0:1", "--tls-cert=c", "--tls-key=k", "--tls-client-ca=a"}).ok());
  EXPECT_TRUE(Check({"--listen=0.0.0.0:1", "--allow-insecure-listen"}).ok());
  EXPECT_TRUE(Check({"--listen=[::1]:1"}).ok());
}

TEST(ServerSettings, MetricsThatOthersCanReadNeedToBeAllowed) {
  EXPECT_FALSE(Check({"--metrics-listen=0.0.0.0:1"}).ok());
  EXPECT_FALSE(Check({"--metrics-listen=nowhere"}).ok());
  EXPECT_TRUE(Check({"--metrics-listen=0.0.0.0:1", "--allow-plaintext-metrics"}).ok());
  EXPECT_TRUE(Check({"--metrics-listen=0.0.0.0:1", "--allow-insecure-listen"}).ok());
  EXPECT_TRUE(Check({"--metrics-listen="}).ok());
}

TEST(ServerSettings, WhatBelongsTogetherIsAskedFor) {
  EXPECT_FALSE(Check({"--tls-cert=c"}).ok());
  EXPECT_FALSE(Check({"--tls-client-ca=c"}).ok());
  EXPECT_FALSE(Check({"--client-key=c"}).ok());
  EXPECT_FALSE(Check({"--target=policy"}).ok());
  EXPECT_FALSE(Check({"--target=everything"}).ok());
  EXPECT_FALSE(Check({"--home=DE,XX"}).ok());
  EXPECT_FALSE(Check({"--currency=euro"}).ok());
  EXPECT_TRUE(Check({"--target=risk", "--inventory-address=inventory:50051"}).ok());
}

}  // namespace
}  // namespace linchpin::linchpind
