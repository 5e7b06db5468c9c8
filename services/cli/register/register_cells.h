// Cells of the register of information: how facts are written there.
#ifndef LINCHPIN_SERVICES_CLI_REGISTER_REGISTER_CELLS_H_
#define LINCHPIN_SERVICES_CLI_REGISTER_REGISTER_CELLS_H_

#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "linchpin/inventory/v1/contract.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/cli/register/register_tables.h"

namespace linchpin::cli {

// By what a provider is identified: its LEI, else its EUID, else any other code of an individual.
struct ProviderCode {
  std::string value;
  std::string type;        // "LEI", "EUID", "DE_VAT"; empty with `value`.
  std::string additional;  // The EUID, where the LEI is the code.
  std::string additional_type;
};
ProviderCode CodeOf(const inventory::v1::Vendor& vendor);

// "2026-10-02", in UTC; empty of a time that is not set.
std::string DateText(const google::protobuf::Timestamp& time);
// "S19"; empty of what is not said.
std::string ServiceCode(inventory::v1::Contract::ServiceType type);
// The legal name in the Latin alphabet; empty if neither is stated so.
std::string LatinNameOf(const inventory::v1::Vendor& vendor);
// Whether a country is a Member State of the European Union.
bool IsInUnion(std::string_view country);

// The options that an entity defines: the rows of B_99.01.
struct DefinedOption {
  std::string column;
  std::string column_name;
  int number = 0;
  std::string name;
};
const std::vector<DefinedOption>& DefinedOptions();

// Adds a row to a table, cell by cell, in the order of the columns. `field`: as in files; the resource that
// states it is that of the row, unless a cell names another.
class RowMaker {
 public:
  RowMaker(Register& made, const char* table, std::string resource)
      : rows_(made.rows[table]), at_(rows_.size()), resource_(std::move(resource)) {
    rows_.emplace_back();
  }

  RowMaker& Add(const std::string& value, const std::string& field, bool mandatory = true) {
    return Of(resource_, value, field, mandatory);
  }
  RowMaker& Of(const std::string& resource, const std::string& value, const std::string& field,
               bool mandatory = true) {
    rows_[at_].push_back({value, resource, field, mandatory});
    return *this;
  }
  // Two cells: the code of a vendor and its type.
  RowMaker& Code(const std::string& vendor, const ProviderCode& code) {
    return Of(vendor, code.value, "identifiers").Of(vendor, code.type, "identifiers");
  }
  // An option by its number; empty if nobody said.
  RowMaker& Option(int number, const std::string& field, bool mandatory = true) {
    return Add(number == 0 ? "" : std::to_string(number), field, mandatory);
  }
  RowMaker& YesNo(bool known, bool yes, const std::string& field, bool mandatory = true) {
    return Add(!known ? "" : yes ? "1" : "2", field, mandatory);
  }
  RowMaker& Days(bool known, const google::protobuf::Duration& duration, const std::string& field,
                 bool mandatory);
  // Whole hours, rounded up; less than one is one.
  RowMaker& Hours(bool known, const google::protobuf::Duration& duration, const std::string& field);

 private:
  std::vector<RegisterRow>& rows_;
  const size_t at_;
  const std::string resource_;
};

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REGISTER_REGISTER_CELLS_H_
