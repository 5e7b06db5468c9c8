// How the worst event of a report spreads, as a flow.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_BOARD_BLAST_RADIUS_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_BOARD_BLAST_RADIUS_H_

#include <cstddef>

#include "linchpin/risk/v1/report.pb.h"
#include "services/risk/domain/reports/analysis.h"

namespace linchpin::risk {

// `event` names its causes and up to kConsumersTraced consumers. Empty if nobody is impaired in the reading
// likely. Each layer has at most `rows_max` nodes and one for all others. Same input, same answer.
linchpin::risk::v1::BlastRadius BlastRadiusOf(const Analysis& analysis,
                                              const linchpin::risk::v1::ReportEvent& event, size_t rows_max);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_BOARD_BLAST_RADIUS_H_
