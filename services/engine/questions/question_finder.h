// What to ask first (knowledge.md K7): the unknown facts that carry the most of what is neither proven nor
// excluded.
#ifndef LINCHPIN_SERVICES_ENGINE_QUESTIONS_QUESTION_FINDER_H_
#define LINCHPIN_SERVICES_ENGINE_QUESTIONS_QUESTION_FINDER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/cutoff/atoms.h"
#include "services/engine/cutoff/fact_ref.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/engine/questions/exact_sum.h"

namespace linchpin::engine {

// One fact, or several that have one answer.
struct OpenQuestion {
  std::vector<FactRef> facts;   // By (SubjectOf, FieldOf); the first one stands for all.
  ExactSum carried;             // The part of all gaps that it carries.
  int64_t consumers = 0;        // With a gap that it has a part in.
  int64_t decided = 0;          // Of these, with a gap that it alone leaves open.
  std::vector<uint32_t> atoms;  // Under which it is open for somebody; into OpenQuestions::atoms, ascending.
};

struct OpenQuestions {
  std::vector<OpenQuestion> questions;  // By what they carry falling, then by the name of the first fact.
  double carried = 0;                   // By all of them.
  std::vector<std::string> atoms;       // The keys of all that were lost.
  int64_t consumers = 0;                // Looked at.
  int64_t undecided_consumers = 0;      // With a gap.
  int64_t undecided_pairs = 0;          // Of a consumer and an atom.
};

struct QuestionOptions {
  // Whose gaps count, by slot; empty: of all that are counted.
  std::vector<bool> consumers = {};
  // Facts for which this gives the same text, not empty, have one answer; may be null.
  std::function<std::string(const FactRef&)> thing_of = {};
  Limits limits = {};
};

// The most numbers that the sets of facts of all consumers may keep for one block of atoms: 400 MB.
inline constexpr size_t kReachedFactsMax = 100'000'000;

// For each atom a that is a vendor, a host, a country's weights or services, and each consumer x: the gap is
// weight(x) * max(0, loss not excluded - loss proven), loss = max(0, base - level), static, SUSTAINED, each
// in its own reading. It is divided evenly among the facts that are open for x under a (S7), but tiers. Where
// the inventory names no vendor, no host or no country, one that it does not list takes their place: there is
// the most to ask where nothing is known.
//
// Thread safety: stateless; the EvaluationPlan must outlive the call.
// Errors: those of the baselines and of Limits; ResourceExhausted beyond kReachedFactsMax; Cancelled.
// Cost: two passes by machine words for each 512 atoms, one explanation of S3 for each sort of deployments
//   and open atom, and for each consumer the facts that it reaches times the different numbers of facts that
//   atoms leave open.
absl::StatusOr<OpenQuestions> FindQuestions(const EvaluationPlan& plan, const AtomCache& atoms,
                                            const QuestionOptions& options);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_QUESTIONS_QUESTION_FINDER_H_
