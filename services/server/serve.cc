#include "services/server/serve.h"

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/kit/listener/health.h"
#include "services/kit/listener/liveness.h"
#include "services/kit/listener/server.h"
#include "services/kit/logging/library_log.h"
#include "services/kit/metrics/http_exposer.h"
#include "services/kit/metrics/metrics.h"
#include "services/kit/rpc/pipeline.h"
#include "services/kit/rpc/rpc_metrics.h"
#include "services/server/exit_by.h"
#include "services/server/modules.h"
#include "services/server/signals.h"
#include "services/server/version.h"

namespace linchpin::linchpind {
namespace {

std::string_view View(absl::string_view text) { return {text.data(), text.size()}; }

void LogSettings(const kit::Settings& settings, kit::Log& log) {
  const auto shown = settings.Shown();
  std::vector<kit::LogField> fields;
  fields.emplace_back("version", Version());
  for (const auto& [name, value] : shown) fields.emplace_back(name, value);
  log.Write(kit::LogLevel::kInfo, "starting", fields);
  for (const std::string& warning : settings.warnings()) log.Warning("environment", {{"detail", warning}});
}

kit::PipelineOptions MakePipelineOptions(const kit::Settings& settings, kit::Log& log,
                                         kit::RpcMetrics& rpc_metrics) {
  kit::PipelineOptions options;
  options.log = &log;
  options.metrics = &rpc_metrics;
  options.default_deadline = settings.Seconds("default-deadline-seconds");
  options.message_bytes_max = static_cast<int>(settings.Count("max-message-bytes"));
  options.calls_max = static_cast<int>(settings.Count("max-calls"));
  options.streams_max = static_cast<int>(settings.Count("max-streams"));
  options.pool_threads = static_cast<int>(settings.Count("worker-threads"));
  options.pool_queue_max = static_cast<int>(settings.Count("max-queued-work"));
  return options;
}

// Reflection knows no tokens: gRPC brings it, past the pipeline. So where they are asked for it is there only
// if somebody wants it all the same; with client certificates whoever gets that far has shown one.
bool ServesReflection(const kit::Settings& settings) {
  const bool tokens = !settings.Text("auth-tokens-file").empty() && settings.Text("tls-client-ca").empty();
  const bool asked = settings.SourceOf("reflection") != kit::SettingSource::kDefault;
  return settings.Switch("reflection") && (asked || !tokens);
}

kit::ServerOptions MakeServerOptions(const kit::Settings& settings) {
  kit::ServerOptions options;
  options.listen = settings.Text("listen");
  options.reflection = ServesReflection(settings);
  options.message_bytes_max = static_cast<int>(settings.Count("max-message-bytes"));
  options.concurrent_streams_max = static_cast<int>(settings.Count("max-concurrent-streams"));
  options.handshake_timeout = settings.Seconds("handshake-timeout-seconds");
  options.ping_interval_min = settings.Seconds("min-ping-interval-seconds");
  const absl::Duration age = settings.Seconds("max-connection-age-seconds");
  if (age > absl::ZeroDuration()) options.connection_age_max = age;
  return options;
}

// Health and metrics: there before the stores are.
struct Probes {
  std::unique_ptr<kit::HealthServer> health;
  std::unique_ptr<kit::HttpExposer> metrics;

  absl::Status Start(const kit::Settings& settings, kit::Health& state, const kit::Metrics& values) {
    if (const std::string& address = settings.Text("health-listen"); !address.empty()) {
      auto started = kit::HealthServer::Start(address, state);
      if (!started.ok()) return started.status();
      health = *std::move(started);
    }
    if (const std::string& address = settings.Text("metrics-listen"); !address.empty()) {
      auto started = kit::HttpExposer::Start(address, [&values] { return values.Scrape(); });
      if (!started.ok()) return started.status();
      metrics = *std::move(started);
    }
    return absl::OkStatus();
  }
};

// From the signal to the last answer.
void Drain(const kit::Settings& settings, int signal, kit::Health& health, kit::Server& server,
           kit::Log& log) {
  health.Drain();
  const absl::Duration delay =
      signal == SIGTERM ? settings.Seconds("drain-delay-seconds") : absl::ZeroDuration();
  log.Info("draining", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"},
                        {"delay_seconds", absl::ToDoubleSeconds(delay)}});
  // A second signal ends the waiting.
  if (delay > absl::ZeroDuration()) WaitForSignal(delay);
  const base::SteadyTime begin = base::SteadyNow();
  const absl::Duration timeout = settings.Seconds("drain-timeout-seconds");
  ExitBy(timeout + kEndLimit, log);
  const bool finished = server.Drain(begin + timeout);
  const double took = absl::ToDoubleSeconds(base::SteadyNow() - begin);
  if (finished) {
    log.Info("drained", {{"seconds", took}});
  } else {
    log.Warning("calls were ended because they took longer than the drain timeout", {{"seconds", took}});
  }
}

}  // namespace

int Serve(const kit::Settings& settings, kit::Log& log) {
  LogSettings(settings, log);
  kit::SendLibraryLogsTo(log);
  kit::Metrics metrics(Version(), Revision());
  kit::RpcMetrics rpc_metrics(metrics.registry());
  kit::Health health;
  Probes probes;
  const auto fail = [&log, &health](const absl::Status& status) {
    health.Drain();
    if (status.code() == absl::StatusCode::kCancelled) return 0;
    log.Error("cannot serve", {{"error", View(status.message())}});
    return 1;
  };
  if (absl::Status status = probes.Start(settings, health, metrics); !status.ok()) return fail(status);
  log.Info("probes", {{"health_port", probes.health ? probes.health->port() : 0},
                      {"metrics_port", probes.metrics ? probes.metrics->port() : 0}});

  auto credentials = Credentials::Open(settings, log, metrics);
  if (!credentials.ok()) return fail(credentials.status());
  kit::PipelineOptions pipeline = MakePipelineOptions(settings, log, rpc_metrics);
  pipeline.authenticator = credentials->authenticator.get();
  pipeline.auth_failures = credentials->failures.get();
  const Shared shared{settings, log, metrics, health, *credentials, pipeline};
  auto modules = Modules::Make(shared);
  if (!modules.ok()) return fail(modules.status());
  kit::ServerOptions server_options = MakeServerOptions(settings);
  if (credentials->server_certificates)
    server_options.credentials = credentials->server_certificates->ForServer();
  auto server = kit::Server::Start(server_options, modules->served(), log, metrics, rpc_metrics);
  if (!server.ok()) return fail(server.status());
  health.SetListening();
  log.Info("ready", {{"target", settings.Text("target")},
                     {"port", (*server)->port()},
                     {"health_port", probes.health ? probes.health->port() : 0},
                     {"metrics_port", probes.metrics ? probes.metrics->port() : 0}});

  auto liveness = std::make_unique<kit::Liveness>(**server, health, log, metrics);
  const int signal = *WaitForSignal(absl::InfiniteDuration());
  liveness.reset();
  Drain(settings, signal, health, **server, log);
  modules->Stop();
  server->reset();
  log.Info("stopped");
  return 0;
}

}  // namespace linchpin::linchpind
