// Takes secrets out of texts that people will see.
#ifndef LINCHPIN_SERVICES_BASE_REDACT_H_
#define LINCHPIN_SERVICES_BASE_REDACT_H_

#include <string>
#include <string_view>

namespace linchpin::base {

// The address of a store as it may be shown: `postgresql://u:***@h/db`, `postgresql:host=h password=***`.
//
// Shown are user, host and database, and the values of parameters that are known to hold no secret;
// everything else is replaced by ***, so that a text that no database would accept shows nothing either. A
// password may hold any byte, whether quoted correctly or not.
std::string RedactAddress(std::string_view address);

}  // namespace linchpin::base

#endif  // LINCHPIN_SERVICES_BASE_REDACT_H_
