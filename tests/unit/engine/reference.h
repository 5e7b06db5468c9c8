// A second reading of docs/concepts/simulation.md, for small worlds: from facts by name, second by second,
// over the whole graph, with no index and no shortcut. It shares no code with the engine beyond the input
// structs.
#ifndef LINCHPIN_TESTS_UNIT_ENGINE_REFERENCE_H_
#define LINCHPIN_TESTS_UNIT_ENGINE_REFERENCE_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "services/engine/cutoff/scenario.h"
#include "services/engine/graph/facts.h"
#include "services/engine/levels/reading.h"
#include "tests/unit/engine/naive_conditions.h"

namespace linchpin::engine {

class Reference {
 public:
  struct Segment {
    int64_t start;
    int64_t end;
    int64_t level;
    bool impaired;
    std::map<std::string, std::vector<std::string>> causes;  // Cutoff id to path.
    friend bool operator==(const Segment&, const Segment&) = default;
  };
  struct Outcome {
    int64_t base = 0;
    std::vector<Segment> segments;
    int64_t lost = 0, down = 0, degraded = 0, longest_down = 0, cost = 0;
    int64_t first_impact = -1, recovered_at = -1;
    bool rto_breach = false, mtd_breach = false;
  };
  enum class Ready { kImmediate, kSustained, kOverTime };

  Reference(const GraphChanges& facts, const Scenario& scenario, Reading reading);

  // Level of every consumer when all cutoffs are in force at once.
  std::map<std::string, int64_t> Static(Ready ready, bool cut) const;
  // Over time.
  std::map<std::string, Outcome> Outcomes();
  int64_t impact_index_ppm() const { return impact_index_; }
  int64_t peak_index_ppm() const { return peak_index_; }
  std::set<std::string> HitBy(const Cutoff& cutoff) const;

 private:
  using GroupKey = std::pair<std::string, std::string>;
  struct Instant {
    std::map<std::string, int64_t> level;   // Of consumers.
    std::map<GroupKey, int64_t> delivered;  // As step 2 has it.
    std::map<GroupKey, int64_t> bridged;    // As step 3 reads it.
  };

  bool Touches(const Cutoff& cutoff, const std::string& target) const;
  int64_t ReadyAt(const GroupFacts& group, size_t k) const;
  int64_t SwitchOf(const GroupFacts& group, size_t k) const;
  bool IsReady(const GroupFacts& group, size_t k, Ready ready, int64_t t) const;
  std::map<std::string, int64_t> DeploymentLevels(const std::set<std::string>& active) const;
  Instant Solve(const std::map<std::string, int64_t>& deployments, Ready ready, int64_t t,
                const std::map<GroupKey, int64_t>& held) const;
  std::map<std::string, std::vector<std::string>> Paths(const Cutoff& cutoff, const Instant& now) const;
  static bool Better(const std::vector<std::string>& a, const std::vector<std::string>& b);

  std::map<std::string, DeploymentFacts> deployments_;
  std::map<std::string, ConsumerFacts> consumers_;
  std::map<GroupKey, GroupFacts> groups_;
  Scenario scenario_;
  Reading reading_;
  NaiveConditions conditions_;
  std::map<std::string, std::set<std::string>> hit_;      // By cutoff id.
  std::map<std::string, std::set<std::string>> touched_;  // T(c), by cutoff id.
  Instant baseline_;
  int64_t impact_index_ = 0, peak_index_ = 0;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_TESTS_UNIT_ENGINE_REFERENCE_H_
