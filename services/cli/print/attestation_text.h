// What can be attested, for people and for a file that a third party reads.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_ATTESTATION_TEXT_H_
#define LINCHPIN_SERVICES_CLI_PRINT_ATTESTATION_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "linchpin/risk/v1/attestation.pb.h"
#include "services/cli/client/client.h"

namespace linchpin::cli {

// As lines of text, or as a Markdown document. Both say what was asked, the verdict with its figures, the way
// of each violation, the facts that stand in the way, and how to check the digest.
std::string AttestationText(const linchpin::risk::v1::Attestation& attestation);
std::string AttestationMarkdown(const linchpin::risk::v1::Attestation& attestation);

// The documents that would answer the questions, with blanks.
absl::StatusOr<std::string> AttestationDocuments(Client& client,
                                                 const linchpin::risk::v1::Attestation& attestation);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_ATTESTATION_TEXT_H_
