#include "services/cli/print/score_text.h"

#include <cmath>
#include <vector>

#include "services/base/enum_words.h"
#include "services/base/text.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/figures.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

}  // namespace

double Shown(const risk::Score& score) { return score.likely().score(); }

double Shown(const risk::ScorePoints& points) { return points.likely(); }

std::string Points(double points) {
  if (points <= 0 || points >= 100) return points <= 0 ? "0" : "100";
  const std::string text = Fixed(points, 1);
  return text == "0.0" ? "<0.1" : text == "100.0" ? ">99.9" : text;
}

std::string ScoreText(const risk::Score& score) {
  const std::string proven = Points(score.proven().score()), most = Points(score.not_excluded().score());
  std::string text = proven, more;
  if (Points(score.likely().score()) != proven) {
    more = Cat({"likely ", Points(score.likely().score())});
  }
  if (most != proven) {
    const bool above = score.not_excluded().score() >= score.likely().score();
    more += Cat({more.empty() ? "" : ", ", above ? "at most " : "not excluded ", most});
  }
  return more.empty() ? text : Cat({text, " (", more, ")"});
}

Paint PaintOfScore(double score) {
  constexpr double kHigh = 50, kRaised = 20;
  return score >= kHigh ? Paint::kRed : score >= kRaised ? Paint::kYellow : Paint::kNone;
}

std::string DriversText(const risk::Score& score) {
  std::string text;
  for (const risk::Score::Driver& driver : score.drivers()) {
    const double shown = Shown(driver.points());
    const std::string points =
        shown > 0 ? Points(shown) : Cat({"up to ", Points(driver.points().not_excluded())});
    text += Cat({text.empty() ? "" : ", ", driver.atom(), " ", points});
  }
  return text;
}

std::string TrendText(const risk::Score& score, const risk::ListScoreHistoryResponse& history) {
  constexpr int64_t kDay = 86'400, kSpan = 30 * kDay;
  if (history.points_size() == 0) return "";
  const int64_t newest = history.points(history.points_size() - 1).score_time().seconds();
  const risk::ScorePoint* from = nullptr;
  for (const risk::ScorePoint& point : history.points()) {
    if (point.score_time().seconds() < newest - kSpan) continue;
    from = &point;
    break;
  }
  if (from == nullptr || from->score_time().seconds() / kDay == newest / kDay) return "";
  const double move = Shown(score) - Shown(from->score());
  const std::string since = resource::FormatTime(from->score_time()).substr(0, sizeof("2026-01-01") - 1);
  constexpr double kStill = 0.05;
  if (std::abs(move) < kStill) return Cat({", as on ", since});
  return Cat({", ", Points(std::abs(move)), move > 0 ? " up" : " down", " since ", since});
}

std::string AdviceText(const risk::Weakness& weakness) {
  const std::string dependency = Cat({"`", weakness.dependency(), "`"});
  const std::string atom = weakness.atoms_size() > 0 ? weakness.atoms(0) : "the same loss";
  switch (weakness.gap()) {
    case risk::GAP_NO_FALLBACK:
      return Cat({"add a fallback to ", dependency});
    case risk::GAP_SHARED_FATE:
      return Cat({"give ", dependency, " a fallback that still works when ", atom, " is lost"});
    case risk::GAP_SLOW_SWITCH:
      return Cat({"make the switch of ", dependency, " to its fallback faster"});
    case risk::GAP_UNKNOWN_SWITCH:
      return Cat({"state how long the switch of ", dependency, " to its fallback takes"});
    case risk::GAP_TOO_SMALL:
      return Cat({"give the fallback of ", dependency, " more quality, share or capacity"});
    default:
      return Cat({"look at ", dependency});
  }
}

std::string BasisText(const risk::ScoreBasis& basis) {
  return Cat({basis.hazard_table(), " version ", basis.hazard_table_version(), ", formula ",
              std::to_string(basis.formula_version()), ", the year from ", basis.as_of_date()});
}

std::string GapText(risk::Gap gap) {
  return gap == risk::GAP_UNSPECIFIED ? "" : base::EnumWords(risk::Gap_Name(gap).substr(sizeof("GAP_") - 1));
}

}  // namespace linchpin::cli
