// Models of an import that their developers retire.
#ifndef LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_RETIREMENT_H_
#define LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_RETIREMENT_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/inventory/importers/import.h"

namespace linchpin::cli {

// Retirements that are nearer than this are told.
inline constexpr int kRetirementNoticeDays = 180;

// A model that deployments of the import call and that is retired, or is soon.
struct Retiring {
  std::string model;
  absl::Time time;
  bool retired = false;                  // by now
  std::vector<std::string> deployments;  // that call it, by name

  // "models/gpt-4-32k was retired on 2025-06-06: deployments/g-openai-gpt-4-32k".
  std::string Text() const;
};

// Those of the models that the proposals hold; the earliest first, then by name.
std::vector<Retiring> FindRetiring(const importers::ImportResult& result, absl::Time now);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_RETIREMENT_H_
