#include "services/policy/domain/findings/finding_words.h"

#include "services/base/enum_words.h"

namespace linchpin::policy {

std::string DimensionWords(common::v1::Dimension dimension) {
  return base::EnumWords(common::v1::Dimension_Name(dimension).substr(sizeof("DIMENSION_") - 1));
}

std::string FacetWords(v1::OriginFacet facet) {
  return base::EnumWords(v1::OriginFacet_Name(facet).substr(sizeof("ORIGIN_FACET_") - 1));
}

std::string MetricWords(v1::Metric metric) {
  if (metric == v1::METRIC_HHI) return "HHI";
  if (metric == v1::METRIC_COUNT_DISTINCT) return "number of distinct values";
  return base::EnumWords(v1::Metric_Name(metric).substr(sizeof("METRIC_") - 1));
}

std::string ComparatorWords(v1::Comparator comparator) {
  switch (comparator) {
    case v1::COMPARATOR_GE:
      return "at least";
    case v1::COMPARATOR_LT:
      return "below";
    case v1::COMPARATOR_LE:
      return "at most";
    default:
      return "above";
  }
}

std::string RequirementWords(bool forbidden, const std::string& test) {
  return (forbidden ? "forbidden: " : "required: ") + test;
}

}  // namespace linchpin::policy
