#include "services/risk/rpc/risk_gauges.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "linchpin/common/v1/dimension.pb.h"
#include "services/resource/kinds.h"
#include "services/risk/domain/reports/concentration_report.h"

namespace linchpin::risk {
namespace {

using base::SteadyTime;

// Pauses are at least this many times as long as the computation before.
constexpr int kPauseFactor = 9;

// "OPERATOR_GROUP", as the API's enum without its prefix.
std::string NameOf(engine::Dimension dimension) {
  constexpr size_t kPrefix = sizeof("DIMENSION_") - 1;
  return common::v1::Dimension_Name(ToProto(dimension)).substr(kPrefix);
}

std::string NameOf(engine::Basis basis) {
  constexpr size_t kPrefix = sizeof("BASIS_") - 1;
  return common::v1::Basis_Name(ToProto(basis)).substr(kPrefix);
}

void AddBounds(std::string_view name, std::string_view help, kit::Labels labels, const BoundedFigure& figure,
               kit::GaugeSink& sink) {
  const std::pair<const char*, double> bounds[] = {
      {"lower", figure.lower}, {"likely", figure.likely}, {"upper", figure.upper}};
  for (const auto& [bound, value] : bounds) {
    labels["bound"] = bound;
    sink.Gauge(name, help, labels, value);
  }
}

void CollectForeign(const Figures& figures, kit::GaugeSink& sink) {
  if (!figures.foreign.has_value()) return;
  constexpr char kHelp[] =
      "Share of applications on models of foreign lineage: at least (lower), probably (likely), at most "
      "(upper).";
  sink.Gauge("linchpin_risk_foreign_share_ratio", kHelp, {{"bound", "lower"}}, figures.foreign->lower);
  sink.Gauge("linchpin_risk_foreign_share_ratio", kHelp, {{"bound", "likely"}}, figures.foreign->likely);
  sink.Gauge("linchpin_risk_foreign_share_ratio", kHelp, {{"bound", "upper"}}, figures.foreign->upper);
}

void CollectShares(const Figures& figures, kit::GaugeSink& sink) {
  for (const Figures::Hhi& hhi : figures.hhi) {
    AddBounds("linchpin_risk_hhi",
              "Herfindahl-Hirschman index, 0 to 10000: at least (lower), probably (likely), at most (upper).",
              {{"dimension", NameOf(hhi.dimension)}, {"basis", NameOf(hhi.basis)}}, hhi.value, sink);
  }
  for (const Figures::Shares& shares : figures.shares) {
    const kit::Labels labels = {{"dimension", NameOf(shares.dimension)}};
    AddBounds("linchpin_risk_top_share_ratio", "Share of the largest group that has a name, by applications.",
              labels, shares.top_ratio, sink);
    sink.Gauge("linchpin_risk_unknown_share_ratio",
               "Share of weight whose group is unknown, by applications.", labels, shares.unknown_ratio);
    for (const Figures::Group& group : shares.groups) {
      AddBounds("linchpin_risk_group_share_ratio",
                "Shares of the ten largest groups of a dimension, by applications.",
                {{"dimension", NameOf(shares.dimension)}, {"group", group.key}}, group.ratio, sink);
    }
  }
  CollectForeign(figures, sink);
}

void CollectNames(const std::map<std::string, std::string>& names, kit::GaugeSink& sink) {
  for (const auto& [group, name] : names) {
    sink.Gauge("linchpin_risk_group_info",
               "What people call a group of linchpin_risk_group_share_ratio; always 1.",
               {{"group", group}, {"display_name", name}}, 1);
  }
}

// What people call the groups of which shares are exported; the id where a document has no name for people.
std::map<std::string, std::string> NamesOf(const Figures& figures, const replica::View& view) {
  std::map<std::string, std::string> names;
  for (const Figures::Shares& shares : figures.shares) {
    for (const Figures::Group& group : shares.groups) names.emplace(group.key, group.key);
  }
  for (auto& [group, name] : names) {
    const auto ref = view.Find(group);
    if (!ref) continue;
    name = std::string(resource::IdOf(group));
    const auto document = ref->kind->New();
    const auto* field = document->GetDescriptor()->FindFieldByName("display_name");
    if (field == nullptr || !replica::ParseInto(*ref, *document)) continue;
    const std::string given = document->GetReflection()->GetString(*document, field);
    if (!given.empty()) name = given;
  }
  return names;
}

}  // namespace

RiskGauges::RiskGauges(replica::ViewSource& source, AnalysisCache& cache, kit::Metrics& metrics,
                       RiskGaugesOptions options)
    : source_(source), cache_(cache), options_(std::move(options)) {
  collector_ = metrics.AddCollector([this](kit::GaugeSink& sink) { Collect(sink); });
  thread_ = std::thread([this] { Run(); });
}

RiskGauges::~RiskGauges() {
  stopping_ = true;
  {
    const absl::MutexLock lock(&mutex_);  // The thread is before its look at stopping_, or waits.
  }
  stopped_.NotifyAll();
  thread_.join();
  collector_.reset();
}

void RiskGauges::Run() {
  const auto stopping = [this] { return stopping_.load(); };
  while (!stopping_) {
    const SteadyTime begin = base::SteadyNow();
    if (!Refresh().ok()) ++failures_;
    // A large inventory that is written to all the time must not keep a processor busy with gauges.
    const absl::Duration pause = std::max(options_.interval, kPauseFactor * (base::SteadyNow() - begin));
    const absl::MutexLock lock(&mutex_);
    stopped_.Await(mutex_, base::SteadyNow() + pause, stopping);
  }
}

absl::Status RiskGauges::Refresh() {
  const std::shared_ptr<const replica::View> view = source_.Current();
  if (view == nullptr) return absl::OkStatus();
  {
    const absl::MutexLock lock(&mutex_);
    if (computed_ != nullptr && computed_->figures.revision == view->revision()) return absl::OkStatus();
  }
  const SteadyTime begin = base::SteadyNow();
  auto figures = ComputeFigures(*cache_.Of(*view), options_.home, [this] { return stopping_.load(); });
  if (!figures.ok()) return figures.status();
  figures->revision = view->revision();
  auto names = NamesOf(*figures, *view);
  auto computed = std::make_shared<const Computed>(
      Computed{*std::move(figures), std::move(names), absl::Now(), base::SteadyNow() - begin});
  const absl::MutexLock lock(&mutex_);
  computed_ = std::move(computed);
  return absl::OkStatus();
}

void RiskGauges::Collect(kit::GaugeSink& sink) const {
  sink.Counter("linchpin_risk_figure_failures_total",
               "Times the figures could not be computed; the last ones stay.", {},
               static_cast<double>(failures_));
  std::shared_ptr<const Computed> computed;
  {
    const absl::MutexLock lock(&mutex_);
    computed = computed_;
  }
  if (computed == nullptr) return;
  CollectShares(computed->figures, sink);
  CollectNames(computed->names, sink);
  for (const auto& [tier, count] : computed->figures.unmitigated) {
    AddBounds(
        "linchpin_risk_unmitigated_applications",
        "Applications that stop when some single vendor exits: for certain (lower), probably (likely), as "
        "far as is known (upper).",
        {{"tier", tier}},
        {static_cast<double>(count.lower), static_cast<double>(count.likely),
         static_cast<double>(count.upper)},
        sink);
  }
  sink.Gauge("linchpin_risk_figures_revision", "Revision of the inventory that the risk gauges rest on.", {},
             static_cast<double>(computed->figures.revision));
  sink.Gauge("linchpin_risk_figures_timestamp_seconds", "When the risk gauges were computed.", {},
             absl::ToDoubleSeconds(computed->at - absl::UnixEpoch()));
  sink.Gauge("linchpin_risk_figures_duration_seconds", "How long that took.", {},
             absl::ToDoubleSeconds(computed->took));
}

}  // namespace linchpin::risk
