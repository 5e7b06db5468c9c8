#include "services/kit/metrics/metrics.h"

#include <algorithm>
#include <atomic>
#include <list>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "prometheus/counter.h"
#include "prometheus/histogram.h"
#include "prometheus/metric_family.h"
#include "prometheus/registry.h"
#include "prometheus/text_serializer.h"
#include "services/kit/metrics/process_metrics.h"

namespace linchpin::kit {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

// Gathers the gauges of one scrape into families.
class FamilySink final : public GaugeSink {
 public:
  void Gauge(std::string_view name, std::string_view help, const Labels& labels, double value) override {
    Add(MetricType::Gauge, name, help, labels, value);
  }
  void Counter(std::string_view name, std::string_view help, const Labels& labels, double value) override {
    Add(MetricType::Counter, name, help, labels, value);
  }

  std::vector<MetricFamily> Take() {
    std::vector<MetricFamily> families;
    for (auto& [name, family] : families_) families.push_back(ToMetricFamily(name, family));
    return families;
  }
  int64_t dropped() const { return dropped_; }

 private:
  struct Family {
    MetricType type;
    std::string help;
    std::map<Labels, double> series;
  };

  void Add(MetricType type, std::string_view name, std::string_view help, const Labels& labels,
           double value) {
    auto found = families_.find(name);
    if (found == families_.end()) {
      found = families_.emplace(std::string(name), Family{type, std::string(help), {}}).first;
    }
    auto& series = found->second.series;
    if (static_cast<int>(series.size()) < kFamilySeriesMax || series.contains(labels)) {
      series[labels] = value;
      return;
    }
    ++dropped_;
    Labels other = labels;
    for (auto& [label, label_value] : other) label_value = "other";
    series[other] += value;
  }

  static MetricFamily ToMetricFamily(const std::string& name, const Family& family) {
    MetricFamily result{name, family.help, family.type, {}};
    result.metric.reserve(family.series.size());
    for (const auto& [labels, value] : family.series) {
      prometheus::ClientMetric metric;
      for (const auto& [label, label_value] : labels) metric.label.push_back({label, label_value});
      if (family.type == MetricType::Counter) {
        metric.counter.value = value;
      } else {
        metric.gauge.value = value;
      }
      result.metric.push_back(std::move(metric));
    }
    return result;
  }

  std::map<std::string, Family, std::less<>> families_;
  int64_t dropped_ = 0;
};

}  // namespace

class Metrics::Impl {
 public:
  class Handle final : public CollectorHandle {
   public:
    Handle(Impl& impl, std::function<void(GaugeSink&)> collect) : impl_(impl), collect_(std::move(collect)) {
      absl::MutexLock lock(&impl_.mutex_);
      impl_.collectors_.push_back(this);
    }
    ~Handle() override {
      absl::MutexLock lock(&impl_.mutex_);
      impl_.collectors_.remove(this);
    }
    void Collect(GaugeSink& sink) const { collect_(sink); }

   private:
    Impl& impl_;
    const std::function<void(GaugeSink&)> collect_;
  };

  Labels Capped(std::string_view name, const Labels& labels) {
    absl::MutexLock lock(&mutex_);
    auto& known = series_[std::string(name)];
    if (known.contains(labels) || static_cast<int>(known.size()) < GaugeSink::kFamilySeriesMax) {
      known.emplace(labels, true);
      return labels;
    }
    ++dropped_;
    Labels other = labels;
    for (auto& [label, value] : other) value = "other";
    return other;
  }

  std::vector<MetricFamily> Collect() const {
    FamilySink sink;
    absl::MutexLock lock(&mutex_);
    for (const Handle* collector : collectors_) collector->Collect(sink);
    dropped_ += sink.dropped();
    sink.Counter("linchpin_metrics_dropped_series_total",
                 "Series left out because their family has too many.", {}, static_cast<double>(dropped_));
    return sink.Take();
  }

  prometheus::Registry registry_;
  mutable absl::Mutex mutex_;
  std::list<Handle*> collectors_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::map<Labels, bool>> series_ ABSL_GUARDED_BY(mutex_);
  mutable int64_t dropped_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::unique_ptr<CollectorHandle>> own_;
};

Metrics::Metrics(std::string_view version, std::string_view revision) : impl_(std::make_unique<Impl>()) {
  const Labels build = {{"version", std::string(version)}, {"revision", std::string(revision)}};
  impl_->own_.push_back(AddCollector([build](GaugeSink& sink) {
    sink.Gauge("linchpin_build_info", "What is running; always 1.", build, 1);
    CollectProcess(sink);
  }));
}

Metrics::~Metrics() { impl_->own_.clear(); }

std::unique_ptr<CollectorHandle> Metrics::AddCollector(std::function<void(GaugeSink&)> collect) {
  return std::make_unique<Impl::Handle>(*impl_, std::move(collect));
}

prometheus::Counter& Metrics::Counter(std::string_view name, std::string_view help, const Labels& labels) {
  return prometheus::BuildCounter()
      .Name(std::string(name))
      .Help(std::string(help))
      .Register(impl_->registry_)
      .Add(impl_->Capped(name, labels));
}

prometheus::Histogram& Metrics::Histogram(std::string_view name, std::string_view help, const Labels& labels,
                                          const std::vector<double>& buckets) {
  return prometheus::BuildHistogram()
      .Name(std::string(name))
      .Help(std::string(help))
      .Register(impl_->registry_)
      .Add(impl_->Capped(name, labels), buckets);
}

prometheus::Registry& Metrics::registry() { return impl_->registry_; }

std::string Metrics::Scrape() const {
  std::vector<MetricFamily> families = impl_->registry_.Collect();
  for (MetricFamily& family : impl_->Collect()) families.push_back(std::move(family));
  std::sort(families.begin(), families.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  std::erase_if(families, [](const MetricFamily& family) { return family.metric.empty(); });
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace linchpin::kit
