// Gauges of what a replica holds.
#ifndef LINCHPIN_SERVICES_SERVER_REPLICA_GAUGES_H_
#define LINCHPIN_SERVICES_SERVER_REPLICA_GAUGES_H_

#include <memory>

#include "absl/time/time.h"
#include "services/kit/metrics/metrics.h"
#include "services/replica/source.h"

namespace linchpin::linchpind {

// linchpin_inventory_resources{kind}, linchpin_inventory_revision,
// linchpin_inventory_last_change_timestamp_seconds, linchpin_replica_quarantined_documents and
// linchpin_replica_age_seconds, from the newest view; before the first only the age, as that of this call.
// `source` must outlive the handle.
std::unique_ptr<kit::CollectorHandle> AddReplicaGauges(replica::ViewSource& source, kit::Metrics& metrics);

// linchpin_replica_age_seconds.
void ExportReplicaAge(kit::GaugeSink& sink, absl::Duration age);

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_REPLICA_GAUGES_H_
