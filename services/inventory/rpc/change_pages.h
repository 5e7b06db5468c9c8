// A page of the history, newest revision first: revisions with their changes, who asked for them, and what
// differs.
#ifndef LINCHPIN_SERVICES_INVENTORY_RPC_CHANGE_PAGES_H_
#define LINCHPIN_SERVICES_INVENTORY_RPC_CHANGE_PAGES_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "linchpin/inventory/v1/history.pb.h"
#include "services/store/port/resource_store.h"

namespace linchpin::inventory {

// What a page is of. All of it together.
struct ChangeQuery {
  store::HistoryQuery history;
  std::string principal;  // Empty: anybody.
  int revisions = 50;
  int changes_per_revision = 20;
  int changes_max = 5'000;
  size_t bytes_max = size_t{4} << 20;
  int64_t revisions_examined = 20'000;
};

struct ChangePage {
  // Everything below has not been looked at; 0: there is nothing more.
  int64_t next_below = 0;
};

// Reads one page into `response`. Errors: those of the store.
absl::StatusOr<ChangePage> ReadChangePage(store::ResourceStore& store, const ChangeQuery& query,
                                          v1::ListChangesResponse& response);

// Describes what happened to a resource between two states, of which one may be absent. With `documents` its
// states are in it, else its fields are. False if nothing is left to tell: the states are equal.
bool DescribeChange(const std::optional<store::StoredResource>& before,
                    const std::optional<store::StoredResource>& after, bool documents,
                    v1::ResourceChange& change);

// A point as messages have it.
void SetPoint(const store::RevisionPoint& point, v1::RevisionPoint& message);
void SetTime(absl::Time time, google::protobuf::Timestamp& message);

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_RPC_CHANGE_PAGES_H_
