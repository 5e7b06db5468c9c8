// The parts of a report, each as HTML; defined in the file of its subject.
#ifndef LINCHPIN_SERVICES_CLI_REPORT_PAGE_PARTS_H_
#define LINCHPIN_SERVICES_CLI_REPORT_PAGE_PARTS_H_

#include <string>

#include "services/cli/report/report_data.h"

namespace linchpin::cli {

// page_score.cc
std::string ScorePart(const ReportData& data);  // What the score is made of, its trend, who is exposed most.
// page_events.cc
std::string EventsPart(const ReportData& data);       // The worst events.
std::string BlastRadiusPart(const ReportData& data);  // How the worst one spreads.
std::string TimelinePart(const ReportData& data);     // And over time.
// page_scenarios.cc
std::string ScenariosPart(const ReportData& data);  // Consumers by scenario.
std::string LossesPart(const ReportData& data);     // What a year may cost.
// page_concentration.cc
std::string ConcentrationPart(const ReportData& data);
std::string QualityPart(const ReportData& data);  // How well the facts are known, and what to ask first.
// page_decisions.cc
std::string DecisionsPart(const ReportData& data);
std::string FindingsPart(const ReportData& data);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REPORT_PAGE_PARTS_H_
