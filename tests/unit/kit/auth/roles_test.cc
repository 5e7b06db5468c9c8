#include "services/kit/auth/roles.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace linchpin::kit {
namespace {

constexpr const char* kServices[] = {"linchpin.inventory.v1.InventoryService",
                                     "linchpin.policy.v1.PolicyService", "linchpin.risk.v1.RiskService"};

std::set<std::string> AllMethods() {
  std::set<std::string> methods;
  for (const char* name : kServices) {
    const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    EXPECT_NE(service, nullptr) << name;
    for (int i = 0; service != nullptr && i < service->method_count(); ++i) {
      methods.insert(service->full_name() + "/" + service->method(i)->name());
    }
  }
  return methods;
}

TEST(Roles, TableKnowsEveryRpcAndNoOther) {
  std::set<std::string> table;
  for (const RpcRole& row : RpcRoles()) table.insert(std::string(row.method));
  EXPECT_EQ(table, AllMethods()) << "give a new RPC its row in services/kit/auth/roles.cc";
}

TEST(Roles, TableIsSortedAndWithoutNone) {
  const auto rows = RpcRoles();
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(),
                             [](const auto& a, const auto& b) { return a.method < b.method; }));
  for (const RpcRole& row : rows) {
    EXPECT_GT(row.role, Role::kNone) << row.method;
    EXPECT_EQ(RequiredRole(row.method), row.role);
  }
}

TEST(Roles, ReadingNeedsAViewerAndWritingMore) {
  const struct {
    const char* prefix;
    Role least;
  } kCases[] = {{"Create", Role::kEditor},
                {"Update", Role::kEditor},
                {"Delete", Role::kEditor},
                {"BatchWrite", Role::kEditor}};
  for (const RpcRole& row : RpcRoles()) {
    const std::string_view method = row.method.substr(row.method.find('/') + 1);
    for (const auto& c : kCases) {
      if (method.starts_with(c.prefix)) {
        EXPECT_GE(row.role, c.least) << row.method;
      }
    }
    if (method.starts_with("Get") || method.starts_with("List")) {
      EXPECT_EQ(row.role, Role::kViewer) << row.method;
    }
    const bool policy_write = row.method.starts_with("linchpin.policy") && row.role > Role::kViewer;
    // Asking is an editor's; saying yes is not.
    const bool asks = method == "AcknowledgeFinding" || method == "CreateWaiver" ||
                      method == "UpdateWaiver" || method == "RevokeWaiver";
    if (policy_write) {
      EXPECT_GE(row.role, asks ? Role::kEditor : Role::kApprover) << row.method;
    }
  }
}

TEST(Roles, UnknownMethodIsForNobody) {
  EXPECT_FALSE(RequiredRole("linchpin.inventory.v1.InventoryService/Nothing").has_value());
  EXPECT_FALSE(RequiredRole("").has_value());
}

TEST(Roles, NamesGoBothWays) {
  for (Role role : {Role::kNone, Role::kViewer, Role::kEditor, Role::kApprover, Role::kAdmin}) {
    EXPECT_EQ(ParseRole(RoleName(role)), role);
  }
  EXPECT_FALSE(ParseRole("root").has_value());
}

}  // namespace
}  // namespace linchpin::kit
