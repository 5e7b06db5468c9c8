// The written form of single values: what a field's type accepts, and what it is written as.
#ifndef LINCHPIN_SERVICES_RESOURCE_SCALARS_H_
#define LINCHPIN_SERVICES_RESOURCE_SCALARS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace linchpin::resource {

// A whole number, decimal, without leading zeros; nullopt if it is none or does not fit.
std::optional<int64_t> ParseInt(std::string_view text);
std::optional<uint64_t> ParseUint(std::string_view text);

// A decimal number as in JSON, finite.
std::optional<double> ParseNumber(std::string_view text);

// The shortest decimal that gives `value` again; always with `.` or `e`.
std::string FormatNumber(double value);

// 90s, 15m, 4h, 30d, 2w, 1.5s, with an optional `-`.
std::optional<google::protobuf::Duration> ParseDuration(std::string_view text);

// In the largest unit that gives a whole number; seconds otherwise.
std::string FormatDuration(const google::protobuf::Duration& duration);

// As proto JSON has it: 3600s, 1.500s.
std::string FormatDurationJson(const google::protobuf::Duration& duration);

// RFC 3339 with `Z` or an offset; years 0001 to 9999.
std::optional<google::protobuf::Timestamp> ParseTime(std::string_view text);

// RFC 3339 in UTC with 0, 3, 6 or 9 digits of a second.
std::string FormatTime(const google::protobuf::Timestamp& time);

// "CHAT" of PURPOSE_CHAT; the full name if the enum does not prefix its values.
std::string EnumShortName(const google::protobuf::EnumValueDescriptor& value);

// The value of a short or full name; null if there is none.
const google::protobuf::EnumValueDescriptor* FindEnumValue(const google::protobuf::EnumDescriptor& type,
                                                           std::string_view name);

// Short names of all values but the unspecified one.
std::vector<std::string> EnumShortNames(const google::protobuf::EnumDescriptor& type);

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_SCALARS_H_
