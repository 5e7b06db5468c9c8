// The log: one JSON object a line, on standard error.
#ifndef LINCHPIN_SERVICES_KIT_LOGGING_LOG_H_
#define LINCHPIN_SERVICES_KIT_LOGGING_LOG_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace linchpin::kit {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

std::string_view LogLevelName(LogLevel level);  // "debug", "info", "warning", "error"
std::optional<LogLevel> ParseLogLevel(std::string_view name);

// One key with its value. Keys are constants of ours in snake_case. There is no way to log a Secret.
struct LogField {
  std::string_view key;
  std::variant<std::string_view, int64_t, double, bool> value;

  LogField(std::string_view key, std::string_view value) : key(key), value(value) {}
  LogField(std::string_view key, const std::string& value) : key(key), value(std::string_view(value)) {}
  LogField(std::string_view key, const char* value) : key(key), value(std::string_view(value)) {}
  LogField(std::string_view key, int value) : key(key), value(static_cast<int64_t>(value)) {}
  LogField(std::string_view key, int64_t value) : key(key), value(value) {}
  LogField(std::string_view key, double value) : key(key), value(value) {}
  LogField(std::string_view key, bool value) : key(key), value(value) {}
};

// The line of an entry, without line feed: `ts`, `level`, `msg`, then the fields in order. Control
// characters, quotes and invalid UTF-8 are escaped, so that no value can forge a line; a value is cut at 4
// KiB and a line ends after 16 KiB.
std::string FormatLogLine(std::string_view ts, LogLevel level, std::string_view message,
                          std::span<const LogField> fields);

// Thread safety: all of it.
class Log {
 public:
  // Entries below `level` are dropped. `sink` gets whole lines with line feed; null: standard error, one
  // write for each.
  explicit Log(LogLevel level = LogLevel::kInfo, std::function<void(std::string_view)> sink = nullptr);

  bool Enabled(LogLevel level) const { return level >= level_; }
  void Write(LogLevel level, std::string_view message, std::span<const LogField> fields);
  void Write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {}) {
    Write(level, message, std::span<const LogField>(fields.begin(), fields.size()));
  }

  void Debug(std::string_view m, std::initializer_list<LogField> f = {}) { Write(LogLevel::kDebug, m, f); }
  void Info(std::string_view m, std::initializer_list<LogField> f = {}) { Write(LogLevel::kInfo, m, f); }
  void Warning(std::string_view m, std::initializer_list<LogField> f = {}) {
    Write(LogLevel::kWarning, m, f);
  }
  void Error(std::string_view m, std::initializer_list<LogField> f = {}) { Write(LogLevel::kError, m, f); }

 private:
  const LogLevel level_;
  const std::function<void(std::string_view)> sink_;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_LOGGING_LOG_H_
