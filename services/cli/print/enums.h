// Values of flags that stand for values of enums: `operator-group` for DIMENSION_OPERATOR_GROUP.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_ENUMS_H_
#define LINCHPIN_SERVICES_CLI_PRINT_ENUMS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"

namespace linchpin::cli {

// All values but the unspecified one, in lower case with hyphens.
std::vector<std::string> FlagWords(const google::protobuf::EnumDescriptor& type);

// The number of a value, in any case, with `-` or `_`; an error of usage names the nearest.
absl::StatusOr<int> FlagEnum(const google::protobuf::EnumDescriptor& type, std::string_view flag,
                             std::string_view word);

// The same as "operator-group" of a number.
std::string FlagWord(const google::protobuf::EnumDescriptor& type, int number);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_ENUMS_H_
