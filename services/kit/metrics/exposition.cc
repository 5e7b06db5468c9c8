#include "services/kit/metrics/exposition.h"

#include <charconv>
#include <cmath>
#include <string_view>

#include "prometheus/metric_family.h"

namespace linchpin::kit {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

void AppendNumber(double value, std::string& out) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    char buffer[32];
    const auto result = std::to_chars(buffer, buffer + sizeof(buffer), value);
    out.append(buffer, result.ptr);
  }
}

void AppendEscaped(std::string_view text, bool quotes, std::string& out) {
  for (char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quotes) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
}

void AppendLabel(std::string_view name, std::string_view value, bool& first, std::string& out) {
  out += first ? '{' : ',';
  first = false;
  out += name;
  out += "=\"";
  AppendEscaped(value, true, out);
  out += '"';
}

// name_suffix{labels,extra="..."} value
void AppendSample(const std::string& name, std::string_view suffix, const ClientMetric& metric,
                  std::string_view extra, double extra_value, double value, std::string& out) {
  out += name;
  out += suffix;
  bool first = true;
  for (const auto& label : metric.label) AppendLabel(label.name, label.value, first, out);
  if (!extra.empty()) {
    std::string text;
    AppendNumber(extra_value, text);
    AppendLabel(extra, text, first, out);
  }
  if (!first) out += '}';
  out += ' ';
  AppendNumber(value, out);
  out += '\n';
}

void AppendMetric(const MetricFamily& family, const ClientMetric& metric, std::string& out) {
  const auto sample = [&](std::string_view suffix, std::string_view extra, double extra_value, double value) {
    AppendSample(family.name, suffix, metric, extra, extra_value, value, out);
  };
  switch (family.type) {
    case MetricType::Counter:
      return sample("", "", 0, metric.counter.value);
    case MetricType::Gauge:
      return sample("", "", 0, metric.gauge.value);
    case MetricType::Untyped:
      return sample("", "", 0, metric.untyped.value);
    case MetricType::Summary:
      for (const auto& quantile : metric.summary.quantile)
        sample("", "quantile", quantile.quantile, quantile.value);
      sample("_sum", "", 0, metric.summary.sample_sum);
      return sample("_count", "", 0, static_cast<double>(metric.summary.sample_count));
    case MetricType::Histogram:
      break;
  }
  double last = -INFINITY;
  for (const auto& bucket : metric.histogram.bucket) {
    last = bucket.upper_bound;
    sample("_bucket", "le", last, static_cast<double>(bucket.cumulative_count));
  }
  const auto count = static_cast<double>(metric.histogram.sample_count);
  if (!std::isinf(last) || last < 0) sample("_bucket", "le", INFINITY, count);
  sample("_sum", "", 0, metric.histogram.sample_sum);
  sample("_count", "", 0, count);
}

std::string_view TypeWord(MetricType type) {
  switch (type) {
    case MetricType::Counter:
      return "counter";
    case MetricType::Gauge:
      return "gauge";
    case MetricType::Summary:
      return "summary";
    case MetricType::Histogram:
      return "histogram";
    case MetricType::Untyped:
      break;
  }
  return "untyped";
}

}  // namespace

std::string Exposition(const std::vector<MetricFamily>& families) {
  std::string out;
  out.reserve(1 << 16);
  for (const MetricFamily& family : families) {
    if (family.metric.empty()) continue;
    out += "# HELP " + family.name + ' ';
    AppendEscaped(family.help, false, out);
    out += "\n# TYPE " + family.name + ' ';
    out += TypeWord(family.type);
    out += '\n';
    for (const ClientMetric& metric : family.metric) AppendMetric(family, metric, out);
  }
  return out;
}

}  // namespace linchpin::kit
