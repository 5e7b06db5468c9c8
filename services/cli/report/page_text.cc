#include "services/cli/report/page_text.h"

#include <cmath>

#include "services/base/enum_words.h"
#include "services/base/text.h"
#include "services/cli/commands/risk/scenario_flags.h"
#include "services/cli/print/figures.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {

namespace risk = linchpin::risk::v1;
using base::Cat;

std::string EventText(const risk::ReportEvent& event) {
  if (event.scenario().cutoffs().empty()) return AtomWords(event.impact().key());
  return CutoffText(event.scenario().cutoffs(0));
}

std::string AtomWords(std::string_view key) {
  const size_t colon = key.find(':');
  if (colon == std::string_view::npos) return std::string(key);
  const std::string_view kind = key.substr(0, colon), id = key.substr(colon + 1);
  return Cat({kind, kind == "weights" || kind == "services" ? " from " : " ", id});
}

std::string InReadings(const std::string& proven, const std::string& likely,
                       const std::string& not_excluded) {
  return Cat({proven, likely == proven ? "" : Cat({", likely ", likely}),
              not_excluded == likely ? "" : Cat({", not excluded ", not_excluded})});
}

std::string FromTo(const std::string& from, const std::string& to) {
  return from == to ? from : Cat({from, " to ", to});
}

std::string DayText(const google::protobuf::Timestamp& time) {
  return resource::FormatTime(time).substr(0, sizeof("2026-01-01") - 1);
}

std::string DimensionText(common::v1::Dimension dimension) {
  return base::EnumWords(common::v1::Dimension_Name(dimension).substr(sizeof("DIMENSION_") - 1));
}

std::string ShortMoney(double minor, std::string_view currency) {
  constexpr const char* kUnits[] = {"", " k", " m", " bn", " tn"};
  double value = minor / std::pow(10, MinorDigits(currency));
  size_t unit = 0;
  while (value >= 999.5 && unit + 1 < std::size(kUnits)) {
    value /= 1000;
    ++unit;
  }
  const int digits = value >= 99.5 || value == 0 ? 0 : value >= 9.95 ? 1 : 2;
  return Cat({currency, currency.empty() ? "" : " ", Fixed(value, digits), kUnits[unit]});
}

}  // namespace linchpin::cli
