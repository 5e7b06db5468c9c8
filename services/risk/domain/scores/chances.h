// The chances of atoms that a request gives, over those of a table of hazards.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_CHANCES_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_CHANCES_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "linchpin/risk/v1/importance.pb.h"
#include "services/engine/structure/importance.h"
#include "services/risk/domain/reports/importance_report.h"

namespace linchpin::risk {

// Thread safety: immutable once read.
class Chances {
 public:
  // Errors: INVALID_ARGUMENT, FIELD_INVALID, for an entry of `chances`; for a class of `atoms` of which an
  //   atom has no chance.
  static absl::StatusOr<Chances> Read(const linchpin::risk::v1::GetImportanceRequest& request,
                                      const std::vector<const engine::AtomIndex*>& atoms,
                                      const DefaultChances& defaults);

  // Of an atom of those classes.
  double Of(std::string_view key) const { return by_key_.find(key)->second; }
  // Some chance came from the table.
  bool used_table() const { return used_table_; }

 private:
  std::map<std::string, double, std::less<>> by_key_;
  bool used_table_ = false;
};

// Errors: INVALID_ARGUMENT, FIELD_INVALID, for an entry of `common_causes`.
absl::StatusOr<std::vector<engine::BetaFactor>> ReadBetaFactors(
    const linchpin::risk::v1::GetImportanceRequest& request, const Chances& chances,
    const std::vector<const engine::AtomIndex*>& atoms);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_CHANCES_H_
