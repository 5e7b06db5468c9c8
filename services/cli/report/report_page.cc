#include "services/cli/report/report_page.h"

#include <algorithm>

#include "services/base/text.h"
#include "services/cli/commands/scenario_flags.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/finding_text.h"
#include "services/cli/print/score_text.h"
#include "services/cli/report/html.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

constexpr int kEventsShown = 3;
constexpr int kScoresShown = 5;

std::string Section(std::string_view title, const std::string& body) {
  return Cat({"<section>\n<h2>", Escaped(title), "</h2>\n", body, "</section>\n"});
}

std::string Paragraph(std::string_view text, const char* style = "") {
  return Cat({"<p", *style == 0 ? "" : Cat({" class=\"", style, "\""}), ">", Escaped(text), "</p>\n"});
}

std::string EventText(const std::string& key) {
  const auto cutoff = CutoffOfAtom(key);
  return cutoff ? CutoffText(*cutoff) : key;
}

// "12.0%, not excluded 40.0%": what is the same in two readings is said once.
std::string InReadings(const std::string& proven, const std::string& likely,
                       const std::string& not_excluded) {
  return Cat({proven, likely == proven ? "" : Cat({", likely ", likely}),
              not_excluded == likely ? "" : Cat({", not excluded ", not_excluded})});
}

std::string ScorePart(const ReportData& data) {
  const risk::Score& portfolio = data.scores.portfolio();
  std::string body = Cat(
      {"<p class=\"score\"><span><b>", Points(Shown(portfolio)), "</b> of 100</span><span class=\"soft\">",
       Escaped(
           Cat({"not excluded: ", Points(portfolio.not_excluded().score()),
                ". The chance in percent that within a year a supply cutoff takes an application beyond the "
                "downtime that it tolerates, over ",
                Counted(data.scores.basis().application_count(), "application", "applications"),
                " by criticality."})),
       "</span></p>\n"});
  std::vector<Bar> bars;
  std::vector<std::vector<std::string>> rows;
  for (int i = 0; i < std::min(kScoresShown, data.scores.scores_size()); ++i) {
    const risk::Score& score = data.scores.scores(i);
    const std::string name(resource::IdOf(score.name()));
    bars.push_back({name, score.proven().score() / 100, score.likely().score() / 100,
                    score.not_excluded().score() / 100, Points(Shown(score))});
    rows.push_back({score.name(), Points(score.proven().score()), Points(score.likely().score()),
                    Points(score.not_excluded().score()), DriversText(score)});
  }
  if (bars.empty()) return body;
  const std::string title =
      Cat({data.scores.scores(0).name(), " is exposed most, to ",
           data.scores.scores(0).drivers().empty() ? "nothing that is known"
                                                   : data.scores.scores(0).drivers(0).atom()});
  return body + Figure(title, BarChart(bars, title),
                       HtmlTable({"Application", "Proven", "Likely", "Not excluded", "Driven by"}, rows));
}

std::string EventsPart(const ReportData& data) {
  std::vector<Bar> bars;
  std::vector<std::vector<std::string>> rows;
  for (int i = 0; i < std::min(kEventsShown, data.sweep.atoms_size()); ++i) {
    const risk::AtomImpact& atom = data.sweep.atoms(i);
    const risk::AtomLosses& lost = atom.sustained();
    bars.push_back({EventText(atom.key()), lost.best().index_ppm() / 1e6, lost.likely().index_ppm() / 1e6,
                    lost.worst().index_ppm() / 1e6, PercentOfPpm(lost.best().index_ppm())});
    rows.push_back(
        {EventText(atom.key()), PercentOfPpm(atom.immediate().best().index_ppm()),
         InReadings(PercentOfPpm(lost.best().index_ppm()), PercentOfPpm(lost.likely().index_ppm()),
                    PercentOfPpm(lost.worst().index_ppm())),
         InReadings(Grouped(lost.best().down()), Grouped(lost.likely().down()), Grouped(lost.worst().down())),
         base::JoinNames({atom.consumers().begin(), atom.consumers().end()}, 4)});
  }
  if (bars.empty()) return Paragraph("No single loss hits anything that is stated.");
  const std::string title =
      Cat({"If ", bars[0].label, ", ", bars[0].value,
           " of the service, by criticality, stays lost when every fallback has taken over"});
  return Figure(title, BarChart(bars, title),
                HtmlTable({"Event", "Lost at once", "Lost for good", "Stopped", "Hardest hit"}, rows));
}

std::string DecisionsPart(const ReportData& data) {
  if (data.decisions.empty()) return Paragraph("Nothing that is stated would lower a score.");
  std::string list = "<ol>\n";
  for (const Decision& decision : data.decisions) {
    std::string advice = AdviceText(decision.weakness);
    advice.erase(std::remove(advice.begin(), advice.end(), '`'), advice.end());
    list += Cat({"<li>", Escaped(advice), " <span class=\"soft\">(",
                 Escaped(Cat({"up to ", Points(decision.weakness.points()), " of ", Points(decision.score),
                              " points of ", decision.application})),
                 ")</span></li>\n"});
  }
  return list + "</ol>\n";
}

std::string ConcentrationPart(const ReportData& data) {
  std::string body;
  for (const risk::Concentration& figure : data.concentration.concentrations()) {
    std::vector<Bar> bars;
    std::vector<std::vector<std::string>> rows;
    std::string largest;
    for (const auto& group : figure.groups()) {
      const bool unknown = group.key() == "unknown";
      if (!unknown && group.key() != "none" && largest.empty())
        largest = Cat({group.key(), " carries ", Percent(group.share_lower_ratio())});
      bars.push_back(
          {group.key(), unknown ? 0 : group.share_lower_ratio(), unknown ? 0 : group.share_lower_ratio(),
           unknown ? group.share_ratio() : group.share_upper_ratio(), Percent(group.share_ratio())});
      rows.push_back({group.key(), Percent(group.share_ratio()), Percent(group.share_lower_ratio()),
                      Percent(group.share_upper_ratio())});
    }
    if (bars.empty()) continue;
    const std::string name =
        Words(common::v1::Dimension_Name(figure.dimension()).substr(sizeof("DIMENSION_") - 1));
    const std::string title =
        Cat({"By ", name, ": ", largest.empty() ? "nothing is known" : largest, " of ",
             Counted(figure.population(), "application", "applications"), "; Herfindahl-Hirschman index ",
             Grouped(static_cast<int64_t>(figure.hhi_lower())), " to ",
             Grouped(static_cast<int64_t>(figure.hhi_upper())), " of 10,000"});
    body += Figure(title, BarChart(bars, title), HtmlTable({"Group", "Share", "At least", "At most"}, rows));
  }
  return body;
}

std::string FindingsPart(const ReportData& data) {
  if (!data.has_policies) return Paragraph("This server evaluates no policies.");
  if (data.finding_count == 0) return Paragraph("No policy is violated.");
  std::vector<std::vector<std::string>> rows;
  for (const policy::v1::Finding& finding : data.findings) {
    rows.push_back({ShortId(finding),
                    policy::v1::Severity_Name(finding.severity()).substr(sizeof("SEVERITY_") - 1),
                    finding.message()});
  }
  return Figure(Cat({Counted(data.finding_count, "finding is", "findings are"), " open; the gravest:"}), "",
                HtmlTable({"Finding", "Severity", "What"}, rows));
}

std::string QualityPart(const ReportData& data) {
  std::vector<std::vector<std::string>> rows;
  for (const risk::Concentration& figure : data.concentration.concentrations()) {
    std::string through;
    for (const auto& group : figure.groups()) {
      if (group.key() == "unknown")
        through = base::JoinNames({group.unknown_through().begin(), group.unknown_through().end()}, 4);
    }
    rows.push_back({Words(common::v1::Dimension_Name(figure.dimension()).substr(sizeof("DIMENSION_") - 1)),
                    Percent(figure.unknown_share_ratio()), through});
  }
  return Figure("How much of the weight rests on facts that are not stated, and whose to ask for first", "",
                HtmlTable({"By", "Unknown", "Ask first about"}, rows));
}

}  // namespace

std::string BoardSentence(const ReportData& data) {
  if (!data.worst) {
    return Cat(
        {"No single loss of a vendor, a host, or a country's weights or services certainly stops any of ",
         Counted(data.scores.basis().application_count(), "application", "applications"), "."});
  }
  const risk::SimulateCutoffResponse& worst = *data.worst;
  auto count = [](int64_t stopped, int64_t of, const char* one, const char* many) {
    return Cat({Grouped(stopped), " of ", Counted(of, one, many)});
  };
  const int64_t open = worst.worst().impacted_applications() - worst.likely().impacted_applications();
  return Cat(
      {"If ", EventText(data.sweep.atoms(0).key()), ", ",
       count(worst.best().stopped_applications(), worst.application_count(), "application", "applications"),
       " and ",
       count(worst.best().stopped_business_services(), worst.business_service_count(), "business service",
             "business services"),
       " stop within ", Span(worst.horizon()), "; ", PercentOfPpm(worst.best().peak_index_ppm()),
       " of the service, by criticality, is lost at the worst moment.",
       open > 0 ? Cat({" A hit cannot be excluded for ",
                       Counted(open, "more application", "more applications"), "."})
                : ""});
}

std::string ReportPage(const ReportData& data) {
  const auto& inventory = data.concentration.inventory();
  const std::string title = "What we depend on in AI models, and what happens when it is cut off";
  std::string body = Cat({"<h1>", Escaped(title), "</h1>\n",
                          Paragraph(Cat({data.date, "; ", SnapshotText(inventory)}), "soft"),
                          Paragraph(BoardSentence(data), "lead")});
  body += Section("Risk score", ScorePart(data));
  body += Section("The worst events", EventsPart(data));
  body += Section("The best decisions", DecisionsPart(data));
  body += Section("Concentration", ConcentrationPart(data));
  if (data.concentration.has_foreign() && !data.concentration.foreign().home().empty()) {
    const auto& foreign = data.concentration.foreign();
    body += Section(
        "Foreign origin",
        Paragraph(Cat({"Foreign to ", base::JoinNames({foreign.home().begin(), foreign.home().end()}, 12),
                       ": at least ", Percent(foreign.foreign_share_lower_ratio()), " and at most ",
                       Percent(foreign.foreign_share_upper_ratio()),
                       " of the weight rests on models of foreign origin or made from such."})));
  }
  body += Section("Policy findings", FindingsPart(data));
  body += Section("Quality of the facts", QualityPart(data));
  body += Paragraph(Cat({"Scores: ", BasisText(data.scores.basis()),
                         ". Proven is what stated facts prove; likely also reads what probably is; not "
                         "excluded is what an unknown "
                         "fact could still make true."}),
                    "soft");
  return Page(title, body);
}

}  // namespace linchpin::cli
