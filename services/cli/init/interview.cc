#include "services/cli/init/interview.h"

#include "absl/strings/ascii.h"
#include "services/base/text.h"

namespace linchpin::cli {

namespace {
constexpr int kAttempts = 3;
}  // namespace

absl::Status Ask(Context& context, std::string_view question, std::string_view instead,
                 const std::function<absl::Status(const std::string& answer)>& take) {
  absl::Status refusal;
  for (int i = 0; i < kAttempts; ++i) {
    context.err << question << " " << std::flush;
    std::string line;
    if (!std::getline(context.in, line)) {
      context.err << "\n";
      return refusal.ok() ? UsageError(base::Cat({"no answer; without a terminal, give ", instead}))
                          : refusal;
    }
    refusal = take(std::string(absl::StripAsciiWhitespace(line)));
    if (refusal.ok()) return refusal;
    context.err << refusal.message() << "\n";
  }
  return refusal;
}

}  // namespace linchpin::cli
