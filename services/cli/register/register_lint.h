// What is wrong with a register of information, before it is written.
#ifndef LINCHPIN_SERVICES_CLI_REGISTER_REGISTER_LINT_H_
#define LINCHPIN_SERVICES_CLI_REGISTER_REGISTER_LINT_H_

#include <vector>

#include "services/cli/register/register_tables.h"

namespace linchpin::cli {

// The issues of the register itself, and every mandatory cell that is empty, every value that its column does
// not take, every key that stands twice and every one that refers to no row; errors first, then by resource
// and field. One missing fact is one issue, however many rows it leaves a gap in.
std::vector<RegisterIssue> Lint(const Register& made);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REGISTER_REGISTER_LINT_H_
