// What OpenSSL knows of PEM texts.
#ifndef LINCHPIN_SERVICES_KIT_TLS_CERTIFICATE_CHECK_H_
#define LINCHPIN_SERVICES_KIT_TLS_CERTIFICATE_CHECK_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace linchpin::kit {

// When the first certificate of a PEM text ends. INVALID_ARGUMENT if there is none.
absl::StatusOr<absl::Time> CertificateEnd(const std::string& chain);

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_TLS_CERTIFICATE_CHECK_H_
