// How figures have moved, as people read it.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_TREND_TEXT_H_
#define LINCHPIN_SERVICES_CLI_PRINT_TREND_TEXT_H_

#include <string>

#include "google/protobuf/repeated_field.h"
#include "linchpin/risk/v1/concentration_history.pb.h"

namespace linchpin::cli {

// "120 up since 2026-11-01": the index `now` against the oldest point of about the last 30 days; "as on
// 2026-11-01" where it has not moved by a whole one; empty without a point of an earlier day. Points ascend.
std::string IndexTrendText(
    const google::protobuf::RepeatedPtrField<linchpin::risk::v1::ConcentrationPoint>& points, double now);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_TREND_TEXT_H_
