// Scores as people read them.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_SCORE_TEXT_H_
#define LINCHPIN_SERVICES_CLI_PRINT_SCORE_TEXT_H_

#include <string>

#include "linchpin/risk/v1/score.pb.h"
#include "linchpin/risk/v1/score_history.pb.h"
#include "services/cli/context.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {

// "28.1", "0", "100": what is not 0 or 100 is never shown as if it were, but as "<0.1" or ">99.9".
std::string Points(double points);

// "28.1", "28.1 (likely 30.0, at most 45.2)": what is the same in all readings is said once.
std::string ScoreText(const linchpin::risk::v1::Score& score);

// Red from 50, yellow from 20: a chance of one in two, and of one in five, within a year.
Paint PaintOfScore(double score);

// "model:gpt-4o 8.1, vendor:openai 3.2"; empty if nothing drives it.
std::string DriversText(const linchpin::risk::v1::Score& score);

// ", 1.2 up since 2026-11-01": against the oldest point of about the last 30 days; empty without one of an
// earlier day.
std::string TrendText(const linchpin::risk::v1::Score& score,
                      const linchpin::risk::v1::ListScoreHistoryResponse& history);

// What to do about a weakness: "add a fallback to `applications/a/dependencies/chat`".
std::string AdviceText(const linchpin::risk::v1::Weakness& weakness);

// "hazardTables/shipped version 2026-11, formula 1, from 2026-11-30".
std::string BasisText(const linchpin::risk::v1::ScoreBasis& basis);

// "no fallback", "shared fate".
std::string GapText(linchpin::risk::v1::Gap gap);

// The figure that is shown where one is: likely.
double Shown(const linchpin::risk::v1::Score& score);
double Shown(const linchpin::risk::v1::ScorePoints& points);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_SCORE_TEXT_H_
