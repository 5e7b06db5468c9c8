// How much of what can be known the catalogue says, by family of models and by part that vendors play.
#ifndef LINCHPIN_SERVICES_INVENTORY_CATALOGUE_COVERAGE_H_
#define LINCHPIN_SERVICES_INVENTORY_CATALOGUE_COVERAGE_H_

#include <string>

#include "services/inventory/catalogue/catalogue.h"

namespace linchpin::catalogue {

// Two tables in Markdown: models by family, vendors by role. A fact of a model counts where the model states
// it, where it is a known none, and where the line that it is a version of does so. Lineage counts where base
// models are stated or known to be none, and where `own_line` of the developer covers the weights. What is
// only likely has a column of its own. Dates are counts, not shares: most models have no retirement.
// docs/concepts/catalogue.md holds the same text; a test compares.
std::string CoverageTables(const Catalogue& catalogue);

}  // namespace linchpin::catalogue

#endif  // LINCHPIN_SERVICES_INVENTORY_CATALOGUE_COVERAGE_H_
