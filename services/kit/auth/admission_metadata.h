// The metadata by which a client and a service that asks for checks of changes understand each other.
#ifndef LINCHPIN_SERVICES_KIT_AUTH_ADMISSION_METADATA_H_
#define LINCHPIN_SERVICES_KIT_AUTH_ADMISSION_METADATA_H_

namespace linchpin::kit {

// Of a write: the token of the check, and why an admin writes without one.
inline constexpr char kCheckTokenKey[] = "linchpin-check-token";
inline constexpr char kOverrideKey[] = "linchpin-admission-override";
// Trailing metadata of the answer: an AdmissionOutcome, as text.
inline constexpr char kAdmissionKey[] = "linchpin-admission";

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_AUTH_ADMISSION_METADATA_H_
