// Documents in which people fill in a fact that rules wait for.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FILL_IN_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FILL_IN_H_

#include <string>
#include <string_view>
#include <vector>

#include "services/resource/kinds.h"

namespace linchpin::policy {

// YAML for `linchpin apply --merge`: what to do as a comment, then a document for each name with the field
// left open and what may stand there beside it. `path` is in proto names; a nested field is written as a map.
// Empty for a field within a list, of which a merge would replace the whole, and for a path of no field.
std::string FillInDocuments(const resource::KindInfo& kind, const std::vector<std::string_view>& names,
                            std::string_view path);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FILL_IN_H_
