// The facts that stand in the way of an attestation.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_ATTESTATION_QUESTIONS_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_ATTESTATION_QUESTIONS_H_

#include <vector>

#include "linchpin/risk/v1/attestation.pb.h"
#include "linchpin/risk/v1/consumer_selector.pb.h"
#include "services/engine/cutoff/entity_use.h"
#include "services/engine/cutoff/use_reach.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/replica/view.h"

namespace linchpin::risk {

// What the questions are about.
struct OpenScope {
  std::vector<bool> open;             // By consumer: of whom nothing is proven.
  std::vector<bool> membership = {};  // By consumer: of these, those that an absent field may leave out.
  int64_t count = 0;                  // Of `open`.
};

// Fills `questions` (at most `max`) and `question_count`. Who leaves nobody of the scope open is not asked
// about. Ownership: everything must outlive the call. Cost: each question walks up to all that rests on it.
void AddAttestationQuestions(const engine::Knowledge& knowledge, const replica::View& view,
                             const engine::EntityUse& use, const engine::UseReach& reach,
                             const linchpin::risk::v1::ConsumerSelector& selector, const OpenScope& scope,
                             int max, linchpin::risk::v1::Attestation& attestation);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_ATTESTATION_QUESTIONS_H_
