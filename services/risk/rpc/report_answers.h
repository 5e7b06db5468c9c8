// The answer of RiskService that a page for a board is drawn from, without gRPC.
#ifndef LINCHPIN_SERVICES_RISK_RPC_REPORT_ANSWERS_H_
#define LINCHPIN_SERVICES_RISK_RPC_REPORT_ANSWERS_H_

#include <atomic>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "linchpin/risk/v1/report.pb.h"
#include "services/kit/rpc/call.h"
#include "services/kit/rpc/service.h"
#include "services/replica/source.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/domain/scores/scorer.h"
#include "services/risk/rpc/hazard_feed.h"
#include "services/serving/snapshots.h"

namespace linchpin::risk {

struct ReportOptions {
  // Home countries of requests that name none; may be empty.
  std::vector<std::string> home;
  // Of all money, ISO 4217; may be empty.
  std::string currency;
  // Threads that losses are drawn on.
  int threads = 1;
  // Reports that compute at once, at least 1.
  int reports_max = 4;
};

// Ownership: keeps references to the sources and caches, which must outlive it.
// Thread safety: all members may run at once. They compute: call them where a thread may be held.
class ReportAnswers {
 public:
  // `records` is the view of the store of Risk.
  ReportAnswers(const serving::Snapshots& snapshots, replica::ViewSource& records, AnalysisCache& cache,
                Scorer& scorer, HazardFeed& hazards, ReportOptions options);

  // Writes which part it is at, and the report last. RESOURCE_EXHAUSTED, OVERLOADED, while as many reports as
  // there may be compute.
  absl::Status GetReport(kit::Call& call, const linchpin::risk::v1::GetReportRequest& request,
                         kit::StreamWriter<linchpin::risk::v1::GetReportResponse>& writer);

 private:
  absl::Status Compute(kit::Call& call, const linchpin::risk::v1::GetReportRequest& request,
                       kit::StreamWriter<linchpin::risk::v1::GetReportResponse>& writer,
                       linchpin::risk::v1::Report& report);

  const serving::Snapshots snapshots_;
  replica::ViewSource& records_;
  AnalysisCache& cache_;
  Scorer& scorer_;
  HazardFeed& hazards_;
  const ReportOptions options_;
  std::atomic<int> reports_ = 0;
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_REPORT_ANSWERS_H_
