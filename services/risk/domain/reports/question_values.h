// What the answer to a question can be.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_QUESTION_VALUES_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_QUESTION_VALUES_H_

#include "linchpin/risk/v1/question.pb.h"
#include "services/engine/cutoff/fact_ref.h"
#include "services/engine/knowledge/knowledge.h"

namespace linchpin::risk {

// Adds the values that an unknown fact can have and probably has, where they can be listed; at most 100 of
// each, by name.
void AddDomainValues(const engine::Knowledge& knowledge, const engine::FactRef& fact,
                     linchpin::risk::v1::Question& message);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_QUESTION_VALUES_H_
