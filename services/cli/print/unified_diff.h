// Differences of two texts for people and patch tools.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_UNIFIED_DIFF_H_
#define LINCHPIN_SERVICES_CLI_PRINT_UNIFIED_DIFF_H_

#include <string>
#include <string_view>

namespace linchpin::cli {

// The unified diff from `before` to `after` with three lines of context; empty if they are equal.
// Cost: lines of `before` times lines of `after`; beyond four million the texts are shown as replaced whole.
std::string UnifiedDiff(std::string_view before_name, std::string_view before, std::string_view after_name,
                        std::string_view after);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_UNIFIED_DIFF_H_
