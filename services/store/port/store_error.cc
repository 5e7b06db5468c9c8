#include "services/store/port/store_error.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"

namespace linchpin::store {

using base::Error;

namespace {

struct CauseText {
  StoreCause cause;
  std::string_view name;
  std::string_view text;
};

constexpr CauseText kCauses[] = {
    {StoreCause::kAway, "away", "the database does not answer"},
    {StoreCause::kFull, "full", "the disk of the database is full; make room on it"},
    {StoreCause::kReadOnly, "read_only", "the database is read-only"},
    {StoreCause::kNoPermission, "no_permission",
     "the server lacks a right on a table or file of the store; grant it (docs/operating/store.md)"},
    {StoreCause::kNotLetIn, "not_let_in",
     "PostgreSQL refuses the role of the server; check role, password and pg_hba.conf"},
    {StoreCause::kNoDatabase, "no_database", "the database does not exist; create it or correct its name"},
    {StoreCause::kWrongOption, "wrong_option",
     "PostgreSQL does not take a parameter in the address of the store; correct it"},
    {StoreCause::kNoConnectionLeft, "no_connection_left",
     "PostgreSQL has no connection left; raise max_connections or use fewer"},
    {StoreCause::kUnsafe, "unsafe",
     "PostgreSQL runs with fsync or full_page_writes off and would lose acknowledged writes in a crash; set "
     "both to on"},
    {StoreCause::kDamaged, "damaged",
     "the file of the store is not a SQLite database, or is damaged; restore it from a backup"},
};

const CauseText& TextOf(StoreCause cause) { return kCauses[static_cast<size_t>(cause)]; }

}  // namespace

std::string_view NameOf(StoreCause cause) { return TextOf(cause).name; }

std::string_view Explain(StoreCause cause) { return TextOf(cause).text; }

StoreCause CauseIn(const absl::Status& status) {
  const std::optional<base::ErrorDetails> details = base::DetailsOf(status);
  if (!details) return StoreCause::kAway;
  const auto name = details->metadata.find("cause");
  if (name == details->metadata.end()) return StoreCause::kAway;
  for (const CauseText& one : kCauses) {
    if (one.name == name->second) return one.cause;
  }
  return StoreCause::kAway;
}

absl::Status StoreUnavailable(StoreCause cause) { return StoreUnavailable(cause, ""); }

absl::Status StoreUnavailable(StoreCause cause, std::string_view outcome) {
  return Error(base::reason::StoreUnavailable{.cause = NameOf(cause)},
               absl::StrCat(std::string(Explain(cause)), outcome.empty() ? "" : "; ", std::string(outcome),
                            "; try again"))
      .RetryAfterMs(1000);
}

absl::Status ReadersBusy() {
  return Error(base::reason::StoreUnavailable{}, "all connections to the database are busy; try again")
      .RetryAfterMs(1000);
}

absl::Status CheckReadable(int64_t revision, int64_t oldest, int64_t newest) {
  if (revision < oldest) {
    return Error(base::reason::RevisionCompacted{.oldest = oldest, .revision = revision},
                 absl::StrCat("revision ", revision, " is no longer kept; the oldest is ", oldest));
  }
  if (revision > newest) {
    return Error(base::reason::HistoryChanged{.newest = newest, .revision = revision},
                 absl::StrCat("revision ", revision, " does not exist; the newest is ", newest));
  }
  return absl::OkStatus();
}

absl::Status CheckSchemaVersion(int found, int known) {
  if (found > known) {
    return Error(base::reason::SchemaTooNew{.found = found, .known = known},
                 absl::StrCat("the database has schema version ", found, ", this program knows up to ", known,
                              "; run a newer linchpind"));
  }
  if (found < known) {
    return Error(base::reason::SchemaTooOld{.found = found, .known = known},
                 absl::StrCat("the database has schema version ", found, ", this program needs ", known,
                              "; run linchpind migrate"));
  }
  return absl::OkStatus();
}

absl::Status LeaseHeld(std::string_view name) {
  return Error(base::reason::LeaseHeld{.lease = name},
               absl::StrCat("another holder has the lease ", std::string(name)));
}

}  // namespace linchpin::store
