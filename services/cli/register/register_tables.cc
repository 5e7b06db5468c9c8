#include "services/cli/register/register_tables.h"

#include <algorithm>
#include <utility>

namespace linchpin::cli {
namespace {

using F = ColumnForm;

constexpr bool kKey = true;
constexpr char kWithinGroup[] =
    "contracts within the group cannot be stated: a contract names a vendor, not a legal entity";

std::vector<RegisterTable> EntityTables() {
  return {{"B_01.01",
           "entity that maintains the register",
           {{"0010", "LEI", F::kLei, 0, kKey},
            {"0020", "name"},
            {"0030", "country", F::kCountry},
            {"0040", "type of entity", F::kOption, 22},
            {"0050", "competent authority"},
            {"0060", "date of the reporting", F::kDate}}},
          {"B_01.02",
           "entities within the scope",
           {{"0010", "LEI", F::kLei, 0, kKey},
            {"0020", "name"},
            {"0030", "country", F::kCountry},
            {"0040", "type of entity", F::kOption, 24},
            {"0050", "hierarchy within the group", F::kOption, 5},
            {"0060", "LEI of the direct parent", F::kLei},
            {"0070", "date of last update", F::kDate},
            {"0080", "date of integration", F::kDate},
            {"0090", "date of deletion", F::kDate},
            {"0100", "currency", F::kCurrency},
            {"0110", "total assets", F::kNumber}}},
          {"B_01.03",
           "branches",
           {{"0010", "code of the branch", F::kText, 0, kKey},
            {"0020", "LEI of the head office", F::kLei, 0, kKey},
            {"0030", "name"},
            {"0040", "country", F::kCountry}},
           {{{"0020"}, "B_01.02", {"0010"}}}}};
}

std::vector<RegisterTable> ContractTables() {
  return {{"B_02.01",
           "contracts, in general",
           {{"0010", "reference number", F::kText, 0, kKey},
            {"0020", "type of arrangement", F::kOption, 3},
            {"0030", "overarching arrangement"},
            {"0040", "currency", F::kCurrency},
            {"0050", "annual expense", F::kNumber}},
           {{{"0030"}, "B_02.01", {"0010"}}}},
          {"B_02.02",
           "contracts, in particular",
           {{"0010", "reference number", F::kText, 0, kKey},
            {"0020", "LEI of the entity that uses it", F::kLei, 0, kKey},
            {"0030", "code of the provider", F::kCode, 0, kKey},
            {"0040", "type of that code", F::kCodeType, 0, kKey},
            {"0050", "function", F::kFunction, 0, kKey},
            {"0060", "type of ICT service", F::kService, 0, kKey},
            {"0070", "start date", F::kDate},
            {"0080", "end date", F::kDate},
            {"0090", "reason of the end", F::kOption, 6},
            {"0100", "notice of the entity, days", F::kNumber},
            {"0110", "notice of the provider, days", F::kNumber},
            {"0120", "country of the governing law", F::kCountry},
            {"0130", "country of provision", F::kCountry, 0, kKey},
            {"0140", "storage of data", F::kOption, 2},
            {"0150", "location of data at rest", F::kCountry, 0, kKey},
            {"0160", "location of processing", F::kCountry, 0, kKey},
            {"0170", "sensitiveness of the data", F::kOption, 3},
            {"0180", "level of reliance", F::kOption, 4}},
           {{{"0010"}, "B_02.01", {"0010"}},
            {{"0010", "0020"}, "B_04.01", {"0010", "0020"}},
            {{"0030", "0040"}, "B_05.01", {"0010", "0020"}},
            {{"0050", "0020"}, "B_06.01", {"0010", "0040"}}}},
          {"B_02.03",
           "contracts within the group",
           {{"0010", "reference number", F::kText, 0, kKey}, {"0020", "linked contract", F::kText, 0, kKey}},
           {},
           kWithinGroup}};
}

std::vector<RegisterTable> PartyTables() {
  return {{"B_03.01",
           "entities that signed",
           {{"0010", "reference number", F::kText, 0, kKey}, {"0020", "LEI of the entity", F::kLei, 0, kKey}},
           {{{"0010"}, "B_02.01", {"0010"}}}},
          {"B_03.02",
           "providers that signed",
           {{"0010", "reference number", F::kText, 0, kKey},
            {"0020", "code of the provider", F::kCode, 0, kKey},
            {"0030", "type of that code", F::kCodeType, 0, kKey}},
           {{{"0010"}, "B_02.01", {"0010"}}, {{"0020", "0030"}, "B_05.01", {"0010", "0020"}}}},
          {"B_03.03",
           "entities of the group that provide",
           {{"0010", "reference number", F::kText, 0, kKey}, {"0020", "LEI of the entity", F::kLei, 0, kKey}},
           {},
           kWithinGroup},
          {"B_04.01",
           "entities that use the services",
           {{"0010", "reference number", F::kText, 0, kKey},
            {"0020", "LEI of the entity", F::kLei, 0, kKey},
            {"0030", "branch or not", F::kOption, 2, kKey},
            {"0040", "code of the branch", F::kText, 0, kKey}},
           {{{"0010"}, "B_02.01", {"0010"}},
            {{"0020"}, "B_01.02", {"0010"}},
            {{"0040", "0020"}, "B_01.03", {"0010", "0020"}}}}};
}

std::vector<RegisterTable> ProviderTables() {
  return {{"B_05.01",
           "providers",
           {{"0010", "code", F::kCode, 0, kKey},
            {"0020", "type of that code", F::kCodeType, 0, kKey},
            {"0030", "additional code"},
            {"0040", "type of that code", F::kCodeType},
            {"0050", "legal name"},
            {"0060", "name in the Latin alphabet"},
            {"0070", "type of person", F::kOption, 2},
            {"0080", "country of the headquarters", F::kCountry},
            {"0090", "currency", F::kCurrency},
            {"0100", "total annual expense", F::kNumber},
            {"0110", "code of the ultimate parent", F::kCode},
            {"0120", "type of that code", F::kCodeType}},
           {{{"0110", "0120"}, "B_05.01", {"0010", "0020"}}}},
          {"B_05.02",
           "supply chain",
           {{"0010", "reference number", F::kText, 0, kKey},
            {"0020", "type of ICT service", F::kService, 0, kKey},
            {"0030", "code of the provider", F::kCode, 0, kKey},
            {"0040", "type of that code", F::kCodeType, 0, kKey},
            {"0050", "rank", F::kNumber, 0, kKey},
            {"0060", "code of the recipient", F::kCode, 0, kKey},
            {"0070", "type of that code", F::kCodeType, 0, kKey}},
           {{{"0010"}, "B_02.01", {"0010"}},
            {{"0030", "0040"}, "B_05.01", {"0010", "0020"}},
            {{"0060", "0070"}, "B_05.01", {"0010", "0020"}}}}};
}

std::vector<RegisterTable> FunctionTables() {
  return {{"B_06.01",
           "functions",
           {{"0010", "function", F::kFunction, 0, kKey},
            {"0020", "licensed activity"},
            {"0030", "name"},
            {"0040", "LEI of the entity", F::kLei},
            {"0060", "critical or important", F::kOption, 3},
            {"0070", "reasons"},
            {"0080", "date of the last assessment", F::kDate},
            {"0090", "recovery time objective, hours", F::kNumber},
            {"0100", "recovery point objective, hours", F::kNumber},
            {"0110", "impact of its end", F::kOption, 4}},
           {{{"0040"}, "B_01.02", {"0010"}}}},
          {"B_07.01",
           "assessment of the services",
           {{"0010", "reference number", F::kText, 0, kKey},
            {"0020", "code of the provider", F::kCode, 0, kKey},
            {"0030", "type of that code", F::kCodeType, 0, kKey},
            {"0040", "type of ICT service", F::kService, 0, kKey},
            {"0050", "substitutability", F::kOption, 4},
            {"0060", "why it is hard to substitute", F::kOption, 3},
            {"0070", "date of the last audit", F::kDate},
            {"0080", "exit plan", F::kOption, 2},
            {"0090", "reintegration", F::kOption, 3},
            {"0100", "impact of its end", F::kOption, 4},
            {"0110", "alternatives identified", F::kOption, 7},
            {"0120", "these alternatives"}},
           {{{"0010"}, "B_02.01", {"0010"}}, {{"0020", "0030"}, "B_05.01", {"0010", "0020"}}}},
          {"B_99.01",
           "definitions of options",
           {{"C0010", "column", F::kText, 0, kKey},
            {"C0020", "name of the column"},
            {"C0030", "option", F::kText, 0, kKey},
            {"C0040", "definition"}}}};
}

// In the order of the templates, in which the export writes them.
std::vector<RegisterTable> MakeTables() {
  std::vector<RegisterTable> tables;
  for (auto group : {EntityTables, ContractTables, PartyTables, ProviderTables, FunctionTables}) {
    for (RegisterTable& table : group()) tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace

size_t RegisterTable::Place(std::string_view code) const {
  return static_cast<size_t>(std::find_if(columns.begin(), columns.end(),
                                          [&](const RegisterColumn& column) { return column.code == code; }) -
                             columns.begin());
}

const std::vector<RegisterTable>& RegisterTables() {
  static const auto* const tables = new std::vector<RegisterTable>(MakeTables());
  return *tables;
}

}  // namespace linchpin::cli
