#include "services/cli/register/register_rows.h"

#include <algorithm>
#include <optional>

#include "services/base/text.h"
#include "services/cli/register/register_cells.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
using base::Cat;
using inventory::BusinessService;
using inventory::Contract;
using inventory::LegalEntity;
using inventory::Vendor;

constexpr char kForever[] = "9999-12-31";
constexpr int kLastFinancialType = 22;

// A service of a contract, with what follows for it.
struct Bought {
  const Contract& contract;
  const Contract::Service& service;
  std::string path;                      // "services[0]."
  std::set<std::string> functions = {};  // Business services.
  bool critical = false;                 // Some of them is critical or important.
};

class Maker {
 public:
  Maker(const RegisterSource& source, std::string maintainer, std::string reporting_date)
      : source_(source), maintainer_(std::move(maintainer)), reporting_date_(std::move(reporting_date)) {}

  Register Make() {
    AddMaintainer();
    for (const auto& [name, entity] : source_.entities)
      entity.branch_of().empty() ? AddEntity(entity) : AddBranch(entity);
    for (const auto& [name, contract] : source_.contracts) AddContract(contract);
    AddVendors();
    for (const std::string& function : functions_) AddFunction(source_.services.at(function));
    AddDefinitions();
    AddUncovered();
    for (auto& [table, rows] : register_.rows) {
      std::sort(rows.begin(), rows.end(), [](const RegisterRow& a, const RegisterRow& b) {
        return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                            [](const auto& x, const auto& y) { return x.value < y.value; });
      });
    }
    return std::move(register_);
  }

 private:
  RowMaker Row(const char* table, const std::string& resource) {
    return RowMaker(register_, table, resource);
  }
  void Warn(const std::string& column, const std::string& resource, const std::string& field,
            std::string text) {
    register_.issues.push_back({RegisterIssue::Kind::kWarning, column, resource, field, std::move(text)});
  }
  void Fail(const std::string& column, const std::string& resource, const std::string& field,
            std::string text) {
    register_.issues.push_back({RegisterIssue::Kind::kError, column, resource, field, std::move(text)});
  }

  // --- Entities ------------------------------------------------------------------------------------------
  void AddMaintainer() {
    const LegalEntity& entity = source_.entities.at(maintainer_);
    Row("B_01.01", entity.name())
        .Add(entity.lei(), "lei")
        .Add(entity.legal_name(), "legalName")
        .Add(entity.country(), "country")
        .Option(entity.type(), "type")
        .Add(entity.competent_authority(), "competentAuthority")
        .Add(reporting_date_, "");
  }
  void AddEntity(const LegalEntity& entity) {
    const bool financial = entity.type() <= kLastFinancialType;
    const bool alone = IsNone(entity, "parent");
    Row("B_01.02", entity.name())
        .Add(entity.lei(), "lei")
        .Add(entity.legal_name(), "legalName")
        .Add(entity.country(), "country")
        .Option(entity.type(), "type")
        .Option(entity.hierarchy(), "hierarchy")
        // Who has no parent is named again.
        .Add(alone ? entity.lei() : LeiOf(entity.parent()), alone ? "lei" : "parent")
        .Add(DateText(entity.update_time()), "")
        .Add(entity.integration_date(), "integrationDate")
        .Add(entity.deletion_date().empty() ? kForever : entity.deletion_date(), "deletionDate")
        .Add(entity.has_total_assets() ? entity.currency() : "", "currency", entity.has_total_assets())
        .Add(entity.has_total_assets() ? std::to_string(entity.total_assets()) : "", "totalAssets",
             financial);
  }
  void AddBranch(const LegalEntity& branch) {
    Row("B_01.03", branch.name())
        .Add(BranchCodeOf(branch), "branchCode")
        .Add(LeiOf(branch.branch_of()), "branchOf")
        .Add(branch.legal_name(), "legalName")
        .Add(branch.country(), "country");
  }
  std::string LeiOf(const std::string& entity) const {
    return entity.empty() ? "" : source_.entities.at(entity).lei();
  }
  static std::string BranchCodeOf(const LegalEntity& branch) {
    return branch.branch_code().empty() ? branch.lei() : branch.branch_code();
  }
  const LegalEntity& HeadOf(const LegalEntity& entity) const {
    return entity.branch_of().empty() ? entity : source_.entities.at(entity.branch_of());
  }

  // --- Contracts -----------------------------------------------------------------------------------------
  void AddContract(const Contract& contract) {
    const bool subsequent = contract.type() == Contract::TYPE_SUBSEQUENT;
    const std::string over = subsequent && !contract.overarching_contract().empty()
                                 ? source_.contracts.at(contract.overarching_contract()).reference()
                                 : "";
    Row("B_02.01", contract.name())
        .Add(contract.reference(), "reference")
        .Option(contract.type(), "type")
        .Add(over, "overarchingContract", subsequent)
        .Add(contract.currency(), "currency")
        .Add(contract.has_annual_cost() ? std::to_string(contract.annual_cost()) : "", "annualCost");
    if (contract.type() == Contract::TYPE_OVERARCHING || subsequent) CheckOverarching(contract);
    AddParties(contract);
    providers_.insert(contract.vendor());
    if (contract.services().empty())
      Fail("B_02.02", contract.name(), "services", "state what the contract buys");
    for (int i = 0; i < contract.services_size(); ++i)
      AddService(contract, contract.services(i), Cat({"services[", std::to_string(i), "]."}));
  }
  void CheckOverarching(const Contract& contract) {
    if (contract.overarching_contract().empty()) return;
    if (source_.contracts.at(contract.overarching_contract()).type() == Contract::TYPE_OVERARCHING) return;
    Fail("B_02.01.0030", contract.name(), "overarchingContract",
         Cat({contract.overarching_contract(), " is not of type OVERARCHING"}));
  }
  void AddParties(const Contract& contract) {
    if (contract.signatories().empty())
      Fail("B_03.01", contract.name(), "signatories", "state who signed it");
    for (const std::string& entity : contract.signatories()) {
      Row("B_03.01", contract.name()).Add(contract.reference(), "reference").Of(entity, LeiOf(entity), "lei");
    }
    const ProviderCode provider = CodeOf(source_.vendors.at(contract.vendor()));
    Row("B_03.02", contract.name()).Add(contract.reference(), "reference").Code(contract.vendor(), provider);
    if (contract.users().empty()) Fail("B_04.01", contract.name(), "users", "state who uses what it buys");
    for (const std::string& name : contract.users()) {
      const LegalEntity& user = source_.entities.at(name);
      const bool branch = !user.branch_of().empty();
      Row("B_04.01", contract.name())
          .Add(contract.reference(), "reference")
          .Of(HeadOf(user).name(), HeadOf(user).lei(), "lei")
          .Add(branch ? "1" : "2", "users")
          .Of(name, branch ? BranchCodeOf(user) : "", "branchCode", branch);
    }
  }

  // --- Services ------------------------------------------------------------------------------------------
  void AddService(const Contract& contract, const Contract::Service& service, const std::string& path) {
    Bought bought{contract, service, path};
    covered_.insert(service.deployments().begin(), service.deployments().end());
    bought.functions = ServicesOn(source_, {service.deployments().begin(), service.deployments().end()});
    bought.functions.insert(service.business_services().begin(), service.business_services().end());
    bought.critical =
        std::any_of(bought.functions.begin(), bought.functions.end(),
                    [&](const std::string& name) { return source_.services.at(name).critical_function(); });
    if (bought.functions.empty()) {
      Warn("B_02.02", contract.name(), path + "deployments",
           "no business service stands on what it covers, so that it has no row");
    }
    for (const std::string& function : bought.functions) AddUses(bought, source_.services.at(function));
    AddChain(bought);
    if (bought.critical) AddAssessment(bought);
  }
  // One row for each entity that uses it for that function, and each place.
  void AddUses(const Bought& bought, const BusinessService& function) {
    functions_.insert(function.name());
    if (function.function().entity().empty()) return;  // Its own row says that this is missing.
    const std::string& entity = function.function().entity();
    const auto uses = [&](const std::string& name) {
      return HeadOf(source_.entities.at(name)).name() == entity;
    };
    if (!bought.contract.users().empty() &&
        std::none_of(bought.contract.users().begin(), bought.contract.users().end(), uses)) {
      Fail("B_02.02.0020", bought.contract.name(), "users",
           Cat({"does not name ", entity, ", whose function ", function.name(), " stands on it"}));
      return;
    }
    for (const std::string& from : Places(ProvisionOf(bought.service))) {
      for (const std::string& at_rest :
           Places({bought.service.storage_countries().begin(), bought.service.storage_countries().end()})) {
        for (const std::string& processed : Places({bought.service.processing_countries().begin(),
                                                    bought.service.processing_countries().end()}))
          AddUse(bought, function, entity, from, at_rest, processed);
      }
    }
  }
  static std::vector<std::string> Places(const std::set<std::string>& countries) {
    if (countries.empty()) return {""};
    return {countries.begin(), countries.end()};
  }
  // Where it is said to come from; else where its deployments run, if that is known of all.
  std::set<std::string> ProvisionOf(const Contract::Service& service) const {
    if (!service.provision_countries().empty())
      return {service.provision_countries().begin(), service.provision_countries().end()};
    std::set<std::string> countries;
    for (const std::string& name : service.deployments()) {
      const std::string& host = source_.deployments.at(name).host();
      if (host.empty() || source_.hosts.at(host).country().empty()) return {};
      countries.insert(source_.hosts.at(host).country());
    }
    return countries;
  }
  void AddUse(const Bought& bought, const BusinessService& function, const std::string& entity,
              const std::string& from, const std::string& at_rest, const std::string& processed) {
    const Contract& contract = bought.contract;
    const Contract::Service& service = bought.service;
    const bool critical = function.critical_function();
    const bool stores = service.stores_data();
    const bool ended = contract.end_reason() != Contract::END_REASON_UNSPECIFIED ||
                       (contract.has_end_time() && DateText(contract.end_time()) < reporting_date_);
    Row("B_02.02", contract.name())
        .Add(contract.reference(), "reference")
        .Of(entity, LeiOf(entity), "lei")
        .Code(contract.vendor(), CodeOf(source_.vendors.at(contract.vendor())))
        .Of(function.name(), function.function().identifier(), "function.identifier")
        .Add(ServiceCode(service.type()), bought.path + "type")
        .Add(DateText(contract.start_time()), "startTime")
        .Add(IsNone(contract, "end_time") ? kForever : DateText(contract.end_time()), "endTime")
        .Option(contract.end_reason(), "endReason", ended)
        .Days(contract.has_notice_period(), contract.notice_period(), "noticePeriod", critical)
        .Days(contract.has_vendor_notice_period(), contract.vendor_notice_period(), "vendorNoticePeriod",
              critical)
        .Add(contract.governing_law(), "governingLaw", critical)
        .Add(from, bought.path + "provisionCountries", critical)
        .YesNo(service.has_stores_data(), stores, bought.path + "storesData", critical)
        .Add(at_rest, bought.path + "storageCountries", stores)
        .Add(processed, bought.path + "processingCountries", service.processes_data())
        .Option(service.data_sensitivity(), bought.path + "dataSensitivity", stores && critical)
        .Option(service.reliance(), bought.path + "reliance", critical);
  }
  void AddChain(const Bought& bought) {
    const Contract& contract = bought.contract;
    const std::string type = ServiceCode(bought.service.type());
    const ProviderCode own = CodeOf(source_.vendors.at(contract.vendor()));
    const auto row = [&](const std::string& vendor, int rank) {
      RowMaker made = Row("B_05.02", contract.name());
      made.Add(contract.reference(), "reference")
          .Add(type, bought.path + "type")
          .Code(vendor, CodeOf(source_.vendors.at(vendor)))
          .Add(std::to_string(rank), bought.path + "deployments");
      return made;
    };
    row(contract.vendor(), 1).Add("", "", false).Add("", "", false);
    if (!bought.critical) return;  // Others are only asked for behind critical or important functions.
    const SupplyChain chain =
        ChainBehind(source_, contract.vendor(),
                    {bought.service.deployments().begin(), bought.service.deployments().end()});
    for (const Subcontractor& behind : chain.subcontractors) {
      subcontractors_.insert(behind.vendor);
      row(behind.vendor, behind.rank).Code(behind.recipient, CodeOf(source_.vendors.at(behind.recipient)));
    }
    for (const auto& [resource, field] : chain.missing)
      Warn("B_05.02", resource, field,
           Cat({"is not stated, so that the chain behind ", contract.name(), " is not whole"}));
    if (bought.service.deployments().empty())
      Warn("B_05.02", contract.name(), bought.path + "deployments",
           "names none, so that nobody behind the vendor is known");
  }
  void AddAssessment(const Bought& bought) {
    const Contract& contract = bought.contract;
    const Contract::Service& service = bought.service;
    const bool hard = service.substitutability() == Contract::SUBSTITUTABILITY_NONE ||
                      service.substitutability() == Contract::SUBSTITUTABILITY_HIGHLY_COMPLEX;
    const bool has_plan = contract.has_exit_plan();
    std::vector<std::string> alternatives;
    for (const std::string& name : service.alternatives()) {
      const Vendor& vendor = source_.vendors.at(name);
      alternatives.push_back(vendor.legal_name().empty() ? vendor.display_name() : vendor.legal_name());
      if (alternatives.back().empty()) alternatives.back() = resource::IdOf(name);
    }
    Row("B_07.01", contract.name())
        .Add(contract.reference(), "reference")
        .Code(contract.vendor(), CodeOf(source_.vendors.at(contract.vendor())))
        .Add(ServiceCode(service.type()), bought.path + "type")
        .Option(service.substitutability(), bought.path + "substitutability")
        .Option(service.substitution_obstacle(), bought.path + "substitutionObstacle", hard)
        .Add(IsNone(contract, "last_audit_time") ? kForever : DateText(contract.last_audit_time()),
             "lastAuditTime")
        .YesNo(has_plan || IsNone(contract, "exit_plan"), has_plan, "exitPlan")
        .Option(service.reintegration(), bought.path + "reintegration")
        .Option(service.discontinuation_impact(), bought.path + "discontinuationImpact")
        .Option(service.alternatives_found(), bought.path + "alternativesFound")
        .Add(base::JoinNames(alternatives, alternatives.size()), bought.path + "alternatives", false);
  }

  // --- Vendors -------------------------------------------------------------------------------------------
  void AddVendors() {
    std::set<std::string> vendors = providers_;
    vendors.insert(subcontractors_.begin(), subcontractors_.end());
    for (const std::string& name : std::set<std::string>(vendors)) {
      const UltimateParent parent = UltimateParentOf(source_, name);
      if (!parent.open) vendors.insert(parent.vendor);
    }
    for (const std::string& name : vendors) AddVendor(source_.vendors.at(name));
  }
  void AddVendor(const Vendor& vendor) {
    const ProviderCode code = CodeOf(vendor);
    const UltimateParent parent = UltimateParentOf(source_, vendor.name());
    const std::optional<Spend> spend = SpendOf(vendor.name());
    const bool direct = providers_.contains(vendor.name());
    RowMaker row = Row("B_05.01", vendor.name());
    row.Code(vendor.name(), code)
        .Add(code.additional, "identifiers", false)
        .Add(code.additional_type, "identifiers", !code.additional.empty())
        .Add(vendor.legal_name(), "legalName")
        .Add(LatinNameOf(vendor), vendor.legal_name().empty() ? "legalName" : "latinName")
        .Option(vendor.person_type(), "personType")
        .Add(vendor.country(), "country")
        .Add(spend ? spend->currency : "", "annualCost of its contracts", spend.has_value())
        .Add(spend ? std::to_string(spend->amount) : "", "annualCost of its contracts", direct);
    if (parent.open) {
      row.Of(parent.vendor, "", "parent").Of(parent.vendor, "", "parent");
    } else {
      row.Code(parent.vendor, CodeOf(source_.vendors.at(parent.vendor)));
    }
    CheckCode(vendor, code);
  }
  void CheckCode(const Vendor& vendor, const ProviderCode& code) {
    if (vendor.person_type() != Vendor::PERSON_TYPE_LEGAL_PERSON || code.value.empty()) return;
    if (code.type != "LEI" && code.type != "EUID")
      Fail("B_05.01.0020", vendor.name(), "identifiers",
           "a legal person is identified by LEI or EUID only; add one");
    if (code.type == "EUID" && !vendor.country().empty() && !IsInUnion(vendor.country()))
      Fail("B_05.01.0020", vendor.name(), "identifiers",
           "a legal person outside the Union is identified by LEI only");
  }
  struct Spend {
    std::string currency;
    int64_t amount = 0;
  };
  // What all contracts with it cost; nothing if one does not say, or if they differ in currency.
  std::optional<Spend> SpendOf(const std::string& vendor) {
    std::optional<Spend> spend;
    for (const auto& [name, contract] : source_.contracts) {
      if (contract.vendor() != vendor) continue;
      if (!contract.has_annual_cost()) return std::nullopt;
      if (spend.has_value() && spend->currency != contract.currency()) {
        Fail("B_05.01.0100", name, "currency",
             Cat({"is ", contract.currency(), ", that of another contract with ", vendor, " ",
                  spend->currency, "; they cannot be added up, state one currency"}));
        return std::nullopt;
      }
      if (!spend.has_value()) spend = Spend{contract.currency()};
      if (__builtin_add_overflow(spend->amount, contract.annual_cost(), &spend->amount)) return std::nullopt;
    }
    return spend;
  }

  // --- Functions -----------------------------------------------------------------------------------------
  void AddFunction(const BusinessService& service) {
    const inventory::BusinessFunction& function = service.function();
    const bool assessed = service.has_critical_function();
    Row("B_06.01", service.name())
        .Add(function.identifier(), "function.identifier")
        .Add(function.licensed_activity(), "function.licensedActivity")
        .Add(service.display_name(), "displayName")
        .Of(function.entity().empty() ? service.name() : function.entity(), LeiOf(function.entity()),
            function.entity().empty() ? "function.entity" : "lei")
        .Add(assessed ? service.critical_function() ? "1" : "2" : "", "criticalFunction")
        .Add(function.reasons(), "function.reasons", false)
        .Add(function.assessment_date(), "function.assessmentDate")
        .Hours(service.continuity().has_recovery_time_objective(),
               service.continuity().recovery_time_objective(), "continuity.recoveryTimeObjective")
        .Hours(function.has_recovery_point_objective(), function.recovery_point_objective(),
               "function.recoveryPointObjective")
        .Option(function.discontinuation_impact(), "function.discontinuationImpact");
  }

  // --- The rest ------------------------------------------------------------------------------------------
  void AddDefinitions() {
    const LegalEntity& entity = source_.entities.at(maintainer_);
    for (const DefinedOption& option : DefinedOptions()) {
      std::string definition;
      for (const LegalEntity::Definition& stated : entity.definitions()) {
        if (stated.column() == option.column && stated.option() == option.number)
          definition = stated.definition();
      }
      if (definition.empty()) ++undefined_;
      Row("B_99.01", entity.name())
          .Add(option.column, "")
          .Add(option.column_name, "")
          .Add(Cat({std::to_string(option.number), ". ", option.name}), "")
          .Add(definition, "definitions", false);
    }
    if (undefined_ > 0) {
      Warn("B_99.01.C0040", entity.name(), "definitions",
           Cat({"says nothing of ", std::to_string(undefined_), " of ",
                std::to_string(DefinedOptions().size()), " options"}));
    }
  }
  // What is used but bought by no contract would be missing from the register.
  void AddUncovered() {
    for (const auto& [name, deployment] : source_.deployments) {
      if (covered_.contains(name) || !source_.users.contains(name)) continue;
      if (deployment.hosting_mode() == inventory::Deployment::HOSTING_MODE_SELF_HOSTED) continue;
      Warn("B_02.01", name, "", "is used, but no contract covers it");
    }
  }

  const RegisterSource& source_;
  const std::string maintainer_;
  const std::string reporting_date_;
  Register register_;
  std::set<std::string> providers_, subcontractors_, functions_, covered_;
  int undefined_ = 0;
};

}  // namespace

Register MakeRegister(const RegisterSource& source, const std::string& maintainer,
                      const std::string& reporting_date) {
  return Maker(source, maintainer, reporting_date).Make();
}

}  // namespace linchpin::cli
