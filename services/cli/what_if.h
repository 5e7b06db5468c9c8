// --what-if: questions about the inventory as it would stand with the documents of a file.
#ifndef LINCHPIN_SERVICES_CLI_WHAT_IF_H_
#define LINCHPIN_SERVICES_CLI_WHAT_IF_H_

#include <istream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/cli/client/client.h"
#include "services/cli/flags/arguments.h"

namespace linchpin::cli {

// Operations of one question.
inline constexpr size_t kProposedOperationsMax = 100'000;

// A client that adds to every request that has a field `proposed` the documents of `paths` (`-` is `in`),
// each merged into what the server has, as `apply --merge` would write them. Other calls pass as they are.
// Errors: those of LoadFiles and CompleteDocuments; of usage for a document that is none of the inventory. A
// refusal of the documents names file and line.
absl::StatusOr<std::unique_ptr<Client>> MakeWhatIfClient(std::unique_ptr<Client> client,
                                                         const std::vector<std::string>& paths,
                                                         std::istream& in);

// --what-if. Every command has it whose requests have `proposed`.
Flag WhatIfFlag();

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_WHAT_IF_H_
