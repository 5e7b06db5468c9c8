// Who calls, and what it may do.
#ifndef LINCHPIN_SERVICES_KIT_AUTH_AUTHENTICATOR_H_
#define LINCHPIN_SERVICES_KIT_AUTH_AUTHENTICATOR_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "services/kit/auth/roles.h"

namespace linchpin::kit {

// The name of callers on a server that asks nobody who they are: it tells no two of them apart.
inline constexpr char kAnonymous[] = "anonymous";

struct Principal {
  std::string name;
  Role role = Role::kNone;
};

// What is known of a caller before it is believed.
struct Credentials {
  std::string_view authorization;  // The metadata `authorization`, empty if there was none.
  // Names in the verified client certificate, subject's common name first; empty without mTLS. Called at most
  // once.
  absl::FunctionRef<std::vector<std::string>()> certificate_names;
};

// Thread safety: Authenticate is called from any thread, for every call; it must be quick.
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  // UNAUTHENTICATED, TOKEN_INVALID, if the caller cannot show who it is.
  virtual absl::StatusOr<Principal> Authenticate(const Credentials& credentials) const = 0;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_AUTH_AUTHENTICATOR_H_
