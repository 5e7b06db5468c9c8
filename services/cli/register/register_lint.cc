#include "services/cli/register/register_lint.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "absl/strings/ascii.h"
#include "services/base/text.h"
#include "services/resource/codes.h"
#include "services/resource/scalars.h"
#include "services/resource/validate.h"

namespace linchpin::cli {
namespace {

using base::Cat;

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); });
}

bool IsDay(const std::string& text) {
  return text.size() == 10 && resource::ParseTime(Cat({text, "T00:00:00Z"})).has_value();
}

bool IsCodeType(std::string_view type) {
  if (type == "LEI" || type == "EUID") return true;
  if (type.size() != 6 || type[2] != '_' || !resource::IsCountry(type.substr(0, 2))) return false;
  const std::string_view sort = type.substr(3);
  return sort == "CRN" || sort == "VAT" || sort == "PNR" || sort == "NIN";
}

// Of a closed list that is numbered from 1; that of B_07.01.0110 has no 3 to 6.
bool IsOption(const std::string& value, int last) {
  if (!IsDigits(value) || value.size() > 2) return false;
  const int number = std::stoi(value);
  return number >= 1 && number <= last && (last != 7 || number <= 2 || number == 7);
}

// What is wrong with a value; empty if nothing is. `type`: of a code, what sort it is.
std::string FaultOf(const RegisterColumn& column, const std::string& value, const std::string& type) {
  switch (column.form) {
    case ColumnForm::kLei:
      return resource::IsLei(value) ? ""
                                    : "is no LEI: its check digits do not fit, or it has not 20 characters";
    case ColumnForm::kCode:
      if (type == "LEI")
        return resource::IsLei(value) ? ""
                                      : "is no LEI: its check digits do not fit, or it has not 20 characters";
      return type != "EUID" || resource::IsEuid(value) ? "" : "is no EUID such as DEK1101R.HRB116737";
    case ColumnForm::kCodeType:
      return IsCodeType(value) ? "" : "is neither LEI nor EUID nor a country with CRN, VAT, PNR or NIN";
    case ColumnForm::kCountry:
      return resource::IsCountry(value) ? "" : "is no country of ISO 3166-1";
    case ColumnForm::kCurrency:
      return resource::IsCurrency(value) ? "" : "is no currency of ISO 4217";
    case ColumnForm::kDate:
      return IsDay(value) ? "" : "is no day such as 2026-10-02";
    case ColumnForm::kNumber:
      return IsDigits(value) ? "" : "is no natural number";
    case ColumnForm::kOption:
      return IsOption(value, column.options)
                 ? ""
                 : Cat({"is no option of the list, 1 to ", std::to_string(column.options)});
    case ColumnForm::kService:
      return value.size() == 3 && value >= "S01" && value <= "S19" ? ""
                                                                   : "is no type of ICT service, S01 to S19";
    case ColumnForm::kFunction:
      return value.size() > 1 && value[0] == 'F' && IsDigits(value.substr(1)) ? ""
                                                                              : "is not `F` and a number";
    case ColumnForm::kText:
      return "";
  }
  return "";
}

class Linter {
 public:
  explicit Linter(const Register& made) : made_(made) {
    for (const RegisterIssue& issue : made.issues) Add(issue);
  }

  std::vector<RegisterIssue> Run() {
    for (const RegisterTable& table : RegisterTables()) {
      const auto rows = made_.rows.find(table.id);
      if (rows == made_.rows.end()) continue;
      for (const RegisterRow& row : rows->second) CheckCells(table, row);
      CheckKeys(table, rows->second);
      for (const RegisterReference& reference : table.references)
        CheckReference(table, reference, rows->second);
    }
    std::vector<RegisterIssue> issues;
    for (auto& [key, issue] : issues_) issues.push_back(std::move(issue));
    return issues;
  }

 private:
  static std::string CodeOf(const RegisterTable& table, std::string_view column) {
    return Cat({table.id, ".", column});
  }

  void Add(const RegisterIssue& issue) {
    issues_.try_emplace(std::tuple(issue.kind, issue.resource, issue.field, issue.text), issue);
  }
  void Fail(const std::string& column, const RegisterCell& cell, std::string text) {
    Add({RegisterIssue::Kind::kError, column, cell.resource, cell.field, std::move(text)});
  }

  void CheckCells(const RegisterTable& table, const RegisterRow& row) {
    for (size_t i = 0; i < row.size(); ++i) {
      const RegisterColumn& column = table.columns[i];
      const RegisterCell& cell = row[i];
      if (cell.value.empty()) {
        if (cell.mandatory) Fail(CodeOf(table, column.code), cell, "is missing");
        continue;
      }
      const bool typed = column.form == ColumnForm::kCode && i + 1 < row.size();
      const std::string fault = FaultOf(column, cell.value, typed ? row[i + 1].value : "");
      if (!fault.empty()) Fail(CodeOf(table, column.code), cell, Cat({"`", cell.value, "` ", fault}));
    }
  }

  // Rows whose keys have a gap are told of already.
  static std::vector<std::string> ValuesOf(const RegisterTable& table,
                                           const std::vector<const char*>& columns, const RegisterRow& row) {
    std::vector<std::string> values;
    for (const char* column : columns) {
      values.push_back(row[table.Place(column)].value);
      if (values.back().empty()) return {};
    }
    return values;
  }

  void CheckKeys(const RegisterTable& table, const std::vector<RegisterRow>& rows) {
    std::map<std::vector<std::string>, const RegisterRow*> seen;
    for (const RegisterRow& row : rows) {
      std::vector<std::string> key;
      bool gap = false;
      for (size_t i = 0; i < row.size(); ++i) {
        if (!table.columns[i].key) continue;
        key.push_back(row[i].value);
        gap = gap || (row[i].value.empty() && row[i].mandatory);
      }
      if (gap || key.empty()) continue;
      const auto [first, is_new] = seen.try_emplace(key, &row);
      if (is_new) continue;
      const RegisterCell& cell = row.front();
      const RegisterCell& other = first->second->front();
      if (cell.resource == other.resource && Same(row, *first->second)) continue;
      // Two contracts of one reference are told of once, where that is stated.
      if (cell.resource != other.resource && OfContract(table)) continue;
      Fail(table.id, cell,
           Cat({"`", base::JoinNames(key, key.size()), "` is the key of another row too, of ",
                other.resource}));
    }
    CheckFunctions(table, rows);
  }
  static bool OfContract(const RegisterTable& table) {
    return std::any_of(table.references.begin(), table.references.end(),
                       [](const RegisterReference& reference) {
                         return std::string_view(reference.target) == "B_02.01" &&
                                std::string_view(reference.columns[0]) == "0010";
                       });
  }
  static bool Same(const RegisterRow& a, const RegisterRow& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const RegisterCell& x, const RegisterCell& y) { return x.value == y.value; });
  }
  // One function has one identifier, and one identifier one function of one entity.
  void CheckFunctions(const RegisterTable& table, const std::vector<RegisterRow>& rows) {
    if (std::string_view(table.id) != "B_06.01") return;
    std::map<std::string, const RegisterRow*> by_id;
    for (const RegisterRow& row : rows) {
      if (row[0].value.empty()) continue;
      const auto [first, is_new] = by_id.try_emplace(row[0].value, &row);
      if (!is_new)
        Fail("B_06.01.0010", row[0],
             Cat({"`", row[0].value, "` is that of ", first->second->front().resource, " too"}));
    }
  }

  void CheckReference(const RegisterTable& table, const RegisterReference& reference,
                      const std::vector<RegisterRow>& rows) {
    const auto& tables = RegisterTables();
    const RegisterTable& target = *std::find_if(
        tables.begin(), tables.end(),
        [&](const RegisterTable& other) { return std::string_view(other.id) == reference.target; });
    std::set<std::vector<std::string>> there;
    const auto targets = made_.rows.find(reference.target);
    if (targets != made_.rows.end()) {
      for (const RegisterRow& row : targets->second)
        there.insert(ValuesOf(target, reference.target_columns, row));
    }
    for (const RegisterRow& row : rows) {
      const std::vector<std::string> values = ValuesOf(table, reference.columns, row);
      if (values.empty() || there.contains(values)) continue;
      Fail(CodeOf(table, reference.columns.front()), row[table.Place(reference.columns.front())],
           Cat({"`", base::JoinNames(values, values.size()), "` has no row in ", reference.target}));
    }
  }

  const Register& made_;
  std::map<std::tuple<RegisterIssue::Kind, std::string, std::string, std::string>, RegisterIssue> issues_;
};

}  // namespace

std::vector<RegisterIssue> Lint(const Register& made) { return Linter(made).Run(); }

}  // namespace linchpin::cli
