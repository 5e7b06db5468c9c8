// Entries of the catalogue on the terminal.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_ENTRY_TEXT_H_
#define LINCHPIN_SERVICES_CLI_PRINT_ENTRY_TEXT_H_

#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "services/cli/context.h"

namespace linchpin::cli {

// What an entry is, in a line: "OPEN weights of vendors/meta, licences/llama3-1".
std::string EntrySummary(const google::protobuf::Message& entry);

// One entry: each fact with where it comes from, what is probably so and why, what is unknown, other names.
// `versions` are names of models that are versions of it.
void PrintEntry(Context& context, const google::protobuf::Message& entry,
                const std::vector<std::string>& versions);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_ENTRY_TEXT_H_
