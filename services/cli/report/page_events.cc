// The worst events: how much stays lost, how the worst one spreads, and over time.
#include <algorithm>

#include "services/base/text.h"
#include "services/cli/print/figures.h"
#include "services/cli/report/bars.h"
#include "services/cli/report/html.h"
#include "services/cli/report/lanes.h"
#include "services/cli/report/page_parts.h"
#include "services/cli/report/page_text.h"
#include "services/cli/report/sankey.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;
using Blast = risk::BlastRadius;

constexpr int kLanesMax = 8;
constexpr int kNamed = 4;

struct Look {
  const char* style;
  std::string_view sign;
  const char* words;
};

Look LookOf(Blast::State state) {
  switch (state) {
    case Blast::STATE_STOPPED:
      return {"s", kStopped, "stopped"};
    case Blast::STATE_IMPAIRED:
      return {"i", kImpaired, "impaired"};
    case Blast::STATE_RECOVERED:
      return {"r", kRecovered, "recovered"};
    default:
      return {"n", "", ""};
  }
}

constexpr const char* kLayers[] = {"Loss", "Models", "Applications", "Business services"};

// Layers that hold nothing are not drawn.
FlowPicture PictureOf(const risk::ReportEvent& event, const Blast& blast) {
  FlowPicture picture;
  for (const Blast::Node& node : blast.nodes()) {
    const auto layer = static_cast<size_t>(node.layer() - Blast::LAYER_LOSS);
    while (picture.layers.size() <= layer) picture.layers.emplace_back(kLayers[picture.layers.size()]);
    const Look look = LookOf(node.state());
    const std::string name = node.layer() == Blast::LAYER_LOSS ? EventText(event)
                             : node.name().empty()             ? Cat({Grouped(node.count()), " more"})
                                                               : std::string(resource::IdOf(node.name()));
    picture.nodes.push_back({name, look.style, static_cast<int>(layer), std::string(look.sign)});
  }
  for (const Blast::Link& link : blast.links())
    picture.links.push_back({link.source(), link.target(), link.applications()});
  return picture;
}

std::string NameOf(const risk::ReportEvent& event, const Blast::Node& node) {
  if (node.layer() == Blast::LAYER_LOSS) return EventText(event);
  return node.name().empty() ? Cat({Grouped(node.count()), " more"}) : node.name();
}

std::string FlowTable(const risk::ReportEvent& event, const Blast& blast) {
  std::vector<std::vector<std::string>> rows;
  for (const Blast::Link& link : blast.links()) {
    const Blast::Node &from = blast.nodes(link.source()), &to = blast.nodes(link.target());
    rows.push_back(
        {NameOf(event, from), NameOf(event, to), Fixed(link.applications(), 2), LookOf(to.state()).words});
  }
  return HtmlTable({"From", "To", "Applications", "State"}, rows);
}

std::string StoppedText(const risk::SimulateCutoffResponse& outcome) {
  return Cat({FromTo(Grouped(outcome.proven().stopped_applications()),
                     Grouped(outcome.not_excluded().stopped_applications())),
              " of ", Counted(outcome.application_count(), "application", "applications")});
}

Lane LaneOf(const risk::ConsumerImpact& impact, int64_t horizon) {
  Lane lane{std::string(impact.consumer()), {}};
  for (const risk::Segment& segment : impact.likely().segments()) {
    if (segment.level_ppm() >= impact.likely().base_level_ppm()) continue;
    lane.stretches.push_back({static_cast<double>(segment.start().seconds()) / static_cast<double>(horizon),
                              static_cast<double>(segment.end().seconds()) / static_cast<double>(horizon),
                              segment.level_ppm() == 0 ? "s" : "i"});
  }
  return lane;
}

std::string ObjectivesText(const risk::Impact& impact) {
  if (impact.mtd_breach()) return "beyond what it tolerates";
  return impact.rto_breach() ? "beyond its recovery objective" : "within both";
}

std::vector<std::string> TimeRow(const risk::ConsumerImpact& impact) {
  const risk::Impact& likely = impact.likely();
  return {impact.consumer(),
          likely.has_first_impact()
              ? likely.first_impact().seconds() == 0 ? "at once" : Span(likely.first_impact())
              : "never",
          Span(likely.down()),
          Span(likely.degraded()),
          likely.has_recovered()      ? Span(likely.recovered())
          : likely.has_first_impact() ? "not within it"
                                      : "",
          ObjectivesText(likely)};
}

}  // namespace

std::string EventsPart(const ReportData& data) {
  std::vector<Bar> bars;
  std::vector<std::vector<std::string>> rows;
  for (const risk::ReportEvent& event : data.risk.events()) {
    const risk::AtomLosses &at_once = event.impact().immediate(), &lost = event.impact().sustained();
    const auto readings = [](const risk::AtomLosses& losses) {
      return InReadings(PercentOfPpm(losses.proven().index_ppm()), PercentOfPpm(losses.likely().index_ppm()),
                        PercentOfPpm(losses.not_excluded().index_ppm()));
    };
    bars.push_back({EventText(event), lost.proven().index_ppm() / 1e6, lost.likely().index_ppm() / 1e6,
                    lost.not_excluded().index_ppm() / 1e6, PercentOfPpm(lost.likely().index_ppm())});
    rows.push_back(
        {EventText(event), readings(at_once), readings(lost), StoppedText(event.outcome()),
         base::JoinNames({event.impact().consumers().begin(), event.impact().consumers().end()}, kNamed)});
  }
  if (bars.empty()) return Paragraph("No single loss hits anything that is stated.");
  const std::string title =
      Cat({"If ", bars[0].label, ", ", bars[0].value,
           " of the service, by criticality, stays lost when every fallback has taken over"});
  const std::string note =
      Cat({"Share of the service of ", Counted(data.risk.application_count(), "application", "applications"),
           data.risk.business_service_count() == 0
               ? ""
               : Cat({" and ",
                      Counted(data.risk.business_service_count(), "business service", "business services")}),
           ", by criticality; the ", std::to_string(bars.size()), " worst of ",
           Counted(data.risk.event_count(), "loss", "losses"), " that hit something."});
  return Figure(title, BarChart(bars, title),
                HtmlTable({"Event", "Lost at once", "Stays lost", "Stop within a week", "Hardest hit"}, rows),
                note);
}

std::string BlastRadiusPart(const ReportData& data) {
  const Blast& blast = data.risk.blast_radius();
  if (data.risk.events().empty() || blast.links().empty()) return "";
  const risk::ReportEvent& event = data.risk.events(0);
  const risk::Total& likely = event.outcome().likely();
  const std::string title =
      Cat({"If ", EventText(event), ", ", Grouped(likely.impacted_applications()), " of ",
           Counted(event.outcome().application_count(), "application", "applications"),
           event.outcome().business_service_count() == 0
               ? ""
               : Cat({" and ", Grouped(likely.impacted_business_services()), " of ",
                      Counted(event.outcome().business_service_count(), "business service",
                              "business services")}),
           " are impaired, for a while or for good"});
  std::string note = "The width of a band is a number of applications. What is known or likely.";
  if (blast.untraced_count() > 0)
    note +=
        Cat({" ", Counted(blast.untraced_count(), "application", "applications"), " more are not drawn."});
  return Figure(title,
                Cat({Legend({{"s", Cat({kStopped, " stopped at the end"})},
                             {"i", Cat({kImpaired, " impaired at the end"})},
                             {"r", Cat({kRecovered, " recovered by a fallback"})}}),
                     Sankey(PictureOf(event, blast), title)}),
                FlowTable(event, blast), note);
}

std::string TimelinePart(const ReportData& data) {
  if (data.risk.events().empty()) return "";
  const risk::ReportEvent& event = data.risk.events(0);
  const risk::SimulateCutoffResponse& outcome = event.outcome();
  const int64_t horizon = outcome.horizon().seconds();
  std::vector<Lane> lanes;
  std::vector<std::vector<std::string>> rows;
  const risk::ConsumerImpact* longest = nullptr;
  for (const risk::ConsumerImpact& impact : outcome.consumers()) {
    if (!impact.likely().has_first_impact() || static_cast<int>(lanes.size()) == kLanesMax) continue;
    lanes.push_back(LaneOf(impact, horizon));
    rows.push_back(TimeRow(impact));
    if (longest == nullptr || impact.likely().down().seconds() > longest->likely().down().seconds())
      longest = &impact;
  }
  if (longest == nullptr || horizon <= 0) return "";
  const std::string title = Cat({"Within ", Span(horizon), " of it, ", longest->consumer(),
                                 longest->likely().down().seconds() > 0
                                     ? Cat({" is stopped for ", Span(longest->likely().down())})
                                     : Cat({" is impaired for ", Span(longest->likely().degraded())}),
                                 ", the longest"});
  const std::string note =
      Cat({"Time from the loss on, which comes without notice. The ", std::to_string(lanes.size()),
           " hit hardest of ", Counted(outcome.impaired_count(), "consumer", "consumers"),
           " that are impaired; what is known or likely."});
  return Figure(
      title, Cat({Legend({{"s", "stopped"}, {"i", "impaired"}}), Lanes(lanes, horizon, title)}),
      HtmlTable({"Consumer", "First hit", "Stopped", "Impaired", "Recovered after", "Objectives"}, rows),
      note);
}

}  // namespace linchpin::cli
