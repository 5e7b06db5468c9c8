#include "services/kit/auth/roles.h"

#include <algorithm>
#include <array>

namespace linchpin::kit {
namespace {

constexpr std::array kRoleNames = {"none", "viewer", "editor", "approver", "admin"};

// Ascending by method. A method that is missing may be called by nobody, and fails a test.
constexpr RpcRole kTable[] = {
    {"linchpin.inventory.v1.InventoryService/BatchGet", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/BatchWrite", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/CreateApplication", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/CreateBusinessService", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/CreateContract", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/CreateDependency", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/CreateDeployment", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/CreateHost", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/CreateLegalEntity", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/CreateLicence", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/CreateModel", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/CreateRoute", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/CreateVendor", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/DeleteApplication", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/DeleteBusinessService", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/DeleteContract", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/DeleteDependency", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/DeleteDeployment", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/DeleteHost", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/DeleteLegalEntity", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/DeleteLicence", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/DeleteModel", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/DeleteRoute", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/DeleteVendor", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/DiffRevisions", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/FindPaths", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/GetApplication", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/GetBusinessService", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/GetContract", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/GetDependency", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/GetDeployment", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/GetHost", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/GetLegalEntity", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/GetLicence", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/GetModel", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/GetRoute", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/GetVendor", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/ListApplications", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/ListBusinessServices", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/ListChanges", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/ListContracts", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/ListDependencies", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/ListDeployments", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/ListHosts", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/ListLegalEntities", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/ListLicences", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/ListModels", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/ListRoutes", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/ListVendors", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/TraceDependencies", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/TraceDependents", Role::kViewer},
    {"linchpin.inventory.v1.InventoryService/UpdateApplication", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/UpdateBusinessService", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/UpdateContract", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/UpdateDependency", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/UpdateDeployment", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/UpdateHost", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/UpdateLegalEntity", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/UpdateLicence", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/UpdateModel", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/UpdateRoute", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/UpdateVendor", Role::kEditor},
    {"linchpin.inventory.v1.InventoryService/Watch", Role::kViewer},
    {"linchpin.policy.v1.PolicyService/AcknowledgeFinding", Role::kEditor},
    {"linchpin.policy.v1.PolicyService/ApproveWaiver", Role::kApprover},
    {"linchpin.policy.v1.PolicyService/CheckChange", Role::kViewer},
    {"linchpin.policy.v1.PolicyService/CreateAssignment", Role::kApprover},
    {"linchpin.policy.v1.PolicyService/CreateJurisdictionSet", Role::kApprover},
    {"linchpin.policy.v1.PolicyService/CreatePolicy", Role::kApprover},
    {"linchpin.policy.v1.PolicyService/CreateWaiver", Role::kEditor},
    {"linchpin.policy.v1.PolicyService/DeleteAssignment", Role::kApprover},
    {"linchpin.policy.v1.PolicyService/DeleteJurisdictionSet", Role::kApprover},
    {"linchpin.policy.v1.PolicyService/DeletePolicy", Role::kApprover},
    {"linchpin.policy.v1.PolicyService/DeleteWaiver", Role::kApprover},
    {"linchpin.policy.v1.PolicyService/EvaluatePolicies", Role::kViewer},
    {"linchpin.policy.v1.PolicyService/GetAssignment", Role::kViewer},
    {"linchpin.policy.v1.PolicyService/GetFinding", Role::kViewer},
    {"linchpin.policy.v1.PolicyService/GetJurisdictionSet", Role::kViewer},
    {"linchpin.policy.v1.PolicyService/GetPolicy", Role::kViewer},
    {"linchpin.policy.v1.PolicyService/GetWaiver", Role::kViewer},
    {"linchpin.policy.v1.PolicyService/ListAssignments", Role::kViewer},
    {"linchpin.policy.v1.PolicyService/ListFindings", Role::kViewer},
    {"linchpin.policy.v1.PolicyService/ListJurisdictionSets", Role::kViewer},
    {"linchpin.policy.v1.PolicyService/ListPolicies", Role::kViewer},
    {"linchpin.policy.v1.PolicyService/ListWaivers", Role::kViewer},
    {"linchpin.policy.v1.PolicyService/RevokeWaiver", Role::kEditor},
    {"linchpin.policy.v1.PolicyService/UpdateAssignment", Role::kApprover},
    {"linchpin.policy.v1.PolicyService/UpdateJurisdictionSet", Role::kApprover},
    {"linchpin.policy.v1.PolicyService/UpdatePolicy", Role::kApprover},
    {"linchpin.policy.v1.PolicyService/UpdateWaiver", Role::kEditor},
    {"linchpin.policy.v1.PolicyService/WatchFindings", Role::kViewer},
    {"linchpin.risk.v1.RiskService/AssessChange", Role::kViewer},
    {"linchpin.risk.v1.RiskService/AttestAbsence", Role::kViewer},
    {"linchpin.risk.v1.RiskService/CreateHazardTable", Role::kEditor},
    {"linchpin.risk.v1.RiskService/CreateScenario", Role::kEditor},
    {"linchpin.risk.v1.RiskService/DeleteHazardTable", Role::kEditor},
    {"linchpin.risk.v1.RiskService/DeleteScenario", Role::kEditor},
    {"linchpin.risk.v1.RiskService/EstimateLosses", Role::kViewer},
    {"linchpin.risk.v1.RiskService/ExplainScore", Role::kViewer},
    {"linchpin.risk.v1.RiskService/GetConcentration", Role::kViewer},
    {"linchpin.risk.v1.RiskService/GetHazardTable", Role::kViewer},
    {"linchpin.risk.v1.RiskService/GetHazards", Role::kViewer},
    {"linchpin.risk.v1.RiskService/GetImportance", Role::kViewer},
    {"linchpin.risk.v1.RiskService/GetReport", Role::kViewer},
    {"linchpin.risk.v1.RiskService/GetScenario", Role::kViewer},
    {"linchpin.risk.v1.RiskService/GetScenarioPreset", Role::kViewer},
    {"linchpin.risk.v1.RiskService/GetScore", Role::kViewer},
    {"linchpin.risk.v1.RiskService/ListConcentrationHistory", Role::kViewer},
    {"linchpin.risk.v1.RiskService/ListCutSets", Role::kViewer},
    {"linchpin.risk.v1.RiskService/ListHazardTables", Role::kViewer},
    {"linchpin.risk.v1.RiskService/ListOpenQuestions", Role::kViewer},
    {"linchpin.risk.v1.RiskService/ListScenarioPresets", Role::kViewer},
    {"linchpin.risk.v1.RiskService/ListScenarios", Role::kViewer},
    {"linchpin.risk.v1.RiskService/ListScoreHistory", Role::kViewer},
    {"linchpin.risk.v1.RiskService/ListScores", Role::kViewer},
    {"linchpin.risk.v1.RiskService/ListSharedFates", Role::kViewer},
    {"linchpin.risk.v1.RiskService/ListSinglePointsOfFailure", Role::kViewer},
    {"linchpin.risk.v1.RiskService/SimulateCutoff", Role::kViewer},
    {"linchpin.risk.v1.RiskService/SuggestRemedies", Role::kViewer},
    {"linchpin.risk.v1.RiskService/SweepCutoffs", Role::kViewer},
    {"linchpin.risk.v1.RiskService/UpdateHazardTable", Role::kEditor},
    {"linchpin.risk.v1.RiskService/UpdateScenario", Role::kEditor},
};

}  // namespace

std::string_view RoleName(Role role) { return kRoleNames[static_cast<size_t>(role)]; }

std::optional<Role> ParseRole(std::string_view name) {
  for (size_t i = 0; i < kRoleNames.size(); ++i) {
    if (kRoleNames[i] == name) return static_cast<Role>(i);
  }
  return std::nullopt;
}

std::span<const RpcRole> RpcRoles() { return kTable; }

std::optional<Role> RequiredRole(std::string_view method) {
  const auto* row = std::lower_bound(std::begin(kTable), std::end(kTable), method,
                                     [](const RpcRole& a, std::string_view b) { return a.method < b; });
  if (row == std::end(kTable) || row->method != method) return std::nullopt;
  return row->role;
}

}  // namespace linchpin::kit
