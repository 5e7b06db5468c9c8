// Where a fact comes from, in words.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_EVIDENCE_TEXT_H_
#define LINCHPIN_SERVICES_CLI_PRINT_EVIDENCE_TEXT_H_

#include <string>

#include "linchpin/common/v1/provenance.pb.h"

namespace linchpin::cli {

// "declared", "from the catalogue, 90% sure, https://example.com/terms"; `confidence` below 0 is not known.
// Empty where nothing is known.
std::string EvidenceText(linchpin::common::v1::Evidence::Source source, double confidence,
                         const std::string& uri);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_EVIDENCE_TEXT_H_
