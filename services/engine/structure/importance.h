// How much each atom matters to the failing of consumers (S8.3), for independent atoms with chances.
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_IMPORTANCE_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_IMPORTANCE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/structure/failure_diagram.h"
#include "services/engine/structure/failure_function.h"
#include "services/engine/structure/failure_sample.h"

namespace linchpin::engine {

// A figure that lies within [lower, upper]; exact where they are one.
struct Bounded {
  double lower = 0;
  double upper = 0;

  static Bounded Exactly(double value) { return {value, value}; }
  bool exact() const { return lower == upper; }
  double middle() const { return (lower + upper) / 2; }
};

// One atom. Q is the chance of failing; Q1 and Q0 that with the atom lost for certain and never.
struct AtomImportance {
  std::string key;
  double chance = 0;
  Bounded birnbaum;        // Q1 - Q0: how much the chance of failing turns on the atom.
  Bounded criticality;     // p * Birnbaum / Q: the share of failures in which it is decisive.
  Bounded fussell_vesely;  // P(a minimal cut set with it occurs) / Q: the share in which it has a part.
  Bounded achievement;     // RAW, Q1 / Q: how many times as likely, were it lost for certain.
  Bounded reduction;       // RRW, Q / Q0: how many times less likely, were it never lost. May be infinite.
  Bounded diagnostic;      // p * Q1 / Q: the chance that it was lost, if failure is seen.
};

struct Importance {
  Bounded failure;  // Q.
  // By criticality (lower, then upper) falling, then by key. Where Q is 0 for certain all but Birnbaum are 0
  // and the worths are 1: there is nothing to divide.
  std::vector<AtomImportance> atoms;
  // Why figures are bounds, if they are: what limit was reached.
  enum class Bound : uint8_t { kNone, kDiagram, kSearch, kCutSets } bound = Bound::kNone;
  std::optional<Target> obstacle;  // As CutSets::obstacle.
  // Q by drawing, where it is not exact and can be drawn.
  std::optional<FailureSample> sample;
};

struct ImportanceOptions {
  // The chance of an atom by key, in [0, 1].
  std::function<double(std::string_view key)> chance = {};
  StructureLimits limits = {};
  // Of the sample; without trials none is drawn.
  int64_t trials = 0;
  uint64_t seed = 1;
};

// A residual common cause by the beta factor (S8.4): of the chance p that all members share, beta is taken by
// one cause that takes all of them, and each keeps (1 - beta) * p.
struct BetaFactor {
  CommonCause cause;
  double beta = 0;  // In [0, 1].
};

// The chances after the causes. Errors: InvalidArgument for a beta outside [0, 1], a cause without members,
// members whose chances differ, and a member of two causes.
absl::StatusOr<std::function<double(std::string_view)>> WithBetaFactors(
    std::function<double(std::string_view)> chance, const std::vector<BetaFactor>& factors);

// Exact by decision diagram, or with bounds that hold for certain where a limit was reached.
// Errors: InvalidArgument for a chance outside [0, 1]; those of FailureFunction::Create, of SampleFailures
// and of Limits. Cost: the diagram, once for each atom; where it does not suffice, the sample.
absl::StatusOr<Importance> FindImportance(const EvaluationPlan& plan, const FailureQuestion& question,
                                          const ImportanceOptions& options);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_IMPORTANCE_H_
