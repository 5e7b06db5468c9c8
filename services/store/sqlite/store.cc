#include "services/store/sqlite/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/store/port/history_id.h"
#include "services/store/port/store_error.h"
#include "services/store/sqlite/disk_probe.h"
#include "services/store/sqlite/group.h"
#include "services/store/sqlite/history.h"
#include "services/store/sqlite/read.h"
#include "services/store/sqlite/schema.h"

namespace linchpin::store {
namespace {

constexpr char kMemory[] = ":memory:";
// How long a read waits for a free connection.
constexpr absl::Duration kReaderWait = absl::Seconds(5);

absl::Status CannotOpen(std::string_view what) {
  return base::Error(
      base::reason::StoreFolderUnusable{},
      absl::StrCat("the folder of the store cannot be used: ", std::string(what), ": ", strerror(errno)));
}

// Found at start: what runs goes on without it as it would without any database.
absl::Status Damaged(const std::string& file) {
  return base::Error(
      base::reason::StoreDamaged{.file = file},
      absl::StrCat(file, " is not a SQLite database, or is damaged. Check it with `sqlite3 ", file,
                   " 'pragma integrity_check'`; put a backup in its place, or move it away to start over"));
}

absl::Status CannotWrite(const std::string& file) {
  return base::Error(base::reason::StoreFolderUnusable{},
                     absl::StrCat(file, " cannot be written by this process; give its user the right to"));
}

// A descriptor whose lock no other process has; the kernel drops it with the process, however that ends.
absl::StatusOr<int> LockFolder(const std::string& folder, std::string_view schema) {
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return CannotOpen("making it");
  std::string file = absl::StrCat(folder, "/", std::string(schema), ".lock");
  int fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return CannotOpen("opening the lock file");
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  close(fd);
  return base::Error(base::reason::StoreInUse{},
                     "another process uses this SQLite store; stop it, or use PostgreSQL for several");
}

// Memory needs neither a log nor a disk.
absl::Status CheckDurable(SqliteDatabase& database) {
  absl::StatusOr<std::string> mode = database.QueryText("pragma journal_mode = wal");
  if (!mode.ok()) return mode.status();
  absl::StatusOr<std::string> synchronous = database.QueryText("pragma synchronous");
  if (!synchronous.ok()) return synchronous.status();
  if (*mode == "wal" && *synchronous == "2") return absl::OkStatus();
  return base::Error(base::reason::UnsafeSettings{.setting = "synchronous"},
                     "SQLite could not be set to write-ahead log with synchronous=FULL on this file system");
}

// Time since the machine was started, sleep included.
absl::Duration BootTime() {
  timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time);
  return absl::DurationFromTimespec(time);
}

}  // namespace

absl::StatusOr<std::unique_ptr<ResourceStore>> SqliteStore::Open(const std::string& folder,
                                                                 std::string_view schema,
                                                                 const OpenOptions& options) {
  std::string file = kMemory;
  int lock_fd = -1;
  if (!folder.empty() && options.read_only) {
    file = absl::StrCat(folder, "/", std::string(schema), ".db");
  } else if (!folder.empty()) {
    absl::StatusOr<int> locked = LockFolder(folder, schema);
    if (!locked.ok()) return locked.status();
    lock_fd = *locked;
    file = absl::StrCat(folder, "/", std::string(schema), ".db");
  }
  auto store = std::unique_ptr<SqliteStore>(new SqliteStore(file, lock_fd, options));
  absl::Status status = store->Prepare(options);
  if (!status.ok()) return CauseIn(status) == StoreCause::kDamaged ? Damaged(file) : status;
  return store;
}

SqliteStore::SqliteStore(std::string file, int lock_fd, const OpenOptions& options)
    : opened_boot_(BootTime()),
      file_(std::move(file)),
      lock_fd_(lock_fd),
      in_memory_(file_ == kMemory),
      log_(options.log),
      readers_(options.readers_max, [this] { return SqliteDatabase::Open(file_, true, log_); }) {}

SqliteStore::~SqliteStore() {
  writer_.reset();
  if (lock_fd_ >= 0) close(lock_fd_);
}

absl::Status SqliteStore::Prepare(const OpenOptions& options) {
  if (!options.read_only) {
    if (absl::Status status = PrepareWriter(options.migrate || in_memory_); !status.ok()) return status;
  }
  return Read([](SqliteDatabase& database) {
    absl::StatusOr<int> version = ReadSqliteSchemaVersion(database);
    if (!version.ok()) return version.status();
    return CheckSchemaVersion(*version, SqliteSchemaVersion());
  });
}

absl::Status SqliteStore::PrepareWriter(bool migrate) {
  absl::StatusOr<std::unique_ptr<SqliteDatabase>> database = SqliteDatabase::Open(file_, false, log_);
  if (!database.ok()) return database.status();
  writer_ = *std::move(database);
  // SQLite opens a file that it may only read without a word.
  if (writer_->read_only()) return CannotWrite(file_);
  if (absl::Status status = Configure(); !status.ok()) return status;
  return migrate ? MigrateSqlite(*writer_) : absl::OkStatus();
}

absl::Status SqliteStore::Configure() {
  // The log is written back every 16 MiB, and cut when it has grown beyond 64. 8 MiB of pages for writing and
  // 2 for each reader: what history and request ids fill beyond that comes from the system's own cache.
  absl::Status status = writer_->Execute(
      "pragma synchronous = full; pragma foreign_keys = on; pragma trusted_schema = off; "
      "pragma temp_store = memory; pragma cache_size = -8192; pragma wal_autocheckpoint = 4096; "
      "pragma journal_size_limit = 67108864;");
  if (!status.ok() || in_memory_) return status;
  return CheckDurable(*writer_);
}

absl::Status SqliteStore::Read(Work work) {
  auto in_transaction = [&work](SqliteDatabase& database) {
    absl::Status status = database.Execute("begin");
    if (!status.ok()) return status;
    status = work(database);
    absl::Status ended = database.Execute("commit");
    return status.ok() ? ended : status;
  };
  if (in_memory_) {
    absl::MutexLock lock(&write_mutex_);
    return in_transaction(*writer_);
  }
  absl::StatusOr<Pool<SqliteDatabase>::Handle> reader = readers_.Take(kReaderWait);
  if (!reader.ok()) return reader.status();
  return in_transaction(**reader);
}

template <typename T>
absl::StatusOr<T> SqliteStore::ReadValue(absl::FunctionRef<absl::StatusOr<T>(SqliteDatabase&)> work) {
  absl::StatusOr<T> value;
  absl::Status status = Read([&](SqliteDatabase& database) {
    value = work(database);
    return value.status();
  });
  if (!status.ok()) return status;
  return value;
}

absl::Status SqliteStore::WriteAlone(Work work) {
  absl::MutexLock lock(&write_mutex_);
  if (writer_ == nullptr) return StoreUnavailable(StoreCause::kReadOnly);
  if (absl::Status status = writer_->Execute("begin immediate"); !status.ok()) return status;
  absl::Status status = work(*writer_);
  if (status.ok()) status = writer_->Execute("commit");
  if (!status.ok() && writer_->in_transaction()) writer_->Execute("rollback").IgnoreError();
  return status;
}

absl::StatusOr<StoreInfo> SqliteStore::Info() {
  StoreInfo info;
  absl::Status status = Read([&](SqliteDatabase& database) {
    absl::StatusOr<SqliteHead> head = ReadSqliteHead(database);
    if (!head.ok()) return head.status();
    absl::StatusOr<int> version = ReadSqliteSchemaVersion(database);
    if (!version.ok()) return version.status();
    info = {head->counters.history_id,   head->counters.revision,    head->compacted, *version,
            head->counters.audit_number, head->counters.audit_digest};
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return info;
}

absl::Status SqliteStore::Ping() {
  absl::Status readable = Read([](SqliteDatabase& database) { return ReadSqliteHead(database).status(); });
  if (!readable.ok() || in_memory_) return readable;
  if (writer_ == nullptr) return StoreUnavailable(StoreCause::kReadOnly);
  return ProbeDisk(lock_fd_);
}

absl::StatusOr<absl::Time> SqliteStore::ReadClock() { return opened_ + (BootTime() - opened_boot_); }

absl::StatusOr<int64_t> SqliteStore::Scan(const ScanOptions& options,
                                          absl::FunctionRef<absl::Status(StoredResource)> callback) {
  absl::StatusOr<int64_t> revision = 0;
  absl::Status status = Read([&](SqliteDatabase& database) {
    revision = ScanSqlite(database, options, callback);
    return revision.status();
  });
  if (!status.ok()) return status;
  return revision;
}

absl::StatusOr<std::optional<StoredResource>> SqliteStore::Get(std::string_view name,
                                                               std::optional<int64_t> as_of) {
  absl::StatusOr<std::optional<StoredResource>> resource;
  absl::Status status = Read([&](SqliteDatabase& database) {
    resource = GetSqlite(database, name, as_of);
    return resource.status();
  });
  if (!status.ok()) return status;
  return resource;
}

absl::StatusOr<ChangeBatch> SqliteStore::ReadChanges(int64_t after, int64_t limit) {
  absl::StatusOr<ChangeBatch> batch;
  absl::Status status = Read([&](SqliteDatabase& database) {
    batch = ReadSqliteChanges(database, after, limit);
    return batch.status();
  });
  if (!status.ok()) return status;
  return batch;
}

std::unique_ptr<Subscription> SqliteStore::Subscribe(std::function<void(int64_t)> wake) {
  return subscribers_.Add(std::move(wake));
}

absl::Status SqliteStore::Compact(int64_t before) {
  return WriteAlone([&](SqliteDatabase& database) {
    absl::StatusOr<SqliteHead> head = ReadSqliteHead(database);
    if (!head.ok()) return head.status();
    if (before <= head->compacted) return absl::OkStatus();
    absl::Status status = CheckReadable(before, head->compacted, head->counters.revision);
    if (!status.ok()) return status;
    // A change goes once a later one, not after `before`, has taken its place; a delete goes by itself.
    absl::StatusOr<SqliteStatement> replaced = database.Prepare(
        "delete from change where (revision, name) in "
        "(select previous, name from change where revision <= ?1 and previous > 0)");
    if (!replaced.ok()) return replaced.status();
    if (status = replaced->Int(before).Run(); !status.ok()) return status;
    absl::StatusOr<SqliteStatement> deleted =
        database.Prepare("delete from change where deleted = 1 and revision <= ?1");
    if (!deleted.ok()) return deleted.status();
    if (status = deleted->Int(before).Run(); !status.ok()) return status;
    absl::StatusOr<SqliteStatement> mark = database.Prepare("update store set compacted = ?1 where id = 1");
    if (!mark.ok()) return mark.status();
    return mark->Int(before).Run();
  });
}

absl::StatusOr<int64_t> SqliteStore::RevisionAt(absl::Time time) {
  absl::StatusOr<int64_t> revision = 0;
  absl::Status status = Read([&](SqliteDatabase& database) {
    revision = SqliteRevisionAt(database, time);
    return revision.status();
  });
  if (!status.ok()) return status;
  return revision;
}

absl::Status SqliteStore::ReadDifference(int64_t older, int64_t newer,
                                         absl::FunctionRef<absl::Status(Difference)> callback) {
  return Read(
      [&](SqliteDatabase& database) { return ReadSqliteDifference(database, older, newer, callback); });
}

absl::Status SqliteStore::ReadHistory(const HistoryQuery& query,
                                      absl::FunctionRef<bool(const HistoryEntry&)> callback) {
  return Read([&](SqliteDatabase& database) { return ReadSqliteHistory(database, query, callback); });
}

absl::StatusOr<std::vector<std::optional<StoredResource>>> SqliteStore::GetVersions(
    const std::vector<VersionKey>& keys) {
  return ReadValue<std::vector<std::optional<StoredResource>>>(
      [&](SqliteDatabase& database) { return GetSqliteVersions(database, keys); });
}

absl::StatusOr<std::vector<AuditRow>> SqliteStore::ReadAuditOfRevisions(int64_t low, int64_t high) {
  return ReadValue<std::vector<AuditRow>>(
      [&](SqliteDatabase& database) { return ReadSqliteAuditOfRevisions(database, low, high); });
}

absl::StatusOr<absl::Time> SqliteStore::TimeOfRevision(int64_t revision) {
  return ReadValue<absl::Time>(
      [&](SqliteDatabase& database) { return SqliteTimeOfRevision(database, revision); });
}

absl::StatusOr<int64_t> SqliteStore::ExpireRequests(absl::Time before) {
  int64_t count = 0;
  absl::Status status = WriteAlone([&](SqliteDatabase& database) {
    absl::StatusOr<SqliteStatement> statement =
        database.Prepare("delete from request where time < ?1 returning 1");
    if (!statement.ok()) return statement.status();
    statement->Int(absl::ToUnixMicros(before));
    while (true) {
      absl::StatusOr<bool> row = statement->Step();
      if (!row.ok() || !*row) return row.status();
      ++count;
    }
  });
  if (!status.ok()) return status;
  return count;
}

absl::StatusOr<std::vector<AuditRow>> SqliteStore::ReadAudit(int64_t after, int64_t limit) {
  absl::StatusOr<std::vector<AuditRow>> rows;
  absl::Status status = Read([&](SqliteDatabase& database) {
    rows = ReadSqliteAudit(database, after, limit);
    return rows.status();
  });
  if (!status.ok()) return status;
  return rows;
}

absl::StatusOr<Lease> SqliteStore::AcquireLease(std::string_view name, std::string_view holder,
                                                absl::Duration ttl) {
  const absl::Time now = absl::Now();
  Lease lease{std::string(name), std::string(holder), 0, absl::FromUnixMicros(absl::ToUnixMicros(now + ttl))};
  absl::Status status = WriteAlone([&](SqliteDatabase& database) {
    absl::StatusOr<SqliteStatement> statement = database.Prepare(
        "insert into lease (name, holder, token, expire_time) values (?1, ?2, 1, ?3) "
        "on conflict (name) do update set "
        "token = iif(holder = excluded.holder and expire_time > ?4, token, token + 1), "
        "holder = excluded.holder, expire_time = excluded.expire_time "
        "where holder = excluded.holder or expire_time <= ?4 returning token");
    if (!statement.ok()) return statement.status();
    statement->Text(name)
        .Text(holder)
        .Int(absl::ToUnixMicros(lease.expire_time))
        .Int(absl::ToUnixMicros(now));
    absl::StatusOr<bool> row = statement->Step();
    if (!row.ok()) return row.status();
    if (!*row) return LeaseHeld(name);
    lease.token = statement->IntAt(0);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return lease;
}

absl::Status SqliteStore::ReleaseLease(const Lease& lease) {
  return WriteAlone([&](SqliteDatabase& database) {
    absl::StatusOr<SqliteStatement> statement =
        database.Prepare("update lease set expire_time = 0 where name = ?1 and token = ?2");
    if (!statement.ok()) return statement.status();
    return statement->Text(lease.name).Int(lease.token).Run();
  });
}

absl::Status SqliteStore::RenewHistory() {
  const std::string history_id = NewHistoryId();
  return WriteAlone([&](SqliteDatabase& database) {
    absl::StatusOr<SqliteStatement> statement =
        database.Prepare("update store set history_id = ?1 where id = 1");
    if (!statement.ok()) return statement.status();
    return statement->Text(history_id).Run();
  });
}

absl::StatusOr<std::unique_ptr<GroupTransaction>> SqliteStore::BeginGroup(int64_t) {
  if (writer_ == nullptr) return StoreUnavailable(StoreCause::kReadOnly);
  return SqliteGroup::Begin(write_mutex_, *writer_,
                            [this](int64_t revision) { subscribers_.Notify(revision); });
}

}  // namespace linchpin::store
