#include "services/engine/graph/resolve.h"

#include <array>

#include "services/engine/graph/message.h"

namespace linchpin::engine {
namespace {

struct TierDefaults {
  int64_t priority;
  int64_t weight;
  int64_t min_viable_ppm;
  int64_t recovery_time_objective_seconds;
  int64_t max_tolerable_downtime_seconds;
};

constexpr int64_t kHour = 3600;
constexpr int kTierWhenUnknown = 3;
constexpr std::array<TierDefaults, 4> kTiers = {{
    {100, 8, 800'000, 4 * kHour, 24 * kHour},
    {200, 4, 500'000, 8 * kHour, 48 * kHour},
    {300, 2, 1, 24 * kHour, 120 * kHour},
    {400, 1, 1, 72 * kHour, 240 * kHour},
}};

// Takes `stated` where there is one, else the fallback, and collects what lies out of bounds.
class Resolver {
 public:
  explicit Resolver(std::string subject) : subject_(std::move(subject)) {}

  int64_t Take(std::string_view field, const std::optional<int64_t>& stated, int64_t fallback, int64_t low,
               int64_t high) {
    const int64_t value = stated.value_or(fallback);
    if (value < low || value > high) Refuse(field, value, low, high);
    return value;
  }
  int64_t Take(std::string_view field, const std::optional<int64_t>& stated, int64_t fallback, int64_t low,
               int64_t high, uint8_t bit, uint8_t& bits) {
    if (!stated.has_value()) bits |= bit;
    return Take(field, stated, fallback, low, high);
  }
  const absl::Status& status() const { return status_; }

 private:
  void Refuse(std::string_view field, int64_t value, int64_t low, int64_t high) {
    if (!status_.ok()) return;
    status_ = Invalid({subject_, ": ", field, " is ", std::to_string(value), " but must be from ",
                       std::to_string(low), " to ", std::to_string(high)});
  }
  std::string subject_;
  absl::Status status_;
};

absl::Status CheckUsage(const std::string& subject, const Usage& usage) {
  const bool measured = usage.requests >= 0 || usage.tokens >= 0 || usage.spend_minor >= 0;
  if (!measured || usage.window_seconds > 0) return absl::OkStatus();
  return Invalid({subject, ": usage needs a window longer than 0"});
}

}  // namespace

int64_t SwitchSecondsOf(Activation activation) {
  switch (activation) {
    case Activation::kAutomatic:
      return 0;
    case Activation::kConfiguration:
      return kHour;
    case Activation::kRedeployment:
      return 24 * kHour;
    case Activation::kReengineering:
      return 30 * 24 * kHour;
  }
  return AlternativeTerms::kUnknownSwitch;
}

absl::StatusOr<ConsumerRecord> ResolveConsumer(const ConsumerFacts& facts) {
  if (facts.tier.has_value() && (*facts.tier < 1 || *facts.tier > 4)) {
    return Invalid({facts.name, ": tier is ", std::to_string(*facts.tier), " but must be from 1 to 4"});
  }
  const TierDefaults& tier = kTiers[facts.tier.value_or(kTierWhenUnknown) - 1];
  const Continuity& stated = facts.continuity;
  Resolver resolver(facts.name);
  ConsumerRecord record;
  record.kind = facts.kind;
  record.tier = static_cast<uint8_t>(facts.tier.value_or(0));
  record.priority = resolver.Take("priority", stated.priority, tier.priority, INT32_MIN, INT32_MAX,
                                  kPriorityDerived, record.derived);
  record.weight =
      resolver.Take("weight", stated.weight, tier.weight, 0, kCriticalityMax, kWeightDerived, record.derived);
  record.min_viable_ppm =
      static_cast<int32_t>(resolver.Take("min_viable_ppm", stated.min_viable_ppm, tier.min_viable_ppm, 0,
                                         kOne, kMinViableDerived, record.derived));
  record.recovery_time_objective_seconds = resolver.Take(
      "recovery_time_objective", stated.recovery_time_objective_seconds, tier.recovery_time_objective_seconds,
      0, kSecondsMax, kRecoveryTimeDerived, record.derived);
  record.max_tolerable_downtime_seconds =
      resolver.Take("max_tolerable_downtime", stated.max_tolerable_downtime_seconds,
                    tier.max_tolerable_downtime_seconds, 0, kSecondsMax, kDowntimeDerived, record.derived);
  record.loss_per_hour_minor =
      resolver.Take("loss_per_hour_minor", stated.loss_per_hour_minor, 0, 0, INT64_MAX);
  record.penalty_minor = resolver.Take("penalty_minor", stated.penalty_minor, 0, 0, INT64_MAX);
  record.loss_is_priced = stated.loss_per_hour_minor.has_value();
  record.penalty_is_priced = stated.penalty_minor.has_value();
  if (!resolver.status().ok()) return resolver.status();
  return record;
}

absl::StatusOr<GroupTerms> ResolveGroup(const GroupFacts& facts) {
  const std::string subject = Join({facts.consumer, "/dependencies/", facts.id});
  if (facts.alternatives.empty()) return Invalid({subject, ": needs at least one alternative"});
  if (facts.alternatives.size() > kAlternativesPerGroupMax) {
    return Invalid({subject, ": has more than ", std::to_string(kAlternativesPerGroupMax), " alternatives"});
  }
  Resolver resolver(subject);
  GroupTerms terms;
  terms.essential = facts.essential.value_or(true);
  if (!facts.essential.has_value()) terms.assumed |= kEssentialAssumed;
  terms.weight_ppm = static_cast<int32_t>(
      resolver.Take("weight_ppm", facts.weight_ppm, kOne, 0, kOne, kWeightAssumed, terms.assumed));
  terms.units = resolver.Take("units", facts.units, 1, 1, kUnitsMax, kUnitsAssumed, terms.assumed);
  terms.bridge_seconds =
      resolver.Take("bridge", facts.bridge_seconds, 0, 0, kSecondsMax, kBridgeAssumed, terms.assumed);
  if (!resolver.status().ok()) return resolver.status();
  if (absl::Status status = CheckUsage(subject, facts.usage); !status.ok()) return status;
  return terms;
}

absl::StatusOr<AlternativeTerms> ResolveAlternative(const GroupFacts& group, const AlternativeFacts& facts) {
  const std::string subject = Join({group.consumer, "/dependencies/", group.id, " on ", facts.target});
  Resolver resolver(subject);
  AlternativeTerms terms;
  terms.quality_ppm = static_cast<int32_t>(
      resolver.Take("quality_ppm", facts.quality_ppm, kOne, 0, kOne, kQualityAssumed, terms.assumed));
  terms.share_ppm = static_cast<int32_t>(
      resolver.Take("share_ppm", facts.share_ppm, kOne, 0, kOne, kShareAssumed, terms.assumed));
  if (facts.activation.has_value())
    terms.activation = static_cast<uint8_t>(1 + static_cast<int>(*facts.activation));
  if (facts.switch_seconds.has_value()) {
    terms.switch_seconds = resolver.Take("switch_duration", facts.switch_seconds, 0, 0, kSecondsMax);
  } else if (facts.activation.has_value()) {
    terms.switch_seconds = SwitchSecondsOf(*facts.activation);
    terms.assumed |= kSwitchFromActivation;
  } else if (facts.likely_switch_seconds.has_value()) {
    terms.likely_switch_seconds = resolver.Take("likely", facts.likely_switch_seconds, 0, 0, kSecondsMax);
  }
  if (!resolver.status().ok()) return resolver.status();
  if (absl::Status status = CheckUsage(subject, facts.usage); !status.ok()) return status;
  return terms;
}

}  // namespace linchpin::engine
