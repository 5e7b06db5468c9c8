// A report as one page that can be mailed, printed and read without anything else.
#ifndef LINCHPIN_SERVICES_CLI_REPORT_REPORT_PAGE_H_
#define LINCHPIN_SERVICES_CLI_REPORT_REPORT_PAGE_H_

#include <string>

#include "services/cli/report/report_data.h"

namespace linchpin::cli {

// "If vendors/openai exits, 6 of 49 applications stop for good ...": the sentence for a board, with its
// denominator.
std::string BoardSentence(const ReportData& data);

// The page. The same data give the same bytes.
std::string ReportPage(const ReportData& data);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REPORT_REPORT_PAGE_H_
