#include "services/risk/rpc/risk_answers.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/risk/domain/concentration_report.h"
#include "services/risk/domain/simulation_report.h"
#include "services/risk/domain/sweep_report.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

constexpr absl::Duration kProgressInterval = absl::Milliseconds(200);
// What is left of the deadline for the answer to travel in.
constexpr absl::Duration kMargin = absl::Milliseconds(50);

void SetDuration(absl::Duration duration, google::protobuf::Duration& message) {
  const int64_t seconds = absl::IDivDuration(duration, absl::Seconds(1), &duration);
  message.set_seconds(seconds);
  message.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(duration)));
}

// One of so many that may be at once, until it is destroyed.
class Place {
 public:
  Place(std::atomic<int>& count, int max) : count_(count), taken_(count.fetch_add(1) < max) {}
  ~Place() { count_.fetch_sub(1); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  bool taken() const { return taken_; }

 private:
  std::atomic<int>& count_;
  const bool taken_;
};

// Whether nobody waits any more.
std::function<bool()> Cancelled(kit::Call& call) {
  return [&call] { return call.Cancelled() || absl::Now() > call.deadline(); };
}

}  // namespace

RiskAnswers::RiskAnswers(replica::ViewSource& source, AnalysisCache& cache, RiskOptions options)
    : source_(source), cache_(cache), options_(std::move(options)) {}

void RiskAnswers::Await(kit::Call& call, const std::string& min_revision,
                        std::function<void(absl::Status)> ready) {
  const std::shared_ptr<const replica::View> view = source_.Current();
  if (view == nullptr || min_revision.empty()) return ready(absl::OkStatus());
  const absl::StatusOr<int64_t> revision = source_.ParseRevisionToken(min_revision);
  if (!revision.ok()) return ready(revision.status());
  if (view->revision() >= *revision) return ready(absl::OkStatus());
  source_.WhenReached(
      *revision, call.deadline() - kMargin,
      [ready = std::move(ready)](const absl::StatusOr<std::shared_ptr<const replica::View>>& reached) {
        ready(reached.status());
      },
      call.Canceller());
}

absl::StatusOr<std::shared_ptr<Analysis>> RiskAnswers::Begin(kit::Call& call, const std::string& min_revision,
                                                             common::v1::Snapshot& snapshot) {
  const auto view = source_.ViewAt(min_revision, call.deadline(), call.Canceller());
  if (!view.ok()) return view.status();
  const absl::Duration age = source_.Age();
  const std::string token = source_.RevisionToken((*view)->revision());
  snapshot.set_revision((*view)->revision());
  SetDuration(age, *snapshot.mutable_age());
  snapshot.set_revision_token(token);
  call.Trailer("linchpin-revision", absl::StrCat((*view)->revision()));
  call.Trailer("linchpin-age-ms", absl::StrCat(absl::ToInt64Milliseconds(age)));
  call.Trailer("linchpin-revision-token", token);
  return cache_.Of((*view)->shared_graph());
}

absl::Status RiskAnswers::GetConcentration(kit::Call& call, const v1::GetConcentrationRequest& request,
                                           v1::GetConcentrationResponse& response) {
  const auto analysis = Begin(call, request.min_revision(), *response.mutable_inventory());
  if (!analysis.ok()) return analysis.status();
  return ReportConcentration(**analysis, request, options_.home, Cancelled(call), response);
}

absl::Status RiskAnswers::SimulateCutoff(kit::Call& call, const v1::SimulateCutoffRequest& request,
                                         v1::SimulateCutoffResponse& response) {
  const auto analysis = Begin(call, request.min_revision(), *response.mutable_inventory());
  if (!analysis.ok()) return analysis.status();
  response.set_currency(options_.currency);
  const absl::Time begin = absl::Now();
  const absl::Status status = ReportSimulation(**analysis, request, Cancelled(call), response);
  Observe(status, begin);
  return status;
}

absl::Status RiskAnswers::SweepCutoffs(kit::Call& call, const v1::SweepCutoffsRequest& request,
                                       kit::StreamWriter<v1::SweepCutoffsResponse>& writer) {
  v1::SweepCutoffsResponse last;
  v1::SweepResult& result = *last.mutable_result();
  const auto analysis = Begin(call, request.min_revision(), *result.mutable_inventory());
  if (!analysis.ok()) return analysis.status();
  const Place place(sweeps_, options_.sweeps_max);
  if (!place.taken()) {
    return base::Error(absl::StatusCode::kResourceExhausted, "OVERLOADED",
                       "as many sweeps are computed as there may be; try again")
        .RetryAfterMs(1000);
  }
  const absl::Time begin = absl::Now();
  absl::Time shown = absl::InfinitePast();
  bool gone = false;
  SweepHooks hooks;
  hooks.progress = [&](int64_t done, int64_t total) {
    const absl::Time now = absl::Now();
    if (gone || now - shown < kProgressInterval) return;
    shown = now;
    v1::SweepCutoffsResponse message;
    message.mutable_progress()->set_done(done);
    message.mutable_progress()->set_total(total);
    gone = !writer.Write(message);
  };
  hooks.cancelled = [&gone, cancelled = Cancelled(call)] { return gone || cancelled(); };
  absl::Status status = ReportSweep(**analysis, request, hooks, result);
  if (status.ok() && !writer.Write(last)) status = absl::CancelledError("nobody waits for the result");
  Observe(status, begin);
  return status;
}

void RiskAnswers::Observe(const absl::Status& status, absl::Time begin) const {
  if (!options_.simulated) return;
  options_.simulated(absl::AsciiStrToLower(absl::StatusCodeToString(status.code())), absl::Now() - begin);
}

}  // namespace linchpin::risk
