// The rules by which facts follow from others (knowledge.md K4), by id, and which of them are switched off.
#ifndef LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_RULE_SET_H_
#define LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_RULE_SET_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace linchpin::engine {

// kStated stands for what a document says itself, and cannot be switched off.
enum class Rule : uint8_t {
  kStated,
  kOwnLine,
  kServesFrom,
  kOwnCloud,
  kRouter,
  kHostedDeveloper,
  kVersionOf,
  kTypicalSwitch,
};
inline constexpr std::array<Rule, 7> kDerivingRules = {
    Rule::kOwnLine,         Rule::kServesFrom, Rule::kOwnCloud,     Rule::kRouter,
    Rule::kHostedDeveloper, Rule::kVersionOf,  Rule::kTypicalSwitch};

// The id that answers show and settings take, such as "own-line"; empty for kStated.
std::string_view IdOf(Rule rule);
// Nothing for a text that is no id.
std::optional<Rule> RuleOf(std::string_view id);
// Why the conclusion follows, as a sentence that people read.
std::string_view ReasonOf(Rule rule);

// Which rules are switched off; by default none. A value.
class DisabledRules {
 public:
  void Add(Rule rule) { bits_ |= BitOf(rule); }
  bool Contains(Rule rule) const { return (bits_ & BitOf(rule)) != 0; }
  friend bool operator==(const DisabledRules&, const DisabledRules&) = default;

 private:
  static constexpr uint8_t BitOf(Rule rule) { return static_cast<uint8_t>(1U << static_cast<int>(rule)); }
  uint8_t bits_ = 0;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_KNOWLEDGE_RULE_SET_H_
