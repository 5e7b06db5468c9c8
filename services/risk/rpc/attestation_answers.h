// The answers of RiskService about attestations, without gRPC.
#ifndef LINCHPIN_SERVICES_RISK_RPC_ATTESTATION_ANSWERS_H_
#define LINCHPIN_SERVICES_RISK_RPC_ATTESTATION_ANSWERS_H_

#include "absl/status/status.h"
#include "linchpin/risk/v1/attestation.pb.h"
#include "services/kit/rpc/call.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/serving/snapshots.h"

namespace linchpin::risk {

// Ownership: keeps references to all that it is given, which must outlive it.
// Thread safety: all members may run at once. They compute: call them where a thread may be held, when the
// revision asked for is there.
class AttestationAnswers {
 public:
  AttestationAnswers(const serving::Snapshots& snapshots, AnalysisCache& cache)
      : snapshots_(snapshots), cache_(cache) {}

  absl::Status AttestAbsence(kit::Call& call, const linchpin::risk::v1::AttestAbsenceRequest& request,
                             linchpin::risk::v1::Attestation& response);

 private:
  const serving::Snapshots snapshots_;
  AnalysisCache& cache_;
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_ATTESTATION_ANSWERS_H_
