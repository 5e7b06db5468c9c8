// What to ask of people, so that an unknown fact is known.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_ASKED_FACT_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_ASKED_FACT_H_

#include <string>

#include "services/engine/cutoff/fact_ref.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/replica/view.h"

namespace linchpin::risk {

// The question behind one fact.
struct AskedFact {
  std::string resource;          // Whose document would state it.
  std::string field;             // In proto names.
  std::string shared = {};       // What all that has the same answer has in common: an address; may be empty.
  std::string thing = {};        // Equal for facts with one answer; empty where it has one of its own.
  bool vendor_only = false;      // Only a vendor can tell.
  std::string bound_field = {};  // What a bound would name that would do as well; empty: there is none.
};

// All that stands at one address of one gateway has one answer. Where an operator's interface runs is asked
// of the operator, once, unless it rents out places itself (of these one is meant) or the deployment says
// more. Thread safety: stateless. Cost: parses the document of a deployment.
AskedFact AskFor(const engine::Knowledge& knowledge, const replica::View& view, const engine::FactRef& fact);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_ASKED_FACT_H_
