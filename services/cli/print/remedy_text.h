// Remedies as people read them, and as documents to apply.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_REMEDY_TEXT_H_
#define LINCHPIN_SERVICES_CLI_PRINT_REMEDY_TEXT_H_

#include <string>
#include <vector>

#include "linchpin/risk/v1/remedy.pb.h"

namespace linchpin::cli {

// "Risk score 12.3 of 100, over 16 applications by criticality: 6.1 after these 3 changes, 9 days of work".
// `consumers`: whose score it is, where it is not the portfolio's.
std::string RemedyHeadline(const linchpin::risk::v1::RemedyResult& result,
                           const std::vector<std::string>& consumers, bool candidates);

// "Expected loss of a year EUR 1,200.00: EUR 800.00 after them (1,000 years drawn)"; empty where the headline
// says it all.
std::string RemedyLossLine(const linchpin::risk::v1::RemedyResult& result, bool candidates);

// What one buys, costs, helps against and assumes.
std::vector<std::string> RemedyLines(const linchpin::risk::v1::Remedy& remedy, const std::string& currency);

// What was looked at, and what the figures rest on.
std::string RemedyBasisLine(const linchpin::risk::v1::RemedyResult& result);

// YAML documents that state what changes, each resource once, in the order of references; as comments before
// them, what each remedy buys and assumes.
std::string RemedyDocuments(const linchpin::risk::v1::RemedyResult& result);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_REMEDY_TEXT_H_
