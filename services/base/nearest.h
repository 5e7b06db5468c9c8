// The name that somebody probably meant.
#ifndef LINCHPIN_SERVICES_BASE_NEAREST_H_
#define LINCHPIN_SERVICES_BASE_NEAREST_H_

#include <span>
#include <string_view>

namespace linchpin::base {

// Letters to insert, remove or replace to get from one to the other. Inputs are cut at 64 bytes.
int EditDistance(std::string_view a, std::string_view b);

// The nearest of `names`, the first of equals; empty if none is within `distance_max`.
std::string_view Nearest(std::string_view word, std::span<const std::string_view> names,
                         int distance_max = 3);

}  // namespace linchpin::base

#endif  // LINCHPIN_SERVICES_BASE_NEAREST_H_
