// The words that the text of a finding has for values of a rule.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_WORDS_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_WORDS_H_

#include <string>

#include "linchpin/common/v1/dimension.pb.h"
#include "linchpin/policy/v1/metric.pb.h"
#include "linchpin/policy/v1/rule.pb.h"

namespace linchpin::policy {

// "host provider group".
std::string DimensionWords(common::v1::Dimension dimension);

// "origin country".
std::string FacetWords(v1::OriginFacet facet);

// "share", "HHI", "number of distinct values".
std::string MetricWords(v1::Metric metric);

// "above", "at least", "below", "at most".
std::string ComparatorWords(v1::Comparator comparator);

// Of a test that a subject failed: "required: `owner` is set", "forbidden: `tier` is above 1".
std::string RequirementWords(bool forbidden, const std::string& test);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_WORDS_H_
