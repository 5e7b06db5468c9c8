#include "services/inventory/domain/contract_rules.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/resource/codes.h"

namespace linchpin::inventory {
namespace {

using v1::Contract;
using v1::LegalEntity;
using Violations = std::vector<base::FieldViolation>;

constexpr int64_t kDaySeconds = 86'400;

// The columns whose options an entity defines, with how many options each has.
constexpr std::pair<std::string_view, int> kDefinedColumns[] = {{"B_02.01.0020", 3}, {"B_02.02.0170", 3},
                                                                {"B_06.01.0110", 3}, {"B_07.01.0050", 4},
                                                                {"B_07.01.0090", 3}, {"B_07.01.0100", 3}};

// Collects violations of one message.
class Complaints {
 public:
  Complaints(std::string_view prefix, Violations& violations) : prefix_(prefix), violations_(violations) {}

  void Add(const std::string& field, std::string text) {
    violations_.push_back({prefix_ + field, std::move(text)});
  }
  void CheckCurrency(const std::string& code) {
    if (!code.empty() && !resource::IsCurrency(code)) {
      Add("currency",
          absl::StrCat("`", code,
                       "` is not a currency of ISO 4217; use three upper-case letters such as `EUR`"));
    }
  }
  void CheckDays(const char* field, bool present, int64_t seconds) {
    if (present && seconds % kDaySeconds != 0) Add(field, "must be a whole number of days, such as `90d`");
  }

 private:
  const std::string prefix_;
  Violations& violations_;
};

bool Contains(const google::protobuf::RepeatedPtrField<std::string>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// `path` ends with a point.
void CheckAlternatives(const Contract& contract, const Contract::Service& service, const std::string& path,
                       Complaints& complaints) {
  if (service.alternatives_size() > 0 && service.alternatives_found() != Contract::ALTERNATIVES_FOUND_YES)
    complaints.Add(path + "alternatives", "names vendors, so that `alternatives_found` must be YES");
  if (Contains(service.alternatives(), contract.vendor()) && !contract.vendor().empty())
    complaints.Add(path + "alternatives", "names the vendor of the contract; name others");
}

void CheckData(const Contract::Service& service, const std::string& path, Complaints& complaints) {
  const auto check = [&](bool denied, int countries, const char* field, const char* flag) {
    if (denied && countries > 0)
      complaints.Add(path + field,
                     absl::StrCat("names countries, but `", flag, "` is false; remove one of the two"));
  };
  check(service.has_stores_data() && !service.stores_data(), service.storage_countries_size(),
        "storage_countries", "stores_data");
  check(service.has_processes_data() && !service.processes_data(), service.processing_countries_size(),
        "processing_countries", "processes_data");
  if (service.data_sensitivity() == v1::LEVEL_NOT_ASSESSED)
    complaints.Add(path + "data_sensitivity", "is LOW, MEDIUM or HIGH; leave it out while it is unknown");
}

void CheckServices(const Contract& contract, Complaints& complaints) {
  std::set<int> types;
  for (int i = 0; i < contract.services_size(); ++i) {
    const Contract::Service& service = contract.services(i);
    const std::string path = absl::StrCat("services[", i, "].");
    if (service.type() != Contract::SERVICE_TYPE_UNSPECIFIED && !types.insert(service.type()).second)
      complaints.Add(path + "type", "is listed before; put both into one service");
    CheckAlternatives(contract, service, path, complaints);
    CheckData(service, path, complaints);
  }
}

void CheckOverarching(const Contract& contract, Complaints& complaints) {
  if (contract.overarching_contract().empty()) return;
  if (contract.type() != Contract::TYPE_SUBSEQUENT)
    complaints.Add("overarching_contract", "is only read of a contract of type SUBSEQUENT; state that type");
}

void CheckDefinitions(const LegalEntity& entity, Complaints& complaints) {
  std::set<std::pair<std::string, int>> seen;
  for (int i = 0; i < entity.definitions_size(); ++i) {
    const LegalEntity::Definition& definition = entity.definitions(i);
    const std::string path = absl::StrCat("definitions[", i, "].");
    const auto* const column =
        std::find_if(std::begin(kDefinedColumns), std::end(kDefinedColumns),
                     [&](const auto& row) { return row.first == definition.column(); });
    if (column == std::end(kDefinedColumns)) {
      complaints.Add(path + "column",
                     absl::StrCat("`", definition.column(),
                                  "` has no options to define; B_02.01.0020, B_02.02.0170, B_06.01.0110, "
                                  "B_07.01.0050, B_07.01.0090 and B_07.01.0100 have"));
    } else if (definition.option() > column->second) {
      complaints.Add(path + "option",
                     absl::StrCat("is above ", column->second, ", the last option of ", definition.column()));
    }
    if (!seen.emplace(definition.column(), definition.option()).second)
      complaints.Add(path + "option", "is defined before; remove one");
  }
}

}  // namespace

void CheckContract(const Contract& contract, std::string_view prefix, Violations& violations) {
  Complaints complaints(prefix, violations);
  if (contract.has_start_time() && contract.has_end_time() &&
      contract.end_time().seconds() < contract.start_time().seconds())
    complaints.Add("end_time", "lies before start_time");
  complaints.CheckDays("notice_period", contract.has_notice_period(), contract.notice_period().seconds());
  complaints.CheckDays("vendor_notice_period", contract.has_vendor_notice_period(),
                       contract.vendor_notice_period().seconds());
  complaints.CheckCurrency(contract.currency());
  if (contract.has_annual_cost() && contract.currency().empty())
    complaints.Add("annual_cost", "needs `currency` beside it");
  CheckOverarching(contract, complaints);
  CheckServices(contract, complaints);
}

void CheckLegalEntity(const LegalEntity& entity, std::string_view prefix, Violations& violations) {
  Complaints complaints(prefix, violations);
  if (!entity.lei().empty() && !resource::IsLei(entity.lei())) {
    complaints.Add(
        "lei", absl::StrCat("`", entity.lei(),
                            "` is no LEI: 20 upper-case letters and digits whose last two are check digits "
                            "(ISO 17442)"));
  }
  complaints.CheckCurrency(entity.currency());
  if (entity.has_total_assets() && entity.currency().empty())
    complaints.Add("total_assets", "needs `currency` beside it");
  if (!entity.branch_of().empty() && !entity.parent().empty())
    complaints.Add("parent",
                   "is not stated of a branch, which belongs to `branch_of`; remove one of the two");
  if (entity.branch_of().empty() && !entity.branch_code().empty())
    complaints.Add("branch_code", "is only stated of a branch; name its head office in `branch_of`");
  if (!entity.integration_date().empty() && !entity.deletion_date().empty() &&
      entity.deletion_date() < entity.integration_date())
    complaints.Add("deletion_date", "lies before integration_date");
  CheckDefinitions(entity, complaints);
}

void CheckBusinessFunction(const v1::BusinessFunction& function, std::string_view prefix,
                           Violations& violations) {
  const std::string& id = function.identifier();
  if (id.empty()) return;
  const bool numbered = id.size() > 1 && id[0] == 'F' && id[1] != '0' &&
                        std::all_of(id.begin() + 1, id.end(), [](char c) { return absl::ascii_isdigit(c); });
  if (!numbered) {
    Complaints(prefix, violations)
        .Add("identifier", absl::StrCat("`", id, "` is not `F` and a number from 1, such as `F12`"));
  }
}

}  // namespace linchpin::inventory
