// What documents say of where their facts come from.
#ifndef LINCHPIN_SERVICES_REPLICA_EVIDENCE_FINDER_H_
#define LINCHPIN_SERVICES_REPLICA_EVIDENCE_FINDER_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "linchpin/common/v1/provenance.pb.h"
#include "services/replica/view.h"

namespace linchpin::replica {

// Ownership: the view must outlive it. Thread safety: one thread at a time. Cost: each document is parsed
// once.
class EvidenceFinder {
 public:
  explicit EvidenceFinder(const View& view) : view_(view) {}

  // The evidence of a field, by its path in proto names; of an element of a list, such as
  // `derivations[0].base_model`, else that of the list. Of several the first. Nothing if the resource has
  // none, or does not exist.
  std::optional<common::v1::Evidence> Of(const std::string& resource, std::string_view field);

 private:
  using All = std::vector<common::v1::Evidence>;

  const All& AllOf(const std::string& resource);

  const View& view_;
  std::map<std::string, All> of_resource_;
};

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_EVIDENCE_FINDER_H_
