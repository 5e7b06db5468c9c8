// TLS: certificates from files, read anew when they change.
#ifndef LINCHPIN_SERVICES_KIT_TLS_CERTIFICATES_H_
#define LINCHPIN_SERVICES_KIT_TLS_CERTIFICATES_H_

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace grpc {
class ChannelCredentials;
class ServerCredentials;
}  // namespace grpc

namespace linchpin::kit {

class Log;
class Metrics;

struct CertificateFiles {
  std::string chain;  // Own certificate, then those that sign it; empty on a client that shows none.
  std::string key;    // Its private key, without a password.
  std::string roots;  // Certificates that sign those of the other side.
};

// Whether these PEM texts can be used together now: key and certificate belong to each other, the certificate
// is valid at `now`, and the roots hold at least one certificate. Empty texts are not looked at.
absl::Status CheckCertificates(const std::string& chain, const std::string& key, const std::string& roots,
                               absl::Time now);

// The certificates of one side, for credentials that follow the files.
//
// Files may be replaced one after the other or half-written: only texts that CheckCertificates accepts come
// into use, within three seconds. Until then, and as long as the files are broken, the ones before stay in
// force; that is logged and shown by the gauge linchpin_tls_reload_failed{use}. Connections that stand are
// not touched.
//
// Ownership: must outlive the credentials' users; log and metrics must outlive it.
class CertificateStore {
 public:
  // `use` is "server" or "client". Errors: INVALID_ARGUMENT, naming the file, if the first texts cannot be
  // used.
  static absl::StatusOr<std::unique_ptr<CertificateStore>> Create(const CertificateFiles& files,
                                                                  std::string_view use, Log& log,
                                                                  Metrics& metrics);
  virtual ~CertificateStore() = default;

  // For a listener; with `roots`, clients must show a certificate that they sign. TLS 1.2 or later.
  virtual std::shared_ptr<grpc::ServerCredentials> ForServer() = 0;
  // For channels; the server's name is checked against its certificate.
  virtual std::shared_ptr<grpc::ChannelCredentials> ForClient() = 0;
  // When the certificate in use ends; for the gauge.
  virtual absl::Time expires() const = 0;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_TLS_CERTIFICATES_H_
