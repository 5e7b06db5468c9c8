#include "services/store/open.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/redact.h"
#include "services/store/postgres/store.h"
#include "services/store/sqlite/store.h"

namespace linchpin::store {
namespace {

using base::Error;

constexpr std::string_view kSqlite = "sqlite:";
constexpr std::string_view kPostgres = "postgresql:";
constexpr std::array<std::string_view, 3> kSchemas = {"inventory", "policy", "risk"};

}  // namespace

absl::StatusOr<std::unique_ptr<ResourceStore>> OpenStore(std::string_view address, std::string_view schema,
                                                         const OpenOptions& options) {
  if (std::find(kSchemas.begin(), kSchemas.end(), schema) == kSchemas.end()) {
    return Error(base::reason::FieldInvalid{.field = "schema"},
                 absl::StrCat("no store is called ", std::string(schema)));
  }
  if (address.starts_with(kSqlite) && address.size() > kSqlite.size()) {
    std::string folder(address.substr(kSqlite.size()));
    return SqliteStore::Open(folder == ":memory:" ? "" : folder, schema, options);
  }
  if (address.starts_with(kPostgres) && address.size() > kPostgres.size()) {
    // A URI keeps its scheme; keywords stand behind it.
    const bool uri = address.starts_with("postgresql://");
    return PostgresStore::Open(uri ? address : address.substr(kPostgres.size()), schema, options);
  }
  return Error(
      base::reason::FieldInvalid{.field = "store"},
      absl::StrCat("the store must be sqlite:DIR or postgresql:..., not ", base::RedactAddress(address)));
}

}  // namespace linchpin::store
