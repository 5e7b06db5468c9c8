#include "services/cli/print/figures.h"

#include <cmath>
#include <cstdio>
#include <set>

#include "absl/time/time.h"
#include "services/base/text.h"

namespace linchpin::cli {

using base::Cat;

std::string Fixed(double value, int digits) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.*f", digits, value);
  return buffer;
}

std::string Percent(double ratio) {
  const double percent = ratio * 100;
  if (percent <= 0) return "0%";
  if (percent >= 100) return "100%";
  if (percent < 0.05) return "<0.1%";
  if (percent > 99.95) return ">99.9%";
  return Fixed(percent, 1) + "%";
}

std::string PercentOfPpm(int64_t ppm) { return Percent(static_cast<double>(ppm) / 1e6); }

std::string Range(std::string_view lower, std::string_view upper) {
  return lower == upper ? std::string(lower) : Cat({"[", lower, ", ", upper, "]"});
}

std::string ReadingText(const std::string& proven, const std::string& likely, const std::string& not_excluded,
                        bool all) {
  return Cat({proven, likely == proven ? "" : Cat({", probably ", likely}),
              !all || not_excluded == likely ? "" : Cat({", not excluded ", not_excluded})});
}

std::string Span(int64_t seconds) {
  if (seconds == 0) return "0s";
  const std::pair<int64_t, const char*> units[] = {{86'400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}};
  std::string out;
  int used = 0;
  for (const auto& [size, name] : units) {
    if (used == 2) break;
    if (seconds >= size || used == 1) {
      const int64_t count = seconds / size;
      seconds %= size;
      ++used;
      if (count > 0) out += Cat({out.empty() ? "" : " ", std::to_string(count), name});
    }
  }
  return out;
}

std::string Span(const google::protobuf::Duration& duration) { return Span(duration.seconds()); }

std::string Grouped(int64_t number) {
  std::string digits = std::to_string(number < 0 ? -number : number);
  for (size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return (number < 0 ? "-" : "") + digits;
}

int MinorDigits(std::string_view currency) {
  static const std::set<std::string_view> kNone = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY",
                                                   "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
                                                   "VND", "VUV", "XAF", "XOF", "XPF"};
  static const std::set<std::string_view> kThree = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
  static const std::set<std::string_view> kFour = {"CLF", "UYW"};
  if (kNone.count(currency) > 0) return 0;
  return kThree.count(currency) > 0 ? 3 : kFour.count(currency) > 0 ? 4 : 2;
}

std::string Amount(int64_t minor, std::string_view currency) {
  const int digits = MinorDigits(currency);
  int64_t unit = 1;
  for (int i = 0; i < digits; ++i) unit *= 10;
  const std::string fraction = std::to_string(unit + std::abs(minor % unit)).substr(1);
  return Cat(
      {minor / unit == 0 && minor < 0 ? "-" : "", Grouped(minor / unit), digits == 0 ? "" : ".", fraction});
}

std::string Money(int64_t minor, std::string_view currency) {
  return Cat({currency, currency.empty() ? "" : " ", Amount(minor, currency)});
}

std::string Counted(int64_t count, std::string_view one, std::string_view many) {
  return Cat({Grouped(count), " ", count == 1 ? one : many});
}

std::string SnapshotText(const linchpin::common::v1::Snapshot& snapshot) {
  if (snapshot.has_as_of_time()) {
    const absl::Time time = absl::FromUnixSeconds(snapshot.as_of_time().seconds());
    return Cat({"inventory revision ", std::to_string(snapshot.revision()), " of ",
                absl::FormatTime("%Y-%m-%d %H:%M:%SZ", time, absl::UTCTimeZone())});
  }
  const int64_t age = snapshot.age().seconds();
  return Cat({"inventory revision ", std::to_string(snapshot.revision()),
              age >= 2 ? Cat({", ", Span(age), " old"}) : ""});
}

}  // namespace linchpin::cli
