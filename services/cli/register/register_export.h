// The register of information as files, and what is said of it.
#ifndef LINCHPIN_SERVICES_CLI_REGISTER_REGISTER_EXPORT_H_
#define LINCHPIN_SERVICES_CLI_REGISTER_REGISTER_EXPORT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/cli/register/register_tables.h"

namespace linchpin::cli {

struct RegisterReport {
  Register made;
  std::vector<RegisterIssue> issues;  // Of the lint.
  std::string maintainer;             // A legal entity.
  std::string basis;                  // "inventory revision 41"

  size_t errors() const;
};

// One file for each table that has a place for rows, such as `B_02.01.csv`: RFC 4180, the codes of the
// columns first. And `statement.md`. Files of that name are replaced, others stay. Errors: FILE_NOT_WRITABLE,
// FILE_CUT_OFF.
absl::Status WriteRegister(const RegisterReport& report, const std::string& folder);

// What is filled, what is not and why, and what is wrong.
std::string RegisterText(const RegisterReport& report, const std::string& folder);
std::string RegisterMarkdown(const RegisterReport& report);
std::string RegisterJson(const RegisterReport& report, const std::string& folder);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REGISTER_REGISTER_EXPORT_H_
