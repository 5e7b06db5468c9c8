#include "services/cli/report/report_data.h"

#include <utility>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/cli/commands/policy/findings.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;

constexpr int kFindingsMax = 5;

absl::Status ReadRisk(Client& client, const risk::GetReportRequest& request,
                      const std::function<void(std::string_view)>& progress, risk::Report& report) {
  risk::GetReportResponse part;
  return client.Stream(kRisk, "GetReport", request, part, [&] {
    if (part.has_report()) report = std::move(*part.mutable_report());
    if (part.has_progress() && progress) progress(part.progress().part());
  });
}

absl::Status ReadGravest(Client& client, ReportData& data) {
  policy::v1::ListFindingsRequest request;
  request.set_min_revision(data.risk.inventory().revision_token());
  absl::StatusOr<FindingList> list = ReadFindings(client, request, kFindingsMax);
  if (list.status().code() == absl::StatusCode::kUnimplemented) {
    data.has_policies = false;
    return absl::OkStatus();
  }
  if (!list.ok()) return list.status();
  data.findings = std::move(list->findings);
  data.finding_count = list->total;
  data.accepted_count = list->waived;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ReportData> ReadReport(Client& client, const risk::GetReportRequest& request,
                                      const std::function<void(std::string_view)>& progress) {
  ReportData data;
  if (absl::Status status = ReadRisk(client, request, progress, data.risk); !status.ok()) return status;
  if (data.risk.application_count() + data.risk.business_service_count() == 0) {
    return base::Error(base::reason::InventoryEmpty{},
                       "the inventory holds no application yet; load one with `linchpin apply -f FILE`");
  }
  if (absl::Status status = ReadGravest(client, data); !status.ok()) return status;
  return data;
}

}  // namespace linchpin::cli
