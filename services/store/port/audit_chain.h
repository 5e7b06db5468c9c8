// The chain of digests through the audit, and how it is checked.
#ifndef LINCHPIN_SERVICES_STORE_PORT_AUDIT_CHAIN_H_
#define LINCHPIN_SERVICES_STORE_PORT_AUDIT_CHAIN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/port/resource.h"

namespace linchpin::store {

class ResourceStore;

// SHA-256 over `row.previous` and all other fields but the digest, each preceded by its length as eight
// bytes, most significant first; numbers and the time in microseconds likewise.
std::string AuditDigest(const AuditRow& row);

// A row that somebody noted outside the database. Whoever can write to the database can make a whole new
// chain; that it is another one shows by such a note only.
struct AuditAnchor {
  int64_t number = 0;
  std::string digest;
};

// What a chain that holds together consists of.
struct AuditChain {
  int64_t rows = 0;
  int64_t unchained = 0;  // Of these, rows from before version 2 of the schema, which have no digest.
  AuditAnchor newest;     // Worth noting.
};

// Checks rows from the first on, of a store that says this of itself. Errors: as VerifyAudit.
absl::StatusOr<AuditChain> VerifyRows(const std::vector<AuditRow>& rows, const StoreInfo& info,
                                      const std::vector<AuditAnchor>& anchors);

// Reads the whole audit as it stood when the check began; writes may go on.
//
// Errors: DATA_LOSS, naming the first number at which a row is missing, changed, or without the digest that
//   it should have, rows that are missing at the end, and an anchor whose row has another digest. Whatever
//   the store returns.
// Cost: 4 us a row; memory of one page.
absl::StatusOr<AuditChain> VerifyAudit(ResourceStore& store, const std::vector<AuditAnchor>& anchors);

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_PORT_AUDIT_CHAIN_H_
