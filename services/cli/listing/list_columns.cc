#include "services/cli/listing/list_columns.h"

#include <map>

namespace linchpin::cli {
namespace {

// By kind; the columns of a kind in the order in which a list shows them.
using Columns = std::map<std::string, std::vector<ListColumn>>;

Columns InventoryColumns() {
  return {
      {"Vendor",
       {{"NAME", "name"},
        {"COUNTRY", "country", true},
        {"PARENT", "parent", true},
        {"ROLES", "roles"},
        {"DISPLAY NAME", "display_name", false, true},
        {"HOMEPAGE", "homepage", false, true},
        {"OWN LINE", "own_line", true, true}}},
      {"Host",
       {{"NAME", "name"},
        {"COUNTRY", "country", true},
        {"PROVIDER", "provider", true},
        {"FACILITY", "facility", true},
        {"REGION", "region", false, true}}},
      {"Licence",
       {{"NAME", "name"},
        {"CATEGORY", "category", true},
        {"IRREVOCABLE", "irrevocable", true},
        {"SPDX", "spdx_expression"},
        {"RESTRICTIONS", "restrictions", true, true}}},
      {"Model",
       {{"NAME", "name"},
        {"DEVELOPER", "developer", true},
        {"ORIGIN", "origin_country", true, false, "developer", "country"},
        {"WEIGHTS", "weights", true},
        {"LICENCE", "licence", true},
        {"BASE MODELS", "derivations.base_model", true, true},
        {"FAMILY", "family", false, true},
        {"VERSION OF", "version_of", false, true}}},
      {"Deployment",
       {{"NAME", "name"},
        {"MODEL", "model", true},
        {"OPERATOR", "operator", true},
        {"HOST", "host", true},
        {"HOSTING", "hosting_mode", true},
        {"CUSTODY", "custody", true, true},
        {"API BASE", "api_base", false, true},
        {"WEIGHTS SOURCE", "weights_source", false, true}}},
      {"Route",
       {{"NAME", "name"},
        {"GATEWAY", "gateway"},
        {"PURPOSE", "purpose", true},
        {"ALTERNATIVES", "alternatives.target"},
        {"PRIORITY", "priority", false, true}}},
      {"Application",
       {{"NAME", "name"},
        {"TIER", "tier", true},
        {"OWNER", "owner"},
        {"BUSINESS UNIT", "business_unit"},
        {"ENVIRONMENT", "environment"},
        {"DATA CLASS", "data_class", false, true}}},
      {"BusinessService",
       {{"NAME", "name"},
        {"TIER", "tier", true},
        {"CRITICAL", "critical_function", true},
        {"OWNER", "owner"},
        {"BUSINESS UNIT", "business_unit"}}},
      {"Dependency",
       {{"NAME", "name"},
        {"PURPOSE", "purpose", true},
        {"ALTERNATIVES", "alternatives.target"},
        {"ESSENTIAL", "essential", false, true},
        {"ORIGIN", "origin", true, true}}},
  };
}

// Contracts and what people decide and assume.
Columns GovernanceColumns() {
  return {
      {"LegalEntity",
       {{"NAME", "name"},
        {"COUNTRY", "country", true},
        {"TYPE", "type", true},
        {"PARENT", "parent", true},
        {"LEI", "lei", true},
        {"LEGAL NAME", "legal_name", true, true},
        {"BRANCH OF", "branch_of", false, true}}},
      {"Contract",
       {{"NAME", "name"},
        {"VENDOR", "vendor"},
        {"ENDS", "end_time", true},
        {"NOTICE", "notice_period", true},
        {"EXIT PLAN TESTED", "exit_plan.last_test.time", true},
        {"REFERENCE", "reference", true, true},
        {"GOVERNING LAW", "governing_law", true, true},
        {"OWNER", "owner", false, true}}},
      {"JurisdictionSet", {{"NAME", "name"}, {"COUNTRIES", "countries"}, {"INCLUDES", "includes"}}},
      {"Policy",
       {{"NAME", "name"},
        {"RULES", "rules.id"},
        {"OWNER", "owner"},
        {"DISPLAY NAME", "display_name", false, true}}},
      {"Assignment", {{"NAME", "name"}, {"POLICY", "policy"}, {"MODE", "mode"}, {"OWNER", "owner"}}},
      {"HazardTable", {{"NAME", "name"}, {"HAZARDS", "hazards.atom"}, {"DISPLAY NAME", "display_name"}}},
      {"Scenario",
       {{"NAME", "name"},
        {"CUTS OFF", "cutoffs.type"},
        {"TARGETS", "cutoffs.target"},
        {"HORIZON", "horizon"},
        {"DISPLAY NAME", "display_name", false, true}}},
      {"Waiver",
       {{"NAME", "name"},
        {"STATE", "state"},
        {"ENDS", "expire_time"},
        {"OWNER", "owner"},
        {"REASON", "reason", false, true}}},
      {"Finding",
       {{"NAME", "name"},
        {"SEVERITY", "severity"},
        {"STATE", "state"},
        {"RULE", "rule"},
        {"SUBJECT", "subject"},
        {"MESSAGE", "message", false, true}}},
  };
}

}  // namespace

const std::vector<ListColumn>& ListColumnsOf(const std::string& kind) {
  static const auto* const columns = [] {
    auto* all = new Columns(InventoryColumns());
    all->merge(GovernanceColumns());
    return all;
  }();
  static const auto* const plain = new std::vector<ListColumn>{{"NAME", "name"}};
  const auto found = columns->find(kind);
  return found == columns->end() ? *plain : found->second;
}

}  // namespace linchpin::cli
