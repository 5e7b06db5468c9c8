// Attestations that nothing of an entity is used.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_ATTESTATION_REPORT_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_ATTESTATION_REPORT_H_

#include <functional>

#include "absl/status/status.h"
#include "linchpin/risk/v1/attestation.pb.h"
#include "services/replica/view.h"
#include "services/risk/domain/reports/analysis.h"

namespace linchpin::risk {

// Fills all but what the answer was computed from and the digest. `analysis` is of `view`, of those whom the
// request selects.
// Errors: INVALID_ARGUMENT, FIELD_INVALID, unless exactly one of vendor and country is named; NOT_FOUND,
//   TARGET_NOT_FOUND, for a vendor that is not in the inventory; FAILED_PRECONDITION, NOTHING_SELECTED, where
//   the scope is empty; Cancelled once `cancelled` returns true.
absl::Status ReportAttestation(const Analysis& analysis, const replica::View& view,
                               const linchpin::risk::v1::AttestAbsenceRequest& request,
                               const std::function<bool()>& cancelled,
                               linchpin::risk::v1::Attestation& attestation);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_ATTESTATION_REPORT_H_
