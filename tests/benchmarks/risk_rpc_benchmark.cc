// What gRPC adds to answers of Risk: each question is asked in turn of the function that computes it and of a
// server in the same process, over plaintext on loopback, on one connection, one call at a time. The goal is
// at most twice the time in process. Usage: risk_rpc_benchmark [ROUNDS] [APPLICATIONS]
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "linchpin/risk/v1/risk_service.grpc.pb.h"
#include "services/kit/listener/server.h"
#include "services/kit/logging/log.h"
#include "services/kit/metrics/metrics.h"
#include "services/kit/rpc/pipeline.h"
#include "services/kit/rpc/rpc_metrics.h"
#include "services/replica/publisher.h"
#include "services/risk/domain/reports/concentration_report.h"
#include "services/risk/domain/reports/simulation_report.h"
#include "services/risk/domain/scores/score_report.h"
#include "services/risk/domain/scores/scorer.h"
#include "services/risk/rpc/risk_backend.h"
#include "services/store/open.h"
#include "tests/benchmarks/contest.h"
#include "tests/benchmarks/risk_world.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using benchmarks::OrDie;
using Clock = std::chrono::steady_clock;

constexpr int kDeployments = 1000;
constexpr int kScoresAsked = 100;

// A server of Risk over one view that never changes.
class RiskServer {
 public:
  explicit RiskServer(const std::shared_ptr<const replica::View>& view)
      : store_(OrDie(store::OpenStore("sqlite::memory:", "risk", Migrate()))),
        pipeline_("linchpin.risk.v1.RiskService", Options(log_, rpc_metrics_)) {
    source_.SetHistory("benchmark");
    source_.Publish({view, {}, true});
    source_.ConfirmNewest(base::SteadyNow());
    backend_ = OrDie(RiskBackend::Create(*store_, source_, pipeline_, nullptr, {}));
    server_ =
        OrDie(kit::Server::Start({}, {{backend_->service(), &pipeline_}}, log_, metrics_, rpc_metrics_));
    stub_ = v1::RiskService::NewStub(
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->port()), grpc::InsecureChannelCredentials()));
  }
  v1::RiskService::Stub& stub() { return *stub_; }

 private:
  static store::OpenOptions Migrate() {
    store::OpenOptions options;
    options.migrate = true;
    return options;
  }
  static kit::PipelineOptions Options(kit::Log& log, kit::RpcMetrics& rpc_metrics) {
    kit::PipelineOptions options;
    options.log = &log;
    options.metrics = &rpc_metrics;
    return options;
  }

  kit::Log log_{kit::LogLevel::kWarning};
  kit::Metrics metrics_{"", ""};
  kit::RpcMetrics rpc_metrics_{metrics_.registry()};
  replica::Publisher source_;
  std::unique_ptr<store::ResourceStore> store_;
  kit::Pipeline pipeline_;
  std::unique_ptr<RiskBackend> backend_;
  std::unique_ptr<kit::Server> server_;
  std::unique_ptr<v1::RiskService::Stub> stub_;
};

template <typename Status>
void Need(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "a call failed\n");
  std::exit(1);
}

// One question; both ways fill an answer, of which what both must share is compared.
struct Question {
  const char* name;
  std::function<std::string()> in_process;
  std::function<std::string()> by_grpc;
};

double Milliseconds(const std::function<std::string()>& ask, std::string& answer) {
  const auto begin = Clock::now();
  answer = ask();
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

void Contest(const Question& question, int rounds) {
  std::string a, b;
  Milliseconds(question.in_process, a);
  Milliseconds(question.by_grpc, b);
  std::vector<double> in_process, by_grpc, ratios;
  for (int round = 0; round < rounds; ++round) {
    in_process.push_back(Milliseconds(question.in_process, a));
    by_grpc.push_back(Milliseconds(question.by_grpc, b));
    ratios.push_back(by_grpc.back() / in_process.back());
  }
  std::printf("%-34s in process %8.3f ms, by gRPC %8.3f ms, %.2f times (goal: at most 2), answers %s\n",
              question.name, benchmarks::Median(in_process), benchmarks::Median(by_grpc),
              benchmarks::Median(ratios), a == b ? "equal" : "DIFFER");
}

v1::SimulateCutoffRequest ExitOfOneVendor() {
  v1::SimulateCutoffRequest request;
  v1::Cutoff& cutoff = *request.mutable_scenario()->add_cutoffs();
  cutoff.set_type(v1::Cutoff::TYPE_VENDOR_EXIT);
  cutoff.set_target("vendors/v3");
  return request;
}

Question Simulation(Analysis& analysis, v1::RiskService::Stub& stub) {
  const v1::SimulateCutoffRequest request = ExitOfOneVendor();
  return {"SimulateCutoff, exit of a vendor",
          [&analysis, request] {
            v1::SimulateCutoffResponse response;
            Need(ReportSimulation(analysis, request, nullptr, response));
            return response.consumers(0).SerializeAsString();
          },
          [&stub, request] {
            grpc::ClientContext context;
            v1::SimulateCutoffResponse response;
            Need(stub.SimulateCutoff(&context, request, &response));
            return response.consumers(0).SerializeAsString();
          }};
}

Question Concentration(Analysis& analysis, v1::RiskService::Stub& stub) {
  v1::GetConcentrationRequest request;
  request.add_dimensions(common::v1::DIMENSION_OPERATOR_GROUP);
  return {"GetConcentration, by operator",
          [&analysis, request] {
            v1::GetConcentrationResponse response;
            Need(ReportConcentration(analysis, request, {}, nullptr, response));
            return response.concentrations(0).SerializeAsString();
          },
          [&stub, request] {
            grpc::ClientContext context;
            v1::GetConcentrationResponse response;
            Need(stub.GetConcentration(&context, request, &response));
            return response.concentrations(0).SerializeAsString();
          }};
}

Question Scores(const Scored& scored, v1::RiskService::Stub& stub) {
  return {"ListScores, the 100 highest",
          [&scored] {
            v1::ListScoresResponse response;
            ReportScores(scored, v1::SCORE_KIND_APPLICATION, 0, kScoresAsked, response);
            return response.scores(0).SerializeAsString();
          },
          [&stub] {
            grpc::ClientContext context;
            v1::ListScoresRequest request;
            request.set_page_size(kScoresAsked);
            v1::ListScoresResponse response;
            Need(stub.ListScores(&context, request, &response));
            return response.scores(0).SerializeAsString();
          }};
}

void Run(int rounds, int applications) {
  const auto view = BuildRiskWorld(applications, kDeployments);
  RiskServer server(view);
  Analysis analysis(view->shared_graph());
  Scorer scorer;
  const auto scored =
      OrDie(scorer.Of(analysis, MakeHazardSet(nullptr, RetirementTimesOf(*view), absl::Now()), nullptr));
  std::printf("%d applications on %d deployments\n", applications, kDeployments);
  Contest(Simulation(analysis, server.stub()), rounds);
  Contest(Concentration(analysis, server.stub()), rounds);
  Contest(Scores(*scored, server.stub()), rounds);
}

}  // namespace
}  // namespace linchpin::risk

int main(int argc, char** argv) {
  linchpin::risk::Run(argc > 1 ? std::atoi(argv[1]) : 31, argc > 2 ? std::atoi(argv[2]) : 10'000);
  return 0;
}
