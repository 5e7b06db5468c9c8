#include "services/server/credentials.h"

#include <utility>

namespace linchpin::linchpind {
namespace {

absl::Status OpenCertificates(const kit::Settings& settings, kit::Log& log, kit::Metrics& metrics,
                              Credentials& credentials) {
  if (const std::string& chain = settings.Text("tls-cert"); !chain.empty()) {
    auto store = kit::CertificateStore::Create(
        {chain, settings.Text("tls-key"), settings.Text("tls-client-ca")}, "server", log, metrics);
    if (!store.ok()) return store.status();
    credentials.server_certificates = *std::move(store);
  }
  if (const std::string& roots = settings.Text("client-ca"); !roots.empty()) {
    auto store = kit::CertificateStore::Create(
        {settings.Text("client-cert"), settings.Text("client-key"), roots}, "client", log, metrics);
    if (!store.ok()) return store.status();
    credentials.client_certificates = *std::move(store);
  }
  return absl::OkStatus();
}

absl::Status OpenTokens(const kit::Settings& settings, kit::Log& log, kit::Metrics& metrics,
                        Credentials& credentials) {
  kit::FileAuthenticator::Options options;
  options.path = settings.Text("auth-tokens-file");
  options.certificates_required = !settings.Text("tls-client-ca").empty();
  auto authenticator = kit::FileAuthenticator::Create(options, log, metrics);
  if (!authenticator.ok()) return authenticator.status();
  credentials.authenticator = *std::move(authenticator);
  if (const std::string& path = settings.Text("token-file"); !path.empty()) {
    auto token = kit::TokenFile::Open(path);
    if (!token.ok()) return token.status();
    credentials.token = *std::move(token);
  }
  return absl::OkStatus();
}

// One process with a store of its own has nobody to share a key with: its tokens end with it.
bool IsAlone(const kit::Settings& settings) {
  return settings.Text("target") == "all" && !settings.Text("store").starts_with("postgresql:");
}

absl::Status OpenCheckKeys(const kit::Settings& settings, kit::Log& log, kit::Metrics& metrics,
                           Credentials& credentials) {
  if (const std::string& path = settings.Text("admission-keys-file"); !path.empty()) {
    auto keys = kit::SigningKeys::Open(path, log, metrics);
    if (!keys.ok()) return keys.status();
    credentials.check_keys = *std::move(keys);
  } else if (IsAlone(settings)) {
    credentials.check_keys = kit::SigningKeys::Random();
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Credentials> Credentials::Open(const kit::Settings& settings, kit::Log& log,
                                              kit::Metrics& metrics) {
  Credentials credentials;
  if (absl::Status status = OpenCertificates(settings, log, metrics, credentials); !status.ok())
    return status;
  if (absl::Status status = OpenTokens(settings, log, metrics, credentials); !status.ok()) return status;
  if (absl::Status status = OpenCheckKeys(settings, log, metrics, credentials); !status.ok()) return status;
  credentials.failures = std::make_unique<kit::AuthFailures>(
      static_cast<int>(settings.Count("auth-failures-per-minute")), log, metrics);
  const auto address = kit::ParseHostPort(settings.Text("listen"));
  const bool asks = !settings.Text("auth-tokens-file").empty() || !settings.Text("tls-client-ca").empty();
  const bool insecure =
      address && !kit::IsLoopback(address->host) && (!credentials.server_certificates || !asks);
  if (insecure)
    log.Warning("others can reach the API without TLS or without showing who they are",
                {{"listen", settings.Text("listen")}});
  credentials.gauge = metrics.AddCollector([insecure](kit::GaugeSink& sink) {
    sink.Gauge("linchpin_insecure_listener",
               "Whether others can reach the API without TLS, or without tokens or certificates.", {},
               insecure ? 1 : 0);
  });
  return credentials;
}

std::shared_ptr<grpc::Channel> Credentials::Channel(const kit::Settings& settings,
                                                    const std::string& address) const {
  kit::ChannelOptions options;
  if (client_certificates) options.credentials = client_certificates->ForClient();
  options.message_bytes_max = static_cast<int>(settings.Count("max-message-bytes"));
  return kit::MakeChannel(address, options);
}

std::function<void(grpc::ClientContext&)> Credentials::Authorizer() const {
  if (!token) return [](grpc::ClientContext&) {};
  return [token = token](grpc::ClientContext& context) { token->Authorize(context); };
}

}  // namespace linchpin::linchpind
