// Entries of the catalogue on the terminal.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_ENTRY_TEXT_H_
#define LINCHPIN_SERVICES_CLI_PRINT_ENTRY_TEXT_H_

#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "services/cli/context.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {

// What an entry is, in a line: "OPEN weights of vendors/meta, licences/llama3-1".
std::string EntrySummary(const google::protobuf::Message& entry);

// Every fact of a resource of any kind with its value and where it comes from: what is stated, what is stated
// to be none, what is probably so and why, what it can only be, and what nobody knows.
Table FactsTable(const google::protobuf::Message& resource);

// One entry: each fact with where it comes from, what is probably so and why, what is unknown, other names.
// `versions` are names of models that are versions of it.
void PrintEntry(Context& context, const google::protobuf::Message& entry,
                const std::vector<std::string>& versions);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_ENTRY_TEXT_H_
