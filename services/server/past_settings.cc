#include "services/server/past_settings.h"

#include <string>

namespace linchpin::linchpind {

replica::PastOptions PastOptionsOf(const kit::Settings& settings) {
  replica::PastOptions options;
  options.bytes_max = settings.Count("past-mebibytes") << 20;
  return options;
}

std::unique_ptr<kit::CollectorHandle> AddPastGauges(std::string_view schema, const replica::PastViews& past,
                                                    kit::Metrics& metrics) {
  return metrics.AddCollector([schema = std::string(schema), &past](kit::GaugeSink& sink) {
    const replica::PastViews::Stats stats = past.stats();
    sink.Gauge("linchpin_past_views", "Views of past revisions that are kept.", {{"schema", schema}},
               static_cast<double>(stats.views));
    sink.Gauge("linchpin_past_bytes", "About how much memory they hold beside the present one.",
               {{"schema", schema}}, static_cast<double>(stats.bytes));
    sink.Counter("linchpin_past_views_made_total", "Views of past revisions that were made.",
                 {{"schema", schema}}, static_cast<double>(stats.made));
  });
}

}  // namespace linchpin::linchpind
