// Words that several parts of a report share.
#ifndef LINCHPIN_SERVICES_CLI_REPORT_PAGE_TEXT_H_
#define LINCHPIN_SERVICES_CLI_REPORT_PAGE_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "google/protobuf/timestamp.pb.h"
#include "linchpin/common/v1/dimension.pb.h"
#include "linchpin/risk/v1/report.pb.h"

namespace linchpin::cli {

// "vendors/openai exits".
std::string EventText(const linchpin::risk::v1::ReportEvent& event);

// "vendor openai", "weights from CN": of the key of an atom.
std::string AtomWords(std::string_view key);

// "12.0%, likely 15.0%, not excluded 40.0%": what is the same in two readings is said once.
std::string InReadings(const std::string& proven, const std::string& likely, const std::string& not_excluded);

// "2 to 3"; "2" where both are the same.
std::string FromTo(const std::string& from, const std::string& to);

// "2026-11-30", UTC.
std::string DayText(const google::protobuf::Timestamp& time);

// "operator group" of DIMENSION_OPERATOR_GROUP.
std::string DimensionText(linchpin::common::v1::Dimension dimension);

// "EUR 1.2 m" of 123456789 minor units: three digits, for axes and titles.
std::string ShortMoney(double minor, std::string_view currency);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REPORT_PAGE_TEXT_H_
