// The tables of the register of information: Annex I to Implementing Regulation (EU) 2024/2956.
#ifndef LINCHPIN_SERVICES_CLI_REGISTER_REGISTER_TABLES_H_
#define LINCHPIN_SERVICES_CLI_REGISTER_REGISTER_TABLES_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace linchpin::cli {

// What a column takes.
enum class ColumnForm {
  kText,
  kLei,
  kCode,
  kCodeType,
  kCountry,
  kCurrency,
  kDate,
  kNumber,
  kOption,
  kService,
  kFunction
};

struct RegisterColumn {
  const char* code;  // "0010"; of B_99.01 "C0010".
  const char* name;  // In short.
  ColumnForm form = ColumnForm::kText;
  int options = 0;   // Of kOption: the last one.
  bool key = false;  // Part of what tells rows apart.
};

// That each value of `columns` stands in a row of `target`, in the columns of the same places.
struct RegisterReference {
  std::vector<const char*> columns;
  const char* target;
  std::vector<const char*> target_columns;
};

struct RegisterTable {
  const char* id;    // "B_02.01"
  const char* name;  // In short.
  std::vector<RegisterColumn> columns;
  std::vector<RegisterReference> references = {};
  const char* left_out = nullptr;  // Why it is never filled; null: it is.

  size_t Place(std::string_view code) const;
};

// All fifteen, in the order of the annex.
const std::vector<RegisterTable>& RegisterTables();

// A value, and the field of the resource that states it or would have to.
struct RegisterCell {
  std::string value;
  std::string resource;
  std::string field;      // As in files.
  bool mandatory = true;  // As the instructions have it for this row.
};
using RegisterRow = std::vector<RegisterCell>;

// Something that is wrong, or that keeps the register from being whole.
struct RegisterIssue {
  enum class Kind { kError, kWarning };
  Kind kind = Kind::kError;
  std::string column;  // "B_02.02.0100"; may be a table.
  std::string resource;
  std::string field;
  std::string text;
};

struct Register {
  std::map<std::string, std::vector<RegisterRow>> rows;  // By the id of the table.
  std::vector<RegisterIssue> issues;                     // Found while the rows were made.
};

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REGISTER_REGISTER_TABLES_H_
