// Figures as people read them.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_FIGURES_H_
#define LINCHPIN_SERVICES_CLI_PRINT_FIGURES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "google/protobuf/duration.pb.h"
#include "linchpin/common/v1/snapshot.pb.h"

namespace linchpin::cli {

// "41.7%", "0%", "100%"; what is not 0 or 100 is never shown as if it were.
std::string Percent(double ratio);
std::string PercentOfPpm(int64_t ppm);

// "a" if both are the same, else "[a, b]".
std::string Range(std::string_view lower, std::string_view upper);

// "12.0%", or "12.0%, probably 18.0%"; with `all` also "not excluded 40.0%". What is the same in two readings
// is said once.
std::string ReadingText(const std::string& proven, const std::string& likely, const std::string& not_excluded,
                        bool all);

// "1d 2h", "90s": the two largest units.
std::string Span(int64_t seconds);
std::string Span(const google::protobuf::Duration& duration);

// How many digits the minor unit of a currency takes (ISO 4217): 2, but 0 of JPY and 3 of KWD.
int MinorDigits(std::string_view currency);

// "1,234.50" of 123450, for a currency that is named elsewhere.
std::string Amount(int64_t minor, std::string_view currency);

// "EUR 1,234.50" of 123450, "JPY 123,450"; "1,234.50" without a currency.
std::string Money(int64_t minor, std::string_view currency);

// "1,234,567".
std::string Grouped(int64_t number);

// A number with at most `digits` digits after the point.
std::string Fixed(double value, int digits);

// "3 applications", "1 application".
std::string Counted(int64_t count, std::string_view one, std::string_view many);

// "inventory revision 12, 3s old" for a caption.
std::string SnapshotText(const linchpin::common::v1::Snapshot& snapshot);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_FIGURES_H_
