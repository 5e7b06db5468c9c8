// The reasons of errors: those that the code gives and those that the API lists are the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "linchpin/common/v1/error_reason.pb.h"

namespace linchpin {
namespace {

using ::testing::IsEmpty;

// Reasons of a start that failed: they end in a log line and are never sent.
const std::set<std::string> kStartOnly = {"SCHEMA_TOO_NEW", "SCHEMA_TOO_OLD", "UNSAFE_SETTINGS",
                                          "STORE_IN_USE",   "STORE_DAMAGED",  "STORE_FOLDER_UNUSABLE"};

// Reasons between a store and its own service: nobody else sees them.
const std::set<std::string> kInside = {"LEASE_HELD", "LEASE_LOST", "FENCED"};

std::set<std::string> Listed() {
  std::set<std::string> reasons;
  const auto* descriptor = common::v1::ErrorReason_descriptor();
  for (int i = 0; i < descriptor->value_count(); ++i) {
    if (descriptor->value(i)->number() != 0) reasons.insert(descriptor->value(i)->name().substr(13));
  }
  return reasons;
}

// Words in capitals that stand as an argument after a status code, or are asked for or given as a reason.
std::set<std::string> Given() {
  const std::regex pattern(R"re((?:StatusCode::k[A-Za-z]+,\s*|reason = )"([A-Z][A-Z0-9_]+[A-Z0-9])")re");
  std::set<std::string> reasons = {"FIELD_INVALID"};
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::string(LINCHPIN_SOURCE_DIR) + "/services")) {
    // The command line has reasons of its own, which never travel.
    const bool command_line = entry.path().string().find("/services/cli/") != std::string::npos;
    if (entry.path().extension() != ".cc" || command_line) continue;
    std::ifstream file(entry.path());
    std::stringstream text;
    text << file.rdbuf();
    const std::string source = text.str();
    for (std::sregex_iterator match(source.begin(), source.end(), pattern), end; match != end; ++match)
      reasons.insert((*match)[1]);
  }
  return reasons;
}

TEST(ErrorReasons, WhatTheCodeGivesIsListed) {
  const std::set<std::string> listed = Listed();
  std::set<std::string> missing;
  for (const std::string& reason : Given()) {
    if (!listed.contains(reason) && !kStartOnly.contains(reason) && !kInside.contains(reason))
      missing.insert(reason);
  }
  EXPECT_THAT(missing, IsEmpty()) << "add them to proto/linchpin/common/v1/error_reason.proto";
}

TEST(ErrorReasons, WhatIsListedTheCodeGives) {
  const std::set<std::string> given = Given();
  std::set<std::string> unused;
  for (const std::string& reason : Listed()) {
    if (!given.contains(reason)) unused.insert(reason);
  }
  EXPECT_THAT(unused, IsEmpty());
}

}  // namespace
}  // namespace linchpin
