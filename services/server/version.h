// What was built.
#ifndef LINCHPIN_SERVICES_SERVER_VERSION_H_
#define LINCHPIN_SERVICES_SERVER_VERSION_H_

#include <string_view>

namespace linchpin::linchpind {

std::string_view Version();   // "0.1.0"
std::string_view Revision();  // The commit, "unknown" outside a checkout.

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_VERSION_H_
