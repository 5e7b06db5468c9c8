#include "services/cli/register/register_export.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/check/check_printers.h"
#include "services/cli/print/figures.h"
#include "services/resource/json/json_writer.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using resource::JsonQuote;

constexpr const char* kConventions[] = {
    "Options of closed lists are written by their numbers in the regulation, types of ICT services as S01 to "
    "S19.",
    "An end, an audit or a deletion that is stated not to be there is 9999-12-31; what is not stated is "
    "empty.",
    "A legal entity without a parent undertaking names itself in B_01.02.0060.",
    "The country of a provider's headquarters is the country of the vendor's seat.",
    "Ranks follow intermediaries, operator and host provider of the deployments that a service covers, "
    "behind critical or important functions only; other subcontractors are not known to the inventory.",
    "The country of provision is that of the hosts, where the contract does not state it.",
};

std::string Quoted(const std::string& value) {
  if (value.find_first_of(",\"\r\n") == std::string::npos) return value;
  std::string text = "\"";
  for (const char c : value) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

// "B_02.01.0010"
std::string CodeOf(const RegisterTable& table, const RegisterColumn& column) {
  return Cat({table.id, ".", column.code});
}

std::string CsvOf(const RegisterTable& table, const std::vector<RegisterRow>& rows) {
  std::string text;
  for (const RegisterColumn& column : table.columns)
    text += Cat({text.empty() ? "" : ",", CodeOf(table, column)});
  text += "\r\n";
  std::string before;
  for (const RegisterRow& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) line += Cat({i == 0 ? "" : ",", Quoted(row[i].value)});
    if (line == before) continue;  // Two functions of one contract name its provider once.
    text += Cat({line, "\r\n"});
    before = std::move(line);
  }
  return text;
}

const std::vector<RegisterRow>& RowsOf(const Register& made, const RegisterTable& table) {
  static const auto* const none = new std::vector<RegisterRow>;
  const auto found = made.rows.find(table.id);
  return found == made.rows.end() ? *none : found->second;
}

// Rows as they are written: equal neighbours are one.
int64_t CountOf(const Register& made, const RegisterTable& table) {
  const std::string text = CsvOf(table, RowsOf(made, table));
  int64_t count = 0;
  for (const RegisterRow& row : RowsOf(made, table)) count += row.empty() ? 0 : 1;
  if (count == 0) return 0;
  int64_t lines = -1;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (c == '\n' && !quoted) ++lines;
  }
  return lines;
}

absl::Status WriteFile(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (!file) {
    return base::Error(base::reason::FileNotWritable{.file = path.string()},
                       Cat({path.string(), ": cannot be written"}));
  }
  file << text;
  file.close();
  if (!file)
    return base::Error(base::reason::FileCutOff{.file = path.string()},
                       Cat({path.string(), ": not written completely"}));
  return absl::OkStatus();
}

const char* WordOf(RegisterIssue::Kind kind) {
  return kind == RegisterIssue::Kind::kError ? "error" : "warning";
}

std::string IssueText(const RegisterIssue& issue) {
  const std::string where = Cat({issue.resource, issue.field.empty() ? "" : " ", issue.field});
  return Cat({WordOf(issue.kind), ": ", where, ": ", issue.text, " (", issue.column, ")"});
}

std::string Headline(const RegisterReport& report) {
  int64_t filled = 0, rows = 0;
  for (const RegisterTable& table : RegisterTables()) {
    const int64_t count = CountOf(report.made, table);
    filled += count > 0 ? 1 : 0;
    rows += count;
  }
  const auto errors = static_cast<int64_t>(report.errors());
  return Cat({"Register of information of ", report.maintainer, ", ", report.basis, ": ",
              std::to_string(filled), " of ", std::to_string(RegisterTables().size()), " tables filled, ",
              Counted(rows, "row", "rows"), "; ", Counted(errors, "error", "errors"), ", ",
              Counted(static_cast<int64_t>(report.issues.size()) - errors, "warning", "warnings"), "."});
}

std::string StateOf(const RegisterReport& report, const RegisterTable& table) {
  if (table.left_out != nullptr) return Cat({"not filled: ", table.left_out});
  const int64_t count = CountOf(report.made, table);
  return count > 0 ? Counted(count, "row", "rows") : "no row: nothing in the inventory belongs there";
}

}  // namespace

size_t RegisterReport::errors() const {
  return static_cast<size_t>(std::count_if(issues.begin(), issues.end(), [](const RegisterIssue& issue) {
    return issue.kind == RegisterIssue::Kind::kError;
  }));
}

absl::Status WriteRegister(const RegisterReport& report, const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  for (const RegisterTable& table : RegisterTables()) {
    if (table.left_out != nullptr) continue;
    const absl::Status status = WriteFile(std::filesystem::path(folder) / Cat({table.id, ".csv"}),
                                          CsvOf(table, RowsOf(report.made, table)));
    if (!status.ok()) return status;
  }
  return WriteFile(std::filesystem::path(folder) / "statement.md", RegisterMarkdown(report));
}

std::string RegisterText(const RegisterReport& report, const std::string& folder) {
  std::string text = Cat({Headline(report), "\n\n"});
  for (const RegisterTable& table : RegisterTables())
    text += Cat({"  ", table.id, "  ", table.name, ": ", StateOf(report, table), "\n"});
  if (!report.issues.empty()) text += "\n";
  for (const RegisterIssue& issue : report.issues) text += Cat({IssueText(issue), "\n"});
  return text +
         Cat({"\n", folder.empty() ? "Nothing was written." : Cat({"Written to ", folder, "."}), "\n"});
}

std::string RegisterMarkdown(const RegisterReport& report) {
  std::string text = Cat(
      {"# Statement\n\n", MarkdownText(Headline(report)),
       "\n\nForm: Implementing Regulation (EU) 2024/2956, Annex I. This is a draft for the person who "
       "answers for the register, and not legal advice.\n\n| Table | What | State |\n| --- | --- | --- |\n"});
  for (const RegisterTable& table : RegisterTables())
    text += Cat({"| ", table.id, " | ", table.name, " | ", StateOf(report, table), " |\n"});
  text += "\n## How facts are written\n\n";
  for (const char* convention : kConventions) text += Cat({"- ", convention, "\n"});
  if (report.issues.empty()) return text;
  text +=
      "\n## What is missing or wrong\n\n| | Resource | Field | Column | What |\n| --- | --- | --- | --- | "
      "--- |\n";
  for (const RegisterIssue& issue : report.issues) {
    text += Cat({"| ", WordOf(issue.kind), " | ", MarkdownText(issue.resource), " | ",
                 MarkdownText(issue.field), " | ", issue.column, " | ", MarkdownText(issue.text), " |\n"});
  }
  return text;
}

std::string RegisterJson(const RegisterReport& report, const std::string& folder) {
  std::string text =
      Cat({"{\n  \"maintainer\": ", JsonQuote(report.maintainer), ",\n  \"basis\": ", JsonQuote(report.basis),
           ",\n  \"folder\": ", JsonQuote(folder), ",\n  \"tables\": ["});
  const char* comma = "\n";
  for (const RegisterTable& table : RegisterTables()) {
    text += Cat({comma, "    {\"id\": ", JsonQuote(table.id),
                 ", \"rows\": ", std::to_string(CountOf(report.made, table)),
                 ", \"state\": ", JsonQuote(StateOf(report, table)), "}"});
    comma = ",\n";
  }
  text += "\n  ],\n  \"issues\": [";
  comma = "\n";
  for (const RegisterIssue& issue : report.issues) {
    text += Cat({comma, "    {\"kind\": ", JsonQuote(WordOf(issue.kind)),
                 ", \"resource\": ", JsonQuote(issue.resource), ", \"field\": ", JsonQuote(issue.field),
                 ", \"column\": ", JsonQuote(issue.column), ", \"text\": ", JsonQuote(issue.text), "}"});
    comma = ",\n";
  }
  return text + "\n  ]\n}\n";
}

}  // namespace linchpin::cli
