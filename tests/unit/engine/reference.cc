#include "tests/unit/engine/reference.h"

#include <algorithm>

namespace linchpin::engine {
namespace {

constexpr int64_t kNever = INT64_MAX;

int64_t TierValue(const ConsumerFacts& facts, int field) {
  static const int64_t kTable[4][5] = {{100, 8, 800000, 4 * 3600, 24 * 3600},
                                       {200, 4, 500000, 8 * 3600, 48 * 3600},
                                       {300, 2, 1, 24 * 3600, 120 * 3600},
                                       {400, 1, 1, 72 * 3600, 240 * 3600}};
  return kTable[facts.tier.value_or(3) - 1][field];
}
int64_t Priority(const ConsumerFacts& f) { return f.continuity.priority.value_or(TierValue(f, 0)); }
int64_t Weight(const ConsumerFacts& f) { return f.continuity.weight.value_or(TierValue(f, 1)); }
int64_t MinViable(const ConsumerFacts& f) { return f.continuity.min_viable_ppm.value_or(TierValue(f, 2)); }

}  // namespace

Reference::Reference(const GraphChanges& facts, const Scenario& scenario, Reading reading)
    : scenario_(scenario), reading_(reading), conditions_(facts) {
  for (const auto& f : facts.deployments) deployments_[f.name] = f;
  for (const auto& f : facts.consumers) consumers_[f.name] = f;
  for (const auto& f : facts.groups) groups_[{f.consumer, f.id}] = f;
  for (const Cutoff& cutoff : scenario_.cutoffs) {
    hit_[cutoff.id] = HitBy(cutoff);
    std::set<std::string>& set = touched_[cutoff.id];
    if (cutoff.severity_ppm > 0) set = hit_[cutoff.id];
    for (size_t before = set.size() + 1; before != set.size();) {
      before = set.size();
      for (const auto& [key, group] : groups_) {
        bool after = false;
        for (const AlternativeFacts& alternative : group.alternatives) {
          const auto deployment = deployments_.find(alternative.target);
          if (after && deployment != deployments_.end() && deployment->second.capacity_units.has_value()) {
            set.insert(alternative.target);
          }
          if (set.contains(alternative.target)) {
            set.insert(group.consumer);
            after = true;
          }
        }
      }
    }
  }
  baseline_ = Solve(DeploymentLevels({}), Ready::kImmediate, 0, {});
}

std::set<std::string> Reference::HitBy(const Cutoff& cutoff) const {
  std::set<std::string> hit;
  for (const auto& [name, deployment] : deployments_) {
    const int truth = conditions_.Hit(cutoff, deployment, reading_ == Reading::kLikely);
    if (truth == 1 || (truth == 0 && reading_ == Reading::kNotExcluded)) hit.insert(name);
  }
  return hit;
}

bool Reference::Touches(const Cutoff& cutoff, const std::string& target) const {
  return touched_.at(cutoff.id).contains(target);
}

int64_t Reference::SwitchOf(const GroupFacts& group, size_t k) const {
  const AlternativeFacts& alternative = group.alternatives[k];
  if (alternative.switch_seconds.has_value()) return *alternative.switch_seconds;
  if (!alternative.activation.has_value()) {
    if (reading_ == Reading::kProven) return 0;
    if (reading_ == Reading::kNotExcluded) return kNever;
    if (alternative.likely_switch_seconds) return *alternative.likely_switch_seconds;
    const auto first = deployments_.find(group.alternatives[0].target);
    const auto target = deployments_.find(alternative.target);
    const bool same = first != deployments_.end() && target != deployments_.end() && first->second.model &&
                      first->second.model == target->second.model;
    return same ? 3600 : 86'400;
  }
  switch (*alternative.activation) {
    case Activation::kAutomatic:
      return 0;
    case Activation::kConfiguration:
      return 3600;
    case Activation::kRedeployment:
      return 86400;
    case Activation::kReengineering:
      return 2592000;
  }
  return kNever;
}

int64_t Reference::ReadyAt(const GroupFacts& group, size_t k) const {
  const int64_t switch_seconds = SwitchOf(group, k);
  if (k == 0 || switch_seconds == 0) return INT64_MIN;
  if (switch_seconds == kNever) return kNever;
  int64_t announced = kNever;
  for (const Cutoff& cutoff : scenario_.cutoffs) {
    for (size_t j = 0; j < k; ++j) {
      if (!Touches(cutoff, group.alternatives[j].target)) continue;
      announced = std::min(announced, cutoff.start_seconds - cutoff.notice_seconds);
    }
  }
  return announced == kNever ? kNever : announced + switch_seconds;
}

bool Reference::IsReady(const GroupFacts& group, size_t k, Ready ready, int64_t t) const {
  const int64_t switch_seconds = SwitchOf(group, k);
  if (k == 0 || switch_seconds == 0) return true;
  if (switch_seconds == kNever || ready == Ready::kImmediate) return false;
  return ready == Ready::kSustained || ReadyAt(group, k) <= t;
}

std::map<std::string, int64_t> Reference::DeploymentLevels(const std::set<std::string>& active) const {
  std::map<std::string, int64_t> levels;
  for (const auto& [name, deployment] : deployments_) levels[name] = kOne;
  for (const Cutoff& cutoff : scenario_.cutoffs) {
    if (!active.contains(cutoff.id) || cutoff.severity_ppm == 0) continue;
    for (const std::string& name : hit_.at(cutoff.id))
      levels[name] = std::min(levels[name], kOne - cutoff.severity_ppm);
  }
  return levels;
}

Reference::Instant Reference::Solve(const std::map<std::string, int64_t>& deployments, Ready ready, int64_t t,
                                    const std::map<GroupKey, int64_t>& held) const {
  std::vector<GroupKey> order;
  for (const auto& [key, group] : groups_) order.push_back(key);
  std::stable_sort(order.begin(), order.end(), [&](const GroupKey& a, const GroupKey& b) {
    return Priority(consumers_.at(a.first)) < Priority(consumers_.at(b.first));
  });
  Instant now;
  for (const auto& [name, facts] : consumers_) now.level[name] = kOne;
  while (true) {
    Instant next;
    std::map<std::string, int64_t> pools;
    for (const auto& [name, d] : deployments_) {
      if (d.capacity_units.has_value()) pools[name] = d.capacity_units.value() * deployments.at(name);
    }
    for (const GroupKey& key : order) {
      const GroupFacts& group = groups_.at(key);
      const int64_t units = group.units.value_or(1);
      int64_t rem = units * kOne;
      __int128 sum = 0;
      for (size_t k = 0; k < group.alternatives.size(); ++k) {
        if (!IsReady(group, k, ready, t)) continue;
        const AlternativeFacts& alternative = group.alternatives[k];
        const int64_t share = alternative.share_ppm.value_or(kOne);
        int64_t flow;
        if (const auto pool = pools.find(alternative.target); pool != pools.end()) {
          flow = std::min({rem, units * share, pool->second});
          pool->second -= flow;
        } else {
          const int64_t level = deployments.contains(alternative.target) ? deployments.at(alternative.target)
                                                                         : now.level.at(alternative.target);
          flow = static_cast<int64_t>(
              std::min<__int128>(rem, static_cast<__int128>(units) * share * level / kOne));
        }
        rem -= flow;
        sum += static_cast<__int128>(flow) * alternative.quality_ppm.value_or(kOne);
      }
      next.delivered[key] = static_cast<int64_t>(sum / (static_cast<__int128>(units) * kOne));
      next.bridged[key] = next.delivered[key];
      if (const auto past = held.find(key); past != held.end()) {
        next.bridged[key] = std::max(next.bridged[key], past->second);
      }
    }
    for (const auto& [name, facts] : consumers_) {
      int64_t essential = kOne, shortfall = 0;
      for (const auto& [key, group] : groups_) {
        if (key.first != name) continue;
        if (group.essential.value_or(true)) {
          essential = std::min(essential, next.bridged[key]);
        } else {
          shortfall += group.weight_ppm.value_or(kOne) * (kOne - next.bridged[key]);
        }
      }
      const int64_t raw = std::max<int64_t>(0, std::min(essential, kOne - shortfall / kOne));
      next.level[name] = raw >= MinViable(facts) ? raw : 0;
    }
    if (next.level == now.level) return next;
    now = next;
  }
}

std::map<std::string, int64_t> Reference::Static(Ready ready, bool cut) const {
  std::set<std::string> active;
  if (cut) {
    for (const Cutoff& cutoff : scenario_.cutoffs) active.insert(cutoff.id);
  }
  return Solve(DeploymentLevels(active), ready, 0, {}).level;
}

bool Reference::Better(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

// The best path to every node that the cutoff reaches, by relaxing until nothing improves.
std::map<std::string, std::vector<std::string>> Reference::Paths(const Cutoff& cutoff,
                                                                 const Instant& now) const {
  std::map<std::string, std::vector<std::string>> best;
  for (const std::string& name : hit_.at(cutoff.id)) best[name] = {name};
  for (bool improved = true; improved;) {
    improved = false;
    auto offer = [&](const std::string& to, std::vector<std::string> path) {
      path.push_back(to);
      auto [entry, is_new] = best.try_emplace(to, path);
      if (!is_new && !Better(path, entry->second)) return;
      entry->second = path;
      improved = true;
    };
    for (const auto& [key, group] : groups_) {
      for (size_t k = 0; k < group.alternatives.size(); ++k) {
        const auto from = best.find(group.alternatives[k].target);
        if (from == best.end()) continue;
        const std::vector<std::string> path = from->second;
        auto again = [&](const std::string& to) {
          return std::find(path.begin(), path.end(), to) != path.end();
        };
        if (now.level.at(key.first) < baseline_.level.at(key.first) &&
            now.bridged.at(key) < baseline_.delivered.at(key) && !again(key.first)) {
          std::vector<std::string> longer = path;
          longer.push_back(key.first);
          if (!best.contains(key.first) || Better(longer, best[key.first])) offer(key.first, path);
        }
        for (size_t later = k + 1; later < group.alternatives.size(); ++later) {
          const std::string& name = group.alternatives[later].target;
          const auto deployment = deployments_.find(name);
          if (deployment == deployments_.end() || !deployment->second.capacity_units.has_value() ||
              again(name))
            continue;
          std::vector<std::string> longer = path;
          longer.push_back(name);
          if (!best.contains(name) || Better(longer, best[name])) offer(name, path);
        }
      }
    }
  }
  return best;
}

std::map<std::string, Reference::Outcome> Reference::Outcomes() {
  const int64_t horizon = scenario_.horizon_seconds;
  std::map<std::string, Outcome> outcomes;
  std::map<GroupKey, std::vector<int64_t>> history;
  std::map<std::string, int64_t> run;
  __int128 lost_weighted = 0, base_weighted = 0, peak = 0;
  for (const auto& [name, facts] : consumers_) {
    outcomes[name].base = baseline_.level[name];
    base_weighted += static_cast<__int128>(Weight(facts)) * baseline_.level[name];
  }
  for (int64_t t = 0; t < horizon; ++t) {
    std::map<GroupKey, int64_t> held;
    for (const auto& [key, group] : groups_) {
      const int64_t bridge = group.bridge_seconds.value_or(0);
      // What was delivered in the second u counts up to the second u + bridge.
      for (int64_t u = std::max<int64_t>(-1, t - bridge); u < t; ++u) {
        held[key] = std::max(held[key], u < 0 ? baseline_.delivered.at(key) : history[key][u]);
      }
    }
    std::set<std::string> active;
    for (const Cutoff& c : scenario_.cutoffs) {
      if (t >= c.start_seconds && (!c.duration_seconds || t < c.start_seconds + *c.duration_seconds))
        active.insert(c.id);
    }
    const Instant now = Solve(DeploymentLevels(active), Ready::kOverTime, t, held);
    for (const auto& [key, delivered] : now.delivered) history[key].push_back(delivered);

    __int128 missing = 0;
    for (auto& [name, outcome] : outcomes) {
      const int64_t level = now.level.at(name);
      const bool impaired = level < outcome.base;
      if (outcome.segments.empty() || outcome.segments.back().level != level) {
        outcome.segments.push_back({t, t, level, impaired, {}});
      }
      outcome.segments.back().end = t + 1;
      const int64_t gap = std::max<int64_t>(0, outcome.base - level);
      outcome.lost += gap;
      missing += static_cast<__int128>(Weight(consumers_.at(name))) * gap;
      run[name] = level == 0 && outcome.base > 0 ? run[name] + 1 : 0;
      outcome.down += run[name] > 0;
      outcome.longest_down = std::max(outcome.longest_down, run[name]);
      outcome.degraded += level > 0 && impaired;
      if (impaired && outcome.first_impact < 0) outcome.first_impact = t;
      if (impaired) outcome.recovered_at = t + 1 == horizon ? -1 : t + 1;
    }
    lost_weighted += missing;
    peak = std::max(peak, missing);
    for (const Cutoff& cutoff : scenario_.cutoffs) {
      if (!active.contains(cutoff.id) || cutoff.severity_ppm == 0) continue;
      for (const auto& [node, path] : Paths(cutoff, now)) {
        if (!outcomes.contains(node)) continue;
        auto& causes = outcomes[node].segments.back().causes;
        auto [entry, is_new] = causes.try_emplace(cutoff.id, path);
        if (!is_new && Better(path, entry->second)) entry->second = path;
      }
    }
  }
  for (auto& [name, outcome] : outcomes) {
    const ConsumerFacts& facts = consumers_.at(name);
    outcome.rto_breach =
        outcome.longest_down > facts.continuity.recovery_time_objective_seconds.value_or(TierValue(facts, 3));
    outcome.mtd_breach =
        outcome.longest_down > facts.continuity.max_tolerable_downtime_seconds.value_or(TierValue(facts, 4));
    outcome.cost =
        static_cast<int64_t>(static_cast<__int128>(facts.continuity.loss_per_hour_minor.value_or(0)) *
                             outcome.lost / (kOne * 3600));
    if (outcome.mtd_breach) outcome.cost += facts.continuity.penalty_minor.value_or(0);
  }
  impact_index_ =
      base_weighted == 0 ? 0 : static_cast<int64_t>(lost_weighted * kOne / (base_weighted * horizon));
  peak_index_ = base_weighted == 0 ? 0 : static_cast<int64_t>(peak * kOne / base_weighted);
  return outcomes;
}

}  // namespace linchpin::engine
