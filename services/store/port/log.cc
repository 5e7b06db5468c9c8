#include "services/store/port/log.h"

#include <algorithm>
#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"

namespace linchpin::store {
namespace {

using std::chrono::steady_clock;

constexpr size_t kLinesMax = 64;

// The lines that were passed on of late.
class Lines {
 public:
  explicit Lines(absl::Duration every) : every_(absl::ToChronoNanoseconds(every)) {}

  // How often the line was held back since it was last passed on; nothing if it is to be held back now.
  std::optional<int64_t> Pass(std::string line) {
    const auto now = steady_clock::now();
    absl::MutexLock lock(&mutex_);
    auto found =
        std::find_if(lines_.begin(), lines_.end(), [&](const Line& one) { return one.text == line; });
    if (found != lines_.end() && now - found->passed < every_) {
      ++found->held_back;
      return std::nullopt;
    }
    int64_t held_back = 0;
    if (found != lines_.end()) {
      held_back = found->held_back;
      lines_.erase(found);
    }
    lines_.push_back({std::move(line), now, 0});
    if (lines_.size() > kLinesMax) lines_.pop_front();
    return held_back;
  }

 private:
  struct Line {
    std::string text;
    steady_clock::time_point passed;
    int64_t held_back;
  };

  const steady_clock::duration every_;
  absl::Mutex mutex_;
  std::list<Line> lines_ ABSL_GUARDED_BY(mutex_);  // In the order in which they were passed on.
};

}  // namespace

LogFunction LimitRepeats(LogFunction log, absl::Duration every) {
  if (!log) return nullptr;
  auto lines = std::make_shared<Lines>(every);
  return [log = std::move(log), lines](LogLevel level, std::string_view message, std::string_view detail) {
    const std::optional<int64_t> held_back =
        lines->Pass(absl::StrCat(std::string(message), "\n", std::string(detail)));
    if (!held_back) return;
    if (*held_back == 0) return log(level, message, detail);
    log(level, message, absl::StrCat(std::string(detail), " (and ", *held_back, " times before)"));
  };
}

}  // namespace linchpin::store
