#include "services/engine/knowledge/rule_set.h"

namespace linchpin::engine {
namespace {

struct Text {
  std::string_view id;
  std::string_view reason;
};

constexpr std::array<Text, 8> kTexts = {{
    {"", ""},
    {"own-line", "its developer derives such models from its own models only"},
    {"serves-from", "its operator says where its service runs"},
    {"own-cloud", "its operator provides hosts itself"},
    {"router", "an intermediary says whom it may call"},
    {"hosted-developer", "its operator says so of the developer's models"},
    {"version-of", "the line of which the model is a version says so"},
    {"typical-switch", "this is the typical time of such a change-over"},
}};

}  // namespace

std::string_view IdOf(Rule rule) { return kTexts[static_cast<size_t>(rule)].id; }
std::string_view ReasonOf(Rule rule) { return kTexts[static_cast<size_t>(rule)].reason; }

std::optional<Rule> RuleOf(std::string_view id) {
  for (Rule rule : kDerivingRules) {
    if (IdOf(rule) == id) return rule;
  }
  return std::nullopt;
}

}  // namespace linchpin::engine
