// Who gets in and how this process gets in elsewhere: certificates, tokens and keys, from the settings.
#ifndef LINCHPIN_SERVICES_SERVER_CREDENTIALS_H_
#define LINCHPIN_SERVICES_SERVER_CREDENTIALS_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/kit/auth/auth_failures.h"
#include "services/kit/auth/signing_keys.h"
#include "services/kit/auth/tokens.h"
#include "services/kit/config/settings.h"
#include "services/kit/logging/log.h"
#include "services/kit/metrics/metrics.h"
#include "services/kit/rpc/channel.h"
#include "services/kit/tls/certificates.h"

namespace linchpin::linchpind {

struct Credentials {
  // Errors: INVALID_ARGUMENT, naming the file that is wrong. A listener that others can reach without TLS or
  // tokens is warned about and shown by the gauge linchpin_insecure_listener.
  static absl::StatusOr<Credentials> Open(const kit::Settings& settings, kit::Log& log,
                                          kit::Metrics& metrics);

  // A channel to another service, by the client settings.
  std::shared_ptr<grpc::Channel> Channel(const kit::Settings& settings, const std::string& address) const;
  // Adds this process's token to a call to another service; does nothing if it has none.
  std::function<void(grpc::ClientContext&)> Authorizer() const;

  std::unique_ptr<kit::CertificateStore> server_certificates;  // Null: plaintext.
  std::unique_ptr<kit::CertificateStore> client_certificates;  // Null: plaintext.
  std::shared_ptr<kit::TokenFile> token;                       // Null: none.
  std::unique_ptr<kit::FileAuthenticator> authenticator;
  std::unique_ptr<kit::AuthFailures> failures;
  std::shared_ptr<const kit::SigningKeys> check_keys;  // Of check tokens. Null: there are none.
  std::unique_ptr<kit::CollectorHandle> gauge;
};

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_CREDENTIALS_H_
