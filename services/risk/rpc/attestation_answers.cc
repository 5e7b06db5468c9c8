#include "services/risk/rpc/attestation_answers.h"

#include "services/risk/domain/reports/attestation_report.h"
#include "services/risk/domain/reports/content_digest.h"
#include "services/risk/rpc/long_call.h"

namespace linchpin::risk {

namespace v1 = ::linchpin::risk::v1;

absl::Status AttestationAnswers::AttestAbsence(kit::Call& call, const v1::AttestAbsenceRequest& request,
                                               v1::Attestation& response) {
  const absl::StatusOr<serving::Snapshot> snapshot = snapshots_.Take(call, *response.mutable_inventory());
  if (!snapshot.ok()) return snapshot.status();
  const replica::View& view = *snapshot->view;
  const auto analysis = cache_.Select(cache_.Of(view), view, request.selector());
  if (!analysis.ok()) return analysis.status();
  TellSelection(**analysis, response);
  if (absl::Status status = ReportAttestation(**analysis, view, request, Cancelled(call), response);
      !status.ok())
    return status;
  const absl::StatusOr<ContentDigest> digest = DigestOf(view, Cancelled(call));
  if (!digest.ok()) return digest.status();
  response.set_content_sha256(digest->sha256);
  response.set_document_count(digest->documents);
  response.set_content_bytes(digest->bytes);
  if (view.revision() > 0) {
    const int64_t micros = absl::ToUnixMicros(view.time());
    response.mutable_revision_time()->set_seconds(micros / 1'000'000);
    response.mutable_revision_time()->set_nanos(static_cast<int>(micros % 1'000'000) * 1000);
  }
  return absl::OkStatus();
}

}  // namespace linchpin::risk
