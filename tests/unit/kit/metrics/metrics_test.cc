#include "services/kit/metrics/metrics.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "prometheus/counter.h"
#include "prometheus/histogram.h"
#include "services/kit/listener/socket.h"
#include "services/kit/metrics/http_exposer.h"
#include "services/kit/rpc/rpc_metrics.h"
#include "tests/support/status_matchers.h"

namespace linchpin::kit {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Metrics, ShowsBuildAndProcess) {
  Metrics metrics("1.2.3", "abc");
  const std::string text = metrics.Scrape();
  EXPECT_THAT(text, HasSubstr("linchpin_build_info{revision=\"abc\",version=\"1.2.3\"} 1\n"));
  for (const char* name :
       {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_virtual_memory_bytes",
        "process_open_fds", "process_max_fds", "process_start_time_seconds", "process_threads"}) {
    EXPECT_THAT(text, HasSubstr(std::string("\n") + name + " "));
  }
}

TEST(Metrics, TheProcessStartedJustNow) {
  Metrics metrics("", "");
  const std::string text = metrics.Scrape();
  const std::string name = "\nprocess_start_time_seconds ";
  const size_t at = text.find(name);
  ASSERT_NE(at, std::string::npos);
  const double started = std::stod(text.substr(at + name.size()));
  EXPECT_LE(started, static_cast<double>(time(nullptr)) + 1);
  EXPECT_GT(started, static_cast<double>(time(nullptr)) - 600);
}

TEST(Metrics, CollectorsAnswerWhileTheirHandleLives) {
  Metrics metrics("", "");
  auto handle = metrics.AddCollector([](GaugeSink& sink) {
    sink.Gauge("linchpin_things", "Things.", {{"kind", "a\"b\nc\\"}}, 0.1);
    sink.Gauge("linchpin_things", "Things.", {{"kind", "x"}}, 5);
  });
  EXPECT_THAT(metrics.Scrape(),
              HasSubstr("# HELP linchpin_things Things.\n# TYPE linchpin_things gauge\n"
                        "linchpin_things{kind=\"a\\\"b\\nc\\\\\"} 0.1\nlinchpin_things{kind=\"x\"} 5\n"));
  handle.reset();
  EXPECT_THAT(metrics.Scrape(), Not(HasSubstr("linchpin_things")));
}

TEST(Metrics, SeriesOfAFamilyAreCapped) {
  Metrics metrics("", "");
  auto handle = metrics.AddCollector([](GaugeSink& sink) {
    for (int i = 0; i < GaugeSink::kFamilySeriesMax + 7; ++i)
      sink.Gauge("g", "G.", {{"id", std::to_string(i)}}, 1);
  });
  for (int i = 0; i < GaugeSink::kFamilySeriesMax + 3; ++i)
    metrics.Counter("c_total", "C.", {{"id", std::to_string(i)}}).Increment();
  const std::string text = metrics.Scrape();
  EXPECT_THAT(text, HasSubstr("g{id=\"other\"} 7\n"));
  EXPECT_THAT(text, HasSubstr("c_total{id=\"other\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("linchpin_metrics_dropped_series_total 10\n"));
}

TEST(Metrics, HistogramsHaveCumulativeBuckets) {
  Metrics metrics("", "");
  auto& histogram = metrics.Histogram("h_seconds", "H.", {{"a", "b"}}, {0.5, 1});
  histogram.Observe(0.1);
  histogram.Observe(0.7);
  histogram.Observe(9);
  EXPECT_THAT(metrics.Scrape(),
              AllOf(HasSubstr("# TYPE h_seconds histogram\n"), HasSubstr("h_seconds_count{a=\"b\"} 3\n"),
                    HasSubstr("h_seconds_bucket{a=\"b\",le=\"0.5\"} 1\nh_seconds_bucket{a=\"b\",le=\"1\"} 2\n"
                              "h_seconds_bucket{a=\"b\",le=\"+Inf\"} 3\n")));
}

TEST(RpcMetrics, MethodsAreThereBeforeTheyAreCalled) {
  Metrics metrics("", "");
  RpcMetrics rpc_metrics(metrics.registry());
  const auto* service =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("linchpin.risk.v1.RiskService");
  ASSERT_NE(service, nullptr);
  for (int i = 0; i < service->method_count(); ++i) rpc_metrics.Of(*service->method(i));
  const std::string text = metrics.Scrape();
  EXPECT_THAT(text, HasSubstr("grpc_server_started_total{grpc_method=\"SimulateCutoff\",grpc_service="
                              "\"linchpin.risk.v1.RiskService\","
                              "grpc_type=\"unary\"} 0\n"));
  EXPECT_THAT(
      text, HasSubstr("grpc_server_handled_total{grpc_code=\"DeadlineExceeded\",grpc_method=\"SweepCutoffs\","
                      "grpc_service=\"linchpin.risk.v1.RiskService\",grpc_type=\"server_stream\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("le=\"0.005\"} 0\n"));
  EXPECT_EQ(rpc_metrics.Of(*service->method(0)), rpc_metrics.Of(*service->method(0)));
}

// Sends raw bytes and returns all that comes back.
std::string Exchange(int port, const std::string& request) {
  Fd fd(socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(request.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t n = 0; (n = recv(fd.get(), buffer, sizeof(buffer), 0)) > 0;)
    answer.append(buffer, static_cast<size_t>(n));
  return answer;
}

TEST(HttpExposer, AnswersMetricsAndNothingElse) {
  const std::string body(1 << 20, 'x');
  auto exposer = HttpExposer::Start("127.0.0.1:0", [&] { return body; });
  ASSERT_THAT(exposer, IsOk());
  const int port = (*exposer)->port();
  const std::string answer = Exchange(port, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(answer.ends_with("\r\n\r\n" + body));
  EXPECT_THAT(Exchange(port, "GET /metrics?x=y HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Exchange(port, "GET / HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(Exchange(port, "POST /metrics HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(Exchange(port, "nonsense\r\n\r\n"), StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(Exchange(port, std::string(8300, 'a')), StartsWith("HTTP/1.1 431"));
}

TEST(HttpExposer, SilentConnectionsDoNotBlockOthers) {
  auto exposer = HttpExposer::Start("127.0.0.1:0", [] { return std::string("ok"); });
  ASSERT_THAT(exposer, IsOk());
  const int port = (*exposer)->port();
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::vector<Fd> silent;
  for (int i = 0; i < 60; ++i) {
    silent.emplace_back(socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_EQ(connect(silent.back().get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  EXPECT_TRUE(Exchange(port, "GET /metrics HTTP/1.0\r\n\r\n").ends_with("ok"));
}

TEST(HttpExposer, TakenPortIsAnError) {
  auto first = HttpExposer::Start("127.0.0.1:0", [] { return std::string(); });
  ASSERT_THAT(first, IsOk());
  auto second =
      HttpExposer::Start("127.0.0.1:" + std::to_string((*first)->port()), [] { return std::string(); });
  EXPECT_THAT(second, StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace linchpin::kit
