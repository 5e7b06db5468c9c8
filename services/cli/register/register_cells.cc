#include "services/cli/register/register_cells.h"

#include <algorithm>

#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

using inventory::v1::Vendor;

constexpr int64_t kHourSeconds = 3600;
constexpr int64_t kDaySeconds = 24 * kHourSeconds;

constexpr std::string_view kUnion[] = {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES",
                                       "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
                                       "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"};

std::string IdentifierOf(const Vendor& vendor, std::string_view scheme) {
  for (const Vendor::Identifier& identifier : vendor.identifiers()) {
    if (identifier.scheme() == scheme) return identifier.value();
  }
  return "";
}

// "DE_VAT": a country and one of the sorts of code that an individual may have.
bool IsOfIndividual(std::string_view scheme) {
  if (scheme.size() != 6 || scheme[2] != '_') return false;
  const std::string_view sort = scheme.substr(3);
  return sort == "CRN" || sort == "VAT" || sort == "PNR" || sort == "NIN";
}

// The code points below U+0250: Latin letters, digits, marks.
bool IsLatin(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0xC9 || (byte >= 0x80 && byte < 0xC0);
  });
}

std::vector<DefinedOption> MakeOptions() {
  struct List {
    const char* column;
    const char* name;
    std::vector<const char*> options;
  };
  const List lists[] = {
      {"B_02.01.0020",
       "Type of contractual arrangement",
       {"Standalone arrangement", "Overarching arrangement", "Subsequent or associated arrangement"}},
      {"B_02.02.0170",
       "Sensitiveness of the data stored by the ICT third-party service provider",
       {"Low", "Medium", "High"}},
      {"B_06.01.0110", "Impact of discontinuing the function", {"Low", "Medium", "High"}},
      {"B_07.01.0050",
       "Substitutability of the ICT third-party service provider",
       {"Not substitutable", "Highly complex substitutability",
        "Medium complexity in terms of substitutability", "Easily substitutable"}},
      {"B_07.01.0090",
       "Possibility of reintegration of the contracted ICT service",
       {"Easy", "Difficult", "Highly complex"}},
      {"B_07.01.0100", "Impact of discontinuing the ICT services", {"Low", "Medium", "High"}}};
  std::vector<DefinedOption> options;
  for (const List& list : lists) {
    for (size_t i = 0; i < list.options.size(); ++i)
      options.push_back({list.column, list.name, static_cast<int>(i) + 1, list.options[i]});
  }
  return options;
}

}  // namespace

ProviderCode CodeOf(const Vendor& vendor) {
  const std::string lei = IdentifierOf(vendor, "LEI"), euid = IdentifierOf(vendor, "EUID");
  if (!lei.empty()) return {lei, "LEI", euid, euid.empty() ? "" : "EUID"};
  if (!euid.empty()) return {euid, "EUID", "", ""};
  for (const Vendor::Identifier& identifier : vendor.identifiers()) {
    if (IsOfIndividual(identifier.scheme())) return {identifier.value(), identifier.scheme(), "", ""};
  }
  return {};
}

std::string DateText(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0 && time.nanos() == 0) return "";
  return resource::FormatTime(time).substr(0, 10);
}

std::string ServiceCode(inventory::v1::Contract::ServiceType type) {
  if (type == inventory::v1::Contract::SERVICE_TYPE_UNSPECIFIED) return "";
  const std::string number = std::to_string(static_cast<int>(type));
  return "S" + std::string(2 - number.size(), '0') + number;
}

std::string LatinNameOf(const Vendor& vendor) {
  if (!vendor.latin_name().empty()) return vendor.latin_name();
  return IsLatin(vendor.legal_name()) ? vendor.legal_name() : "";
}

bool IsInUnion(std::string_view country) {
  return std::binary_search(std::begin(kUnion), std::end(kUnion), country);
}

const std::vector<DefinedOption>& DefinedOptions() {
  static const auto* const options = new std::vector<DefinedOption>(MakeOptions());
  return *options;
}

RowMaker& RowMaker::Days(bool known, const google::protobuf::Duration& duration, const std::string& field,
                         bool mandatory) {
  return Add(known ? std::to_string(duration.seconds() / kDaySeconds) : "", field, mandatory);
}

RowMaker& RowMaker::Hours(bool known, const google::protobuf::Duration& duration, const std::string& field) {
  const int64_t hours = std::max<int64_t>(1, (duration.seconds() + kHourSeconds - 1) / kHourSeconds);
  return Add(known ? std::to_string(hours) : "", field);
}

}  // namespace linchpin::cli
