#include "services/store/open.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
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
    return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
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
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               absl::StrCat("the store must be sqlite:DIR or postgresql:..., not ", RedactAddress(address)));
}

std::string RedactAddress(std::string_view address) {
  std::string shown(address);
  // URI: postgresql://user:password@host
  size_t at = shown.rfind('@');
  size_t slashes = shown.find("//");
  if (at != std::string::npos && slashes != std::string::npos) {
    size_t colon = shown.find(':', slashes);
    if (colon != std::string::npos && colon < at) shown.replace(colon + 1, at - colon - 1, "***");
  }
  // Keyword: password=... up to the next space, quotes included.
  for (size_t i = shown.find("password"); i != std::string::npos; i = shown.find("password", i + 8)) {
    size_t equals = shown.find_first_not_of(' ', i + 8);
    if (equals == std::string::npos || shown[equals] != '=') continue;
    size_t value = shown.find_first_not_of(' ', equals + 1);
    if (value == std::string::npos) continue;
    size_t end = shown[value] == '\'' ? shown.find('\'', value + 1) : shown.find_first_of(" &", value);
    if (end != std::string::npos && shown[value] == '\'') ++end;
    shown.replace(value, (end == std::string::npos ? shown.size() : end) - value, "***");
  }
  return shown;
}

}  // namespace linchpin::store
