#include "services/server/replica_gauges.h"

#include <algorithm>

#include "absl/time/time.h"
#include "services/base/steady.h"
#include "services/resource/kinds.h"

namespace linchpin::linchpind {

void ExportReplicaAge(kit::GaugeSink& sink, absl::Duration age) {
  sink.Gauge("linchpin_replica_age_seconds",
             "Time since this process last knew that it holds the newest revision.", {},
             absl::ToDoubleSeconds(age));
}

std::unique_ptr<kit::CollectorHandle> AddReplicaGauges(replica::ViewSource& source, kit::Metrics& metrics) {
  return metrics.AddCollector([&source, begin = base::SteadyNow()](kit::GaugeSink& sink) {
    // An alert on it must not be silent where there has never been a view.
    ExportReplicaAge(sink, std::min(source.Age(), base::SteadyNow() - begin));
    const auto view = source.Current();
    if (!view) return;
    for (const resource::KindInfo* kind : resource::Kinds()) {
      if (kind->area != resource::Area::kInventory) continue;
      sink.Gauge("linchpin_inventory_resources", "Resources in the inventory.", {{"kind", kind->kind}},
                 static_cast<double>(view->Count(*kind)));
    }
    sink.Gauge("linchpin_inventory_revision", "Newest revision that this process holds.", {},
               static_cast<double>(view->revision()));
    sink.Gauge("linchpin_inventory_last_change_timestamp_seconds", "When the newest revision was committed.",
               {}, absl::ToDoubleSeconds(view->time() - absl::UnixEpoch()));
    sink.Gauge("linchpin_replica_quarantined_documents", "Documents that the supply graph does not take.", {},
               static_cast<double>(view->quarantine()->size()));
  });
}

}  // namespace linchpin::linchpind
