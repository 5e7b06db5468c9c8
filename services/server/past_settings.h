// How much of the past a process holds, and what is measured of it.
#ifndef LINCHPIN_SERVICES_SERVER_PAST_SETTINGS_H_
#define LINCHPIN_SERVICES_SERVER_PAST_SETTINGS_H_

#include <memory>
#include <string_view>

#include "services/kit/config/settings.h"
#include "services/kit/metrics/metrics.h"
#include "services/replica/past_views.h"

namespace linchpin::linchpind {

// By the setting past-mebibytes.
replica::PastOptions PastOptionsOf(const kit::Settings& settings);

// linchpin_past_views, linchpin_past_bytes and linchpin_past_views_made_total of one store. `past` must
// outlive the handle.
std::unique_ptr<kit::CollectorHandle> AddPastGauges(std::string_view schema, const replica::PastViews& past,
                                                    kit::Metrics& metrics);

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_PAST_SETTINGS_H_
