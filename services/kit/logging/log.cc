#include "services/kit/logging/log.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/base/text.h"

namespace linchpin::kit {
namespace {

constexpr size_t kValueMax = 4096;
constexpr size_t kLineMax = 16384;

void AppendEscape(unsigned code, std::string& out) {
  char buffer[8];
  std::snprintf(buffer, sizeof(buffer), "\\u%04x", code);
  out += buffer;
}

// Whether a valid sequence may stand as it is: C1 controls, line separators and text-direction marks may not.
bool Printable(std::string_view sequence) {
  if (sequence.size() == 2) return !(sequence[0] == '\xC2' && static_cast<unsigned char>(sequence[1]) < 0xA0);
  if (sequence.size() != 3 || sequence[0] != '\xE2') return true;
  const unsigned char second = sequence[1], third = sequence[2];
  if (second == 0x80) return !((third >= 0x8E && third <= 0x8F) || (third >= 0xA8 && third <= 0xAE));
  return !(second == 0x81 && third >= 0xA6 && third <= 0xA9);
}

void AppendString(std::string_view text, std::string& out) {
  out += '"';
  const bool cut = text.size() > kValueMax;
  if (cut) text = text.substr(0, kValueMax);
  while (!text.empty()) {
    const unsigned char c = text[0];
    size_t length = base::Utf8SequenceLength(text);
    if (length == 0) {
      out += "\\ufffd";
      length = 1;
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < 0x20 || c == 0x7F) {
      AppendEscape(c, out);
    } else if (length > 1 && !Printable(text.substr(0, length))) {
      const unsigned code = length == 2 ? ((c & 0x1Fu) << 6) | (text[1] & 0x3Fu)
                                        : ((c & 0x0Fu) << 12) | ((text[1] & 0x3Fu) << 6) | (text[2] & 0x3Fu);
      AppendEscape(code, out);
    } else {
      out.append(text.data(), length);
    }
    text.remove_prefix(length);
  }
  if (cut) out += "...";
  out += '"';
}

void AppendValue(const LogField& field, std::string& out) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    AppendString(*text, out);
  } else if (const auto* integer = std::get_if<int64_t>(&field.value)) {
    out += std::to_string(*integer);
  } else if (const auto* flag = std::get_if<bool>(&field.value)) {
    out += *flag ? "true" : "false";
  } else {
    const double number = std::get<double>(field.value);
    char buffer[32];
    std::snprintf(buffer, sizeof(buffer), "%.9g", number);
    out += std::isfinite(number) ? buffer : "null";
  }
}

}  // namespace

std::string_view LogLevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      break;
  }
  return "error";
}

std::optional<LogLevel> ParseLogLevel(std::string_view name) {
  for (LogLevel level : {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    if (LogLevelName(level) == name) return level;
  }
  return std::nullopt;
}

std::string FormatLogLine(std::string_view ts, LogLevel level, std::string_view message,
                          std::span<const LogField> fields) {
  std::string line = "{\"ts\":";
  AppendString(ts, line);
  line += ",\"level\":";
  AppendString(LogLevelName(level), line);
  line += ",\"msg\":";
  AppendString(message, line);
  for (const LogField& field : fields) {
    const size_t before = line.size();
    line += ',';
    AppendString(field.key, line);
    line += ':';
    AppendValue(field, line);
    if (line.size() > kLineMax) {
      line.resize(before);
      line += ",\"cut\":true";
      break;
    }
  }
  line += '}';
  return line;
}

Log::Log(LogLevel level, std::function<void(std::string_view)> sink)
    : level_(level), sink_(std::move(sink)) {}

void Log::Write(LogLevel level, std::string_view message, std::span<const LogField> fields) {
  if (!Enabled(level)) return;
  const std::string now = absl::FormatTime("%Y-%m-%d%ET%H:%M:%E6SZ", absl::Now(), absl::UTCTimeZone());
  std::string line = FormatLogLine(now, level, message, fields);
  line += '\n';
  if (sink_) {
    sink_(line);
    return;
  }
  // One write a line keeps lines of several threads apart. A log that cannot be written must not stop the
  // service.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace linchpin::kit
