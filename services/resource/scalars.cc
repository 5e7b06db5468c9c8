#include "services/resource/scalars.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

#include "services/base/text.h"

namespace linchpin::resource {
namespace {

constexpr int64_t kSecondsMax = 315'576'000'000;  // of a proto duration
constexpr int64_t kTimeMin = -62'135'596'800;     // 0001-01-01T00:00:00Z
constexpr int64_t kTimeMax = 253'402'300'799;     // 9999-12-31T23:59:59Z

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

template <typename T>
std::optional<T> ParseWhole(std::string_view text) {
  const std::string_view digits = !text.empty() && text[0] == '-' ? text.substr(1) : text;
  if (!IsDigits(digits) || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  T value;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Nanoseconds of up to nine digits after a point.
std::optional<int32_t> ParseFraction(std::string_view digits) {
  if (!IsDigits(digits) || digits.size() > 9) return std::nullopt;
  int32_t nanos = 0;
  for (size_t i = 0; i < 9; ++i) nanos = nanos * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  return nanos;
}

std::string FormatFraction(int32_t nanos) {
  if (nanos == 0) return "";
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, ".%09d", nanos);
  std::string out = buffer;
  while (out.size() > 4 && out.compare(out.size() - 3, 3, "000") == 0) out.resize(out.size() - 3);
  return out;
}

// Days from 1970-01-01 of a date of the proleptic Gregorian calendar, and back.
int64_t DaysOf(int64_t year, int month, int day) {
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

void DateOf(int64_t days, int& year, int& month, int& day) {
  days += 719'468;
  const int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const int64_t doe = days - era * 146'097;
  const int64_t yoe = (doe - doe / 1460 + doe / 36'524 - doe / 146'096) / 365;
  const int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const int64_t mp = (5 * doy + 2) / 153;
  day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  year = static_cast<int>(yoe + era * 400 + (month <= 2 ? 1 : 0));
}

int DaysInMonth(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// Reads `pattern`, where `#` stands for a digit; the numbers between other characters go to `out`.
bool ReadPattern(std::string_view text, std::string_view pattern, std::vector<int>& out) {
  if (text.size() != pattern.size()) return false;
  bool in_number = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (pattern[i] == '#' ? !digit : text[i] != pattern[i] && !(pattern[i] == 'T' && text[i] == 't'))
      return false;
    if (pattern[i] != '#') {
      in_number = false;
      continue;
    }
    if (!in_number) out.push_back(0);
    in_number = true;
    out.back() = out.back() * 10 + (text[i] - '0');
  }
  return true;
}

std::optional<int> ParseOffset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  std::vector<int> parts;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') ||
      !ReadPattern(text.substr(1), "##:##", parts)) {
    return std::nullopt;
  }
  if (parts[0] > 23 || parts[1] > 59) return std::nullopt;
  const int seconds = parts[0] * 3600 + parts[1] * 60;
  return text[0] == '-' ? -seconds : seconds;
}

std::string EnumPrefix(const google::protobuf::EnumDescriptor& type) {
  std::string prefix = base::SnakeCase(type.name());
  for (char& c : prefix) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return prefix + "_";
}

}  // namespace

std::optional<int64_t> ParseInt(std::string_view text) { return ParseWhole<int64_t>(text); }
std::optional<uint64_t> ParseUint(std::string_view text) { return ParseWhole<uint64_t>(text); }

std::optional<double> ParseNumber(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789+-.eE") != std::string_view::npos)
    return std::nullopt;
  const size_t first = text[0] == '-' ? 1 : 0;
  if (text.size() == first || text[first] < '0' || text[first] > '9' || text.back() == '.')
    return std::nullopt;
  double value;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string FormatNumber(double value) {
  char buffer[40];
  auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
  std::string out(buffer, end);
  return out.find_first_not_of("-0123456789") == std::string::npos ? out + ".0" : out;
}

std::optional<google::protobuf::Duration> ParseDuration(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const bool negative = text[0] == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  const char unit = text.back();
  text.remove_suffix(1);
  const int64_t factor = unit == 's'   ? 1
                         : unit == 'm' ? 60
                         : unit == 'h' ? 3600
                         : unit == 'd' ? 86'400
                         : unit == 'w' ? 604'800
                                       : 0;
  int32_t nanos = 0;
  const size_t point = text.find('.');
  if (point != std::string_view::npos) {
    std::optional<int32_t> fraction = ParseFraction(text.substr(point + 1));
    if (unit != 's' || !fraction) return std::nullopt;
    nanos = *fraction;
    text = text.substr(0, point);
  }
  if (factor == 0 || !IsDigits(text)) return std::nullopt;
  int64_t count;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || count > kSecondsMax / factor) return std::nullopt;
  google::protobuf::Duration duration;
  duration.set_seconds(negative ? -count * factor : count * factor);
  duration.set_nanos(negative ? -nanos : nanos);
  return duration;
}

std::string FormatDuration(const google::protobuf::Duration& duration) {
  const int64_t seconds = duration.seconds();
  if (duration.nanos() != 0) return FormatDurationJson(duration);
  if (seconds != 0 && seconds % 86'400 == 0) return std::to_string(seconds / 86'400) + "d";
  if (seconds != 0 && seconds % 3600 == 0) return std::to_string(seconds / 3600) + "h";
  if (seconds != 0 && seconds % 60 == 0) return std::to_string(seconds / 60) + "m";
  return std::to_string(seconds) + "s";
}

std::string FormatDurationJson(const google::protobuf::Duration& duration) {
  const bool negative = duration.seconds() < 0 || duration.nanos() < 0;
  const uint64_t seconds = duration.seconds() < 0 ? -static_cast<uint64_t>(duration.seconds())
                                                  : static_cast<uint64_t>(duration.seconds());
  return base::Cat(
      {negative ? "-" : "", std::to_string(seconds), FormatFraction(std::abs(duration.nanos())), "s"});
}

std::optional<google::protobuf::Timestamp> ParseTime(std::string_view text) {
  std::vector<int> p;
  if (text.size() < 20 || !ReadPattern(text.substr(0, 19), "####-##-##T##:##:##", p)) return std::nullopt;
  if (p[1] < 1 || p[1] > 12 || p[2] < 1 || p[2] > DaysInMonth(p[0], p[1]) || p[3] > 23 || p[4] > 59 ||
      p[5] > 59) {
    return std::nullopt;
  }
  text.remove_prefix(19);
  int32_t nanos = 0;
  if (text[0] == '.') {
    const size_t end = std::min(text.find_first_not_of("0123456789", 1), text.size());
    std::optional<int32_t> fraction = ParseFraction(text.substr(1, end - 1));
    if (!fraction) return std::nullopt;
    nanos = *fraction;
    text.remove_prefix(end);
  }
  const std::optional<int> offset = ParseOffset(text);
  if (!offset) return std::nullopt;
  const int64_t seconds = DaysOf(p[0], p[1], p[2]) * 86'400 + p[3] * 3600 + p[4] * 60 + p[5] - *offset;
  if (seconds < kTimeMin || seconds > kTimeMax) return std::nullopt;
  google::protobuf::Timestamp time;
  time.set_seconds(seconds);
  time.set_nanos(nanos);
  return time;
}

std::string FormatTime(const google::protobuf::Timestamp& time) {
  int64_t days = time.seconds() / 86'400;
  int64_t rest = time.seconds() % 86'400;
  if (rest < 0) {
    rest += 86'400;
    --days;
  }
  int year, month, day;
  DateOf(days, year, month, day);
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day,
                static_cast<int>(rest / 3600), static_cast<int>(rest / 60 % 60), static_cast<int>(rest % 60));
  return base::Cat({buffer, FormatFraction(time.nanos()), "Z"});
}

std::string EnumShortName(const google::protobuf::EnumValueDescriptor& value) {
  const std::string prefix = EnumPrefix(*value.type());
  const std::string& name = value.name();
  return name.rfind(prefix, 0) == 0 ? name.substr(prefix.size()) : name;
}

const google::protobuf::EnumValueDescriptor* FindEnumValue(const google::protobuf::EnumDescriptor& type,
                                                           std::string_view name) {
  const auto* value = type.FindValueByName(EnumPrefix(type) + std::string(name));
  return value != nullptr ? value : type.FindValueByName(std::string(name));
}

std::vector<std::string> EnumShortNames(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0) names.push_back(EnumShortName(*type.value(i)));
  }
  return names;
}

}  // namespace linchpin::resource
