// The style sheet of a report.
#ifndef LINCHPIN_SERVICES_CLI_REPORT_STYLE_H_
#define LINCHPIN_SERVICES_CLI_REPORT_STYLE_H_

#include <string_view>

namespace linchpin::cli {

// For screens from 320 pixels on, light and dark, and for A4. Text is never scaled with a picture: pictures
// stretch between pieces of text.
std::string_view StyleSheet();

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REPORT_STYLE_H_
