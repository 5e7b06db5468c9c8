#include "services/cli/report/report_page.h"

#include <utility>

#include "services/base/text.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/score_text.h"
#include "services/cli/report/html.h"
#include "services/cli/report/page_parts.h"
#include "services/cli/report/page_text.h"
#include "services/cli/selector.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

// "2 to 3 of 49 applications".
std::string StoppedOf(int64_t proven, int64_t not_excluded, int64_t of, const char* one, const char* many) {
  return Cat({FromTo(Grouped(proven), Grouped(not_excluded)), " of ", Counted(of, one, many)});
}

std::string Tile(const std::string& figure, const std::string& text) {
  return Cat({"<li><b>", Escaped(figure), "</b><span>", Escaped(text), "</span></li>"});
}

std::string ScoreTile(const risk::Report& report) {
  if (report.scores().basis().application_count() == 0)
    return Tile("no score", "no application is declared yet");
  const risk::Score& score = report.scores().portfolio();
  risk::ListScoreHistoryResponse history;
  *history.mutable_points() = report.score_history();
  const std::string range = FromTo(Points(score.proven().score()), Points(score.not_excluded().score()));
  return Tile(Points(Shown(score)),
              Cat({"risk score of 100", range == Points(Shown(score)) ? "" : Cat({" (", range, ")"}),
                   TrendText(score, history)}));
}

std::string Tiles(const ReportData& data) {
  const risk::Report& report = data.risk;
  std::string tiles = ScoreTile(report);
  if (!report.events().empty()) {
    const risk::SimulateCutoffResponse& worst = report.events(0).outcome();
    tiles += Tile(FromTo(Grouped(worst.proven().stopped_applications()),
                         Grouped(worst.not_excluded().stopped_applications())),
                  Cat({"of ", Counted(worst.application_count(), "application", "applications"),
                       " stop in the worst event"}));
  }
  const risk::LossResult& losses = report.losses();
  if (losses.priced_consumers() > 0 && losses.trials() > 0)
    tiles += Tile(ShortMoney(losses.likely().mean_minor(), losses.currency()), "expected loss of a year");
  if (data.has_policies) {
    tiles +=
        Tile(Grouped(data.finding_count),
             data.accepted_count == 0 ? "open findings"
                                      : Cat({"open findings, ", Grouped(data.accepted_count), " accepted"}));
  }
  return Cat({"<ul class=\"tiles\">", tiles, "</ul>\n"});
}

// Routes that count as applications, since there are none.
std::string StandInText(const risk::Report& report) {
  const int64_t routes = report.concentration().stand_in_route_count();
  if (routes == 0) return "";
  return Paragraph(Cat({"No application is declared: ", Counted(routes, "route stands", "routes stand"),
                        " in, one application each."}));
}

}  // namespace

std::string BoardSentence(const ReportData& data) {
  const risk::Report& report = data.risk;
  const std::string date = Cat({"On ", DayText(report.report_time()), ": "});
  if (report.events().empty()) {
    return Cat({date, "no single loss of a vendor, a host, or a country's weights or services hits any of ",
                Counted(report.application_count(), "application", "applications"), " that are stated."});
  }
  const risk::SimulateCutoffResponse& worst = report.events(0).outcome();
  const risk::Total &proven = worst.proven(), &most = worst.not_excluded();
  return Cat({date, "if ", EventText(report.events(0)), ", ",
              StoppedOf(proven.stopped_applications(), most.stopped_applications(), worst.application_count(),
                        "application", "applications"),
              worst.business_service_count() == 0
                  ? ""
                  : Cat({" and ",
                         StoppedOf(proven.stopped_business_services(), most.stopped_business_services(),
                                   worst.business_service_count(), "business service", "business services")}),
              " stop within ", Span(worst.horizon()), ", and ",
              FromTo(PercentOfPpm(proven.peak_index_ppm()), PercentOfPpm(most.peak_index_ppm())),
              " of the service, by criticality, is lost at the worst moment."});
}

std::string ReportPage(const ReportData& data) {
  const std::string title = "What we depend on in AI models, and what happens when it is cut off";
  std::string body = Cat(
      {"<h1>", Escaped(title), "</h1>\n",
       Paragraph(Cat({DayText(data.risk.report_time()), "; ", SnapshotText(data.risk.inventory())}), "soft"),
       Paragraph(BoardSentence(data), "lead"), StandInText(data.risk),
       data.risk.has_selection() ? Paragraph(Cat({"Counted: ", SelectionText(data.risk.selection())})) : "",
       Tiles(data)});
  body += Section("The best decisions", DecisionsPart(data));
  body += Section("The worst events", Cat({EventsPart(data), BlastRadiusPart(data), TimelinePart(data)}));
  body += Section("Scenarios", ScenariosPart(data));
  body += Section("Risk score", ScorePart(data));
  body += Section("What a year may cost", LossesPart(data));
  body += Section("Concentration", ConcentrationPart(data));
  body += Section("Policy findings", FindingsPart(data));
  body += Section("Quality of the facts", QualityPart(data));
  body += Paragraph(
      Cat({"Scores and losses: ", BasisText(data.risk.scores().basis()),
           ". Proven is what stated facts prove; likely also reads what probably is; not excluded is what "
           "an unknown fact could still make true. Ranges go from proven to not excluded."}),
      "soft small");
  return Page(title, body);
}

}  // namespace linchpin::cli
