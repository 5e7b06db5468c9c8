// The rows of the register of information, from the inventory.
#ifndef LINCHPIN_SERVICES_CLI_REGISTER_REGISTER_ROWS_H_
#define LINCHPIN_SERVICES_CLI_REGISTER_REGISTER_ROWS_H_

#include <string>

#include "services/cli/register/register_source.h"
#include "services/cli/register/register_tables.h"

namespace linchpin::cli {

// What is not stated is an empty cell, never a value made up. Rows stand in the order of their keys.
// `maintainer`: the legal entity whose register it is, of the source. `reporting_date`: `2026-10-02`.
Register MakeRegister(const RegisterSource& source, const std::string& maintainer,
                      const std::string& reporting_date);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REGISTER_REGISTER_ROWS_H_
