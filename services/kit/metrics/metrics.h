// The metrics of a process: counters and histograms kept by prometheus-cpp, and gauges computed when somebody
// scrapes.
#ifndef LINCHPIN_SERVICES_KIT_METRICS_METRICS_H_
#define LINCHPIN_SERVICES_KIT_METRICS_METRICS_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Counter;
class Histogram;
class Registry;
}  // namespace prometheus

namespace linchpin::kit {

using Labels = std::map<std::string, std::string>;

// Takes the gauges of one scrape. A family holds at most kFamilySeriesMax series: what comes after is summed
// into one whose label values are all `other`, and counted in linchpin_metrics_dropped_series_total.
class GaugeSink {
 public:
  static constexpr int kFamilySeriesMax = 1000;

  virtual ~GaugeSink() = default;

  // `name` without a unit or label name twice, in base units; `help` one sentence. The same name always has
  // the same help and label names. A series given twice in one scrape: the later value stands.
  virtual void Gauge(std::string_view name, std::string_view help, const Labels& labels, double value) = 0;
  // The same for a value that only rises, such as seconds of processor time; the name ends in `_total`.
  virtual void Counter(std::string_view name, std::string_view help, const Labels& labels, double value) = 0;
};

// Removes its collector when destroyed, waiting for a scrape that uses it.
class CollectorHandle {
 public:
  virtual ~CollectorHandle() = default;
};

// Thread safety: all of it. Ownership: outlives every handle and every counter and histogram that it gave
// out.
class Metrics {
 public:
  // `version` and `revision` are the labels of linchpin_build_info.
  Metrics(std::string_view version, std::string_view revision);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Has `collect` called at every scrape. It must be quick: what takes more than a millisecond is computed
  // beforehand and only handed over here, with the time it was computed as a gauge of its own.
  [[nodiscard]] std::unique_ptr<CollectorHandle> AddCollector(std::function<void(GaugeSink&)> collect);

  // Series that exist from now on; asked for once and kept by reference. At most kFamilySeriesMax of one
  // name; beyond that the series `other` is returned.
  prometheus::Counter& Counter(std::string_view name, std::string_view help, const Labels& labels = {});
  prometheus::Histogram& Histogram(std::string_view name, std::string_view help, const Labels& labels,
                                   const std::vector<double>& buckets);

  prometheus::Registry& registry();

  // Everything in the text format of Prometheus, families in order of name.
  std::string Scrape() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_METRICS_METRICS_H_
