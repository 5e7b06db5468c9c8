#include "services/risk/rpc/risk_service.h"

#include <utility>

#include "linchpin/risk/v1/risk_service.grpc.pb.h"
#include "services/base/error.h"
#include "services/kit/rpc/rpc.h"
#include "services/kit/rpc/worker_pool.h"
#include "services/risk/rpc/risk_answers.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

class Service final : public v1::RiskService::CallbackService {
 public:
  Service(kit::Pipeline& pipeline, RiskAnswers& answers, const RiskServiceOptions& options)
      : pipeline_(pipeline), answers_(answers), pool_(options.pool_threads, options.pool_queue_max) {}

  grpc::ServerUnaryReactor* GetConcentration(grpc::CallbackServerContext* context,
                                             const v1::GetConcentrationRequest* request,
                                             v1::GetConcentrationResponse* response) override {
    return Compute(context, request, response, &RiskAnswers::GetConcentration);
  }

  grpc::ServerUnaryReactor* SimulateCutoff(grpc::CallbackServerContext* context,
                                           const v1::SimulateCutoffRequest* request,
                                           v1::SimulateCutoffResponse* response) override {
    return Compute(context, request, response, &RiskAnswers::SimulateCutoff);
  }

  grpc::ServerWriteReactor<v1::SweepCutoffsResponse>* SweepCutoffs(
      grpc::CallbackServerContext* context, const v1::SweepCutoffsRequest* request) override {
    return kit::StreamOnThread<v1::SweepCutoffsResponse>(
        pipeline_, context, request,
        [this, request](kit::Call& call, kit::StreamWriter<v1::SweepCutoffsResponse>& writer) {
          return answers_.SweepCutoffs(call, *request, writer);
        });
  }

 private:
  // Waits without a thread, then computes on the pool.
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Compute(grpc::CallbackServerContext* context, const Request* request,
                                    Response* response,
                                    absl::Status (RiskAnswers::*answer)(kit::Call&, const Request&,
                                                                        Response&)) {
    return kit::UnaryAsync(
        pipeline_, context, request, response,
        [this, request, response, answer](std::shared_ptr<kit::Call> call, kit::Done done) {
          answers_.Await(*call, request->min_revision(), [=, this](absl::Status ready) {
            if (!ready.ok()) return done(std::move(ready));
            Submit(call, done,
                   [=, answers = &answers_] { return (answers->*answer)(*call, *request, *response); });
          });
        });
  }

  void Submit(const std::shared_ptr<kit::Call>& call, const kit::Done& done,
              std::function<absl::Status()> work) {
    const bool accepted = pool_.Submit(call->caller(), [call, done, work = std::move(work)] {
      done(call->Cancelled() ? absl::CancelledError("the caller cancelled the call") : work());
    });
    if (accepted) return;
    done(base::Error(absl::StatusCode::kResourceExhausted, "OVERLOADED",
                     "the queue for computing calls is full; try again")
             .RetryAfterMs(200));
  }

  kit::Pipeline& pipeline_;
  RiskAnswers& answers_;
  kit::WorkerPool pool_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeRiskService(kit::Pipeline& pipeline, RiskAnswers& answers,
                                               const RiskServiceOptions& options) {
  return std::make_unique<Service>(pipeline, answers, options);
}

}  // namespace linchpin::risk
