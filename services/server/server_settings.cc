#include "services/server/server_settings.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "services/resource/validate.h"

namespace linchpin::linchpind {
namespace {

using kit::SettingType;

constexpr kit::Setting kTable[] = {
    {"config", SettingType::kPath, "",
     "A YAML file with settings by the names of this table. Flags and environment win over it."},
    {"target", SettingType::kText, "all", "Which services this process runs.", "all|inventory|policy|risk"},
    {"listen", SettingType::kAddress, "127.0.0.1:50051",
     "Where the API listens. Port 0 takes any free port; the log line `ready` says which."},
    {"health-listen", SettingType::kAddress, "127.0.0.1:50052",
     "Where grpc.health.v1 listens, in plaintext and without tokens. Empty: nowhere."},
    {"metrics-listen", SettingType::kAddress, "127.0.0.1:9464",
     "Where /metrics listens, in plaintext. Empty: nowhere."},
    {"store", SettingType::kStore, "sqlite:linchpin-data",
     "Where data is kept: `sqlite:DIR` (one process only) or `postgresql:` with a libpq connection string or "
     "URI. Each service has a file or a schema of its own."},
    {"store-password", SettingType::kSecret, "",
     "Password for PostgreSQL. libpq's own PGPASSFILE and service files work, too."},
    {"store-password-file", SettingType::kPath, "", "A file that holds it; read at start."},
    {"store-connections", SettingType::kCount, "4",
     "PostgreSQL connections for reading, besides the three that each service needs."},
    {"history-seconds", SettingType::kSeconds, "7776000",
     "How long every revision stays readable. 0: forever."},
    {"past-mebibytes", SettingType::kCount, "256",
     "Memory for views of past revisions, which answer `as_of`, of each store; one of them at least is made. "
     "A state that differs from the present one by more documents than this is refused."},
    {"score-history-seconds", SettingType::kSeconds, "34560000",
     "How long the history of risk scores is kept."},
    {"page-token-secret", SettingType::kSecret, "",
     "Seals page tokens, which grant nothing; the same for all replicas of one installation. Without it a "
     "fixed key guards against mistakes only."},
    {"admission", SettingType::kText, "off",
     "Whether the inventory takes a change only with the token of a check by the policies "
     "(docs/operating/admission.md): `enforce` refuses a change without, `warn` makes it and says so in the "
     "answer, the log, the audit and a metric, `off` asks for none.",
     "off|warn|enforce"},
    {"admission-keys-file", SettingType::kPath, "",
     "Keys by which check tokens are signed, one a line of 32 characters or more: the first signs, all are "
     "accepted. The same for all processes of inventory and policy. Re-read when it changes. Without it one "
     "process with everything on SQLite uses a key of its own, and others have no check tokens."},
    {"check-token-seconds", SettingType::kSeconds, "600",
     "How long a check admits its change: 1 to 86400. The inventory does not learn of policies that change "
     "meanwhile."},
    {"migrate", SettingType::kSwitch, "true",
     "Bring the database's schema up to date at start. Off where `linchpind migrate` is run beforehand; a "
     "schema that is behind is then refused."},
    {"inventory-address", SettingType::kTarget, "",
     "Where the inventory service is, for the targets policy and risk: `host:port`, or "
     "`dns:///host:port` for all addresses of a name."},
    {"home", SettingType::kList, "",
     "Countries that are not foreign, ISO 3166-1 alpha-2: used by exported gauges and by requests that name "
     "none."},
    {"disabled-rules", SettingType::kList, "",
     "Rules by which facts follow from others that simulations do not read, by id: own-line, serves-from, "
     "own-cloud, router, hosted-developer, version-of, typical-switch."},
    {"currency", SettingType::kText, "EUR", "The currency of all amounts, ISO 4217."},
    {"tls-cert", SettingType::kPath, "",
     "Certificate chain of the API listener, PEM. Re-read when it changes."},
    {"tls-key", SettingType::kPath, "", "Its private key, PEM."},
    {"tls-client-ca", SettingType::kPath, "",
     "Certificates that sign those of clients, PEM. With it every client must show one (mTLS)."},
    {"client-ca", SettingType::kPath, "",
     "Certificates that sign those of the other services, PEM. With it calls to them use TLS."},
    {"client-cert", SettingType::kPath, "", "Certificate chain to show to the other services, PEM."},
    {"client-key", SettingType::kPath, "", "Its private key, PEM."},
    {"auth-tokens-file", SettingType::kPath, "",
     "Who may call, and in which role (docs/operating/security.md). Re-read when it changes."},
    {"auth-failures-per-minute", SettingType::kCount, "60",
     "Failed authentications that one host may cause per minute; then its calls are told to wait. 0: no "
     "limit."},
    {"token-file", SettingType::kPath, "",
     "The token that this process sends to the other services. Re-read when it changes."},
    {"allow-plaintext-metrics", SettingType::kSwitch, "false",
     "Allow a metrics listener that others can reach; --allow-insecure-listen allows it too."},
    {"allow-insecure-listen", SettingType::kSwitch, "false",
     "Allow an API listener that others can reach without TLS, or without tokens and client certificates."},
    {"reflection", SettingType::kSwitch, "true",
     "Serve gRPC reflection, which shows the API's definition to anyone who can connect. Where tokens are "
     "asked for, the default is false."},
    {"max-message-bytes", SettingType::kCount, "16777216", "Largest message in and out."},
    {"max-concurrent-streams", SettingType::kCount, "256", "Calls at once on one connection."},
    {"max-calls", SettingType::kCount, "1024",
     "Unary calls of one service at once; more are refused with OVERLOADED."},
    {"max-streams", SettingType::kCount, "256", "Server streams of one service at once."},
    {"worker-threads", SettingType::kCount, "4",
     "Threads of one service for calls that compute; as many sweeps besides, each on a thread of its own."},
    {"max-queued-work", SettingType::kCount, "256",
     "Computing calls of one service that may wait for a thread."},
    {"default-deadline-seconds", SettingType::kSeconds, "30", "Deadline of a unary call that names none."},
    {"handshake-timeout-seconds", SettingType::kSeconds, "5",
     "Handshake timeout: how long a new connection may take for TLS and the HTTP/2 preface."},
    {"min-ping-interval-seconds", SettingType::kSeconds, "10",
     "Clients that ping more often are disconnected (GOAWAY, too_many_pings)."},
    {"max-connection-age-seconds", SettingType::kSeconds, "300",
     "New calls go to a new connection after about this time, so that clients find new replicas; calls under "
     "way go on where they are. 0: never."},
    {"drain-delay-seconds", SettingType::kSeconds, "5",
     "On SIGTERM: how long to go on serving while not ready. Skipped on SIGINT."},
    {"drain-timeout-seconds", SettingType::kSeconds, "20",
     "Then: how long calls under way may take to finish."},
    {"log-level", SettingType::kText, "info", "debug also logs every call.", "debug|info|warning|error"},
};

absl::Status Invalid(std::string_view what) {
  return absl::InvalidArgumentError(absl::string_view(what.data(), what.size()));
}

absl::Status CheckPair(const kit::Settings& settings, std::string_view a, std::string_view b) {
  if (settings.Text(a).empty() == settings.Text(b).empty()) return absl::OkStatus();
  return Invalid("--" + std::string(a) + " and --" + std::string(b) + " go together");
}

absl::Status CheckListen(const kit::Settings& settings) {
  const std::string& listen = settings.Text("listen");
  const auto address = kit::ParseHostPort(listen);
  if (!address) return Invalid("--listen needs host:port");
  if (kit::IsLoopback(address->host) || settings.Switch("allow-insecure-listen")) return absl::OkStatus();
  if (settings.Text("tls-cert").empty()) {
    return Invalid("others could read what goes to " + listen +
                   ": set --tls-cert and --tls-key, listen on 127.0.0.1, or say --allow-insecure-listen");
  }
  if (settings.Text("auth-tokens-file").empty() && settings.Text("tls-client-ca").empty()) {
    return Invalid(
        "anybody could call " + listen +
        ": set --auth-tokens-file or --tls-client-ca, listen on 127.0.0.1, or say --allow-insecure-listen");
  }
  return absl::OkStatus();
}

// Metrics name vendors, and show how much depends on them.
absl::Status CheckMetricsListen(const kit::Settings& settings) {
  const std::string& listen = settings.Text("metrics-listen");
  if (listen.empty()) return absl::OkStatus();
  const auto address = kit::ParseHostPort(listen);
  if (!address) return Invalid("--metrics-listen needs host:port");
  if (kit::IsLoopback(address->host) || settings.Switch("allow-plaintext-metrics") ||
      settings.Switch("allow-insecure-listen")) {
    return absl::OkStatus();
  }
  return Invalid(
      "anybody could read the metrics at " + listen +
      ": listen on 127.0.0.1, or say --allow-plaintext-metrics where the network keeps others out");
}

absl::Status CheckAddresses(const kit::Settings& settings) {
  const std::string& target = settings.Text("target");
  if ((target == "policy" || target == "risk") && settings.Text("inventory-address").empty()) {
    return Invalid("--target " + target + " needs --inventory-address");
  }
  return absl::OkStatus();
}

absl::Status CheckAdmission(const kit::Settings& settings) {
  const absl::Duration lifetime = settings.Seconds("check-token-seconds");
  if (lifetime < absl::Seconds(1) || lifetime > absl::Hours(24))
    return Invalid("--check-token-seconds must be 1 to 86400");
  if (!Serves(settings, "inventory")) return absl::OkStatus();
  if (settings.Text("admission") == "off" || !settings.Text("admission-keys-file").empty())
    return absl::OkStatus();
  if (settings.Text("target") == "all" && !settings.Text("store").starts_with("postgresql:"))
    return absl::OkStatus();
  return Invalid(
      "--admission " + settings.Text("admission") +
      " needs --admission-keys-file, the same for inventory and policy: other processes must be able to sign "
      "what this one believes");
}

absl::Status CheckWords(const kit::Settings& settings) {
  for (const std::string& country : settings.List("home")) {
    if (!resource::IsCountry(country))
      return Invalid("--home: \"" + country + "\" is not a country of ISO 3166-1 alpha-2, upper case");
  }
  for (const std::string& id : settings.List("disabled-rules")) {
    if (!engine::RuleOf(id).has_value()) {
      return Invalid("--disabled-rules: \"" + id + "\" is not a rule; the help names all");
    }
  }
  const std::string& currency = settings.Text("currency");
  if (currency.size() != 3 || currency.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos) {
    return Invalid("--currency: \"" + currency + "\" is not a currency of ISO 4217, such as EUR");
  }
  if (settings.Count("worker-threads") < 1) return Invalid("--worker-threads must be at least 1");
  const int64_t message_bytes = settings.Count("max-message-bytes");
  if (message_bytes < 65536 || message_bytes > (1 << 29)) {
    return Invalid("--max-message-bytes must be between 65536 and 536870912");
  }
  return absl::OkStatus();
}

}  // namespace

std::span<const kit::Setting> ServerSettings() { return kTable; }

absl::Status CheckServerSettings(const kit::Settings& settings) {
  for (const absl::Status& status :
       {CheckPair(settings, "tls-cert", "tls-key"), CheckPair(settings, "client-cert", "client-key"),
        CheckListen(settings), CheckMetricsListen(settings), CheckAddresses(settings),
        CheckAdmission(settings), CheckWords(settings)}) {
    if (!status.ok()) return status;
  }
  if (!settings.Text("tls-client-ca").empty() && settings.Text("tls-cert").empty()) {
    return Invalid("--tls-client-ca needs --tls-cert and --tls-key");
  }
  return absl::OkStatus();
}

engine::DisabledRules DisabledRulesOf(const kit::Settings& settings) {
  engine::DisabledRules disabled;
  for (const std::string& id : settings.List("disabled-rules")) {
    if (const auto rule = engine::RuleOf(id)) disabled.Add(*rule);
  }
  return disabled;
}

bool Serves(const kit::Settings& settings, std::string_view area) {
  const std::string& target = settings.Text("target");
  return target == "all" || target == area;
}

}  // namespace linchpin::linchpind
