// A past inventory with what has become known since, so that it can be compared with the present like with
// like.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_TRENDS_FILLED_PAST_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_TRENDS_FILLED_PAST_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "services/replica/view.h"

namespace linchpin::policy {

struct FilledPast {
  // Its revision and time are those of the past.
  std::shared_ptr<const replica::View> view;
  // What was filled in of supply and of its use, as `RESOURCE FIELD`: the first 10 in order of kinds and
  // names, and how many there are.
  std::vector<std::string> learnt;
  int64_t learnt_count = 0;
};

// `past` with every fact that it leaves unknown and `now` knows: of a document that is there at both ends a
// field that had no value then, and was not known to be none, has the value of now, with the bounds and
// likelihoods of now where there is none still. Vendors, hosts, licences, models and deployments that are
// there only now are there, too, since facts name them; who uses what is that of then, and of a dependency
// only its use and whether it is essential are filled in. A fact that had a value keeps it.
//
// A document that would break a rule of the graph so, such as a cycle of parents, stays as it was.
// Cost: one pass over the documents of both, a parse of those that differ, and an edit of those that are
// filled.
FilledPast FillPast(const std::shared_ptr<const replica::View>& past, const replica::View& now);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_TRENDS_FILLED_PAST_H_
