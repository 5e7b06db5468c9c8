// The table of reasons: for each why an error can have, its code and what its metadata must say. An error is
// made from one of these, so it cannot have a wrong code, and does not compile without its metadata:
//   Error(reason::EtagMismatch{.name = name}, "vendors/x has been written since; read it again")
//
// A new reason that an RPC returns: here, in proto/linchpin/common/v1/error_reason.proto, and in the list
// below. Tests match the three.
#ifndef LINCHPIN_SERVICES_BASE_REASONS_H_
#define LINCHPIN_SERVICES_BASE_REASONS_H_

#include "services/base/error.h"

namespace linchpin::base::reason {

using Code = absl::StatusCode;
using Value = MetadataValue;
using Optional = OptionalMetadata;

// Returned by RPCs. What each means is said in error_reason.proto.

struct FieldInvalid {
  static constexpr ReasonInfo<1> kInfo{"FIELD_INVALID", Code::kInvalidArgument, {"field"}};
  Value field;
};
struct ResourceNotFound {
  static constexpr ReasonInfo<1> kInfo{"RESOURCE_NOT_FOUND", Code::kNotFound, {"name"}};
  Value name;
};
struct ResourceExists {
  static constexpr ReasonInfo<1> kInfo{"RESOURCE_EXISTS", Code::kAlreadyExists, {"name"}};
  Value name;
};
struct ReferenceNotFound {
  static constexpr ReasonInfo<2> kInfo{"REFERENCE_NOT_FOUND", Code::kFailedPrecondition, {"name", "target"}};
  Value name;
  Value target;
};
struct StillReferenced {
  static constexpr ReasonInfo<3> kInfo{
      "STILL_REFERENCED", Code::kFailedPrecondition, {"name", "referrers", "count"}};
  Value name;
  Value referrers;
  Value count;
};
struct Cycle {
  static constexpr ReasonInfo<1> kInfo{"CYCLE", Code::kFailedPrecondition, {"cycle"}};
  Value cycle;
};
struct EtagMismatch {
  static constexpr ReasonInfo<1> kInfo{"ETAG_MISMATCH", Code::kAborted, {"name"}};
  Value name;
};
struct RevisionMismatch {
  static constexpr ReasonInfo<2> kInfo{"REVISION_MISMATCH", Code::kAborted, {"expected", "revision"}};
  Value expected;
  Value revision;
};
struct RequestIdReused {
  static constexpr ReasonInfo<1> kInfo{"REQUEST_ID_REUSED", Code::kInvalidArgument, {"request_id"}};
  Value request_id;
};
struct PageTokenInvalid {
  static constexpr ReasonInfo<0> kInfo{"PAGE_TOKEN_INVALID", Code::kInvalidArgument, {}};
};
struct FilterUnsupported {
  static constexpr ReasonInfo<0> kInfo{"FILTER_UNSUPPORTED", Code::kUnimplemented, {}};
};
struct ReplicaBehind {
  static constexpr ReasonInfo<2> kInfo{"REPLICA_BEHIND", Code::kUnavailable, {"revision", "min_revision"}};
  Value revision;
  Value min_revision;
};
struct NotReady {
  static constexpr ReasonInfo<0> kInfo{"NOT_READY", Code::kUnavailable, {}};
};
struct RevisionCompacted {
  static constexpr ReasonInfo<3> kInfo{
      "REVISION_COMPACTED", Code::kOutOfRange, {"oldest", "revision", "oldest_time"}};
  Value oldest;
  Optional revision = {};
  Optional oldest_time = {};
};
struct HistoryChanged {
  static constexpr ReasonInfo<2> kInfo{"HISTORY_CHANGED", Code::kOutOfRange, {"newest", "revision"}};
  Optional newest = {};
  Optional revision = {};
};
struct WatcherTooSlow {
  static constexpr ReasonInfo<1> kInfo{"WATCHER_TOO_SLOW", Code::kResourceExhausted, {"revision"}};
  Value revision;
};
struct StoreUnavailable {
  static constexpr ReasonInfo<1> kInfo{"STORE_UNAVAILABLE", Code::kUnavailable, {"cause"}};
  Optional cause = {};
};
struct WriteQueueFull {
  static constexpr ReasonInfo<0> kInfo{"WRITE_QUEUE_FULL", Code::kResourceExhausted, {}};
};
struct Draining {
  static constexpr ReasonInfo<0> kInfo{"DRAINING", Code::kUnavailable, {}};
};
struct TokenInvalid {
  static constexpr ReasonInfo<0> kInfo{"TOKEN_INVALID", Code::kUnauthenticated, {}};
};
struct RoleTooLow {
  static constexpr ReasonInfo<2> kInfo{"ROLE_TOO_LOW", Code::kPermissionDenied, {"role", "required"}};
  Value role;
  Value required;
};
struct MessageTooLarge {
  static constexpr ReasonInfo<1> kInfo{"MESSAGE_TOO_LARGE", Code::kResourceExhausted, {"limit_bytes"}};
  Value limit_bytes;
};
struct LimitReached {
  static constexpr ReasonInfo<1> kInfo{"LIMIT_REACHED", Code::kResourceExhausted, {"limit"}};
  Value limit;
};
struct TargetNotFound {
  static constexpr ReasonInfo<2> kInfo{"TARGET_NOT_FOUND", Code::kNotFound, {"target", "field"}};
  Value target;
  Optional field = {};
};
struct PolicyInvalid {
  static constexpr ReasonInfo<1> kInfo{"POLICY_INVALID", Code::kInvalidArgument, {"policy"}};
  Value policy;
};
struct Internal {
  static constexpr ReasonInfo<0> kInfo{"INTERNAL", Code::kInternal, {}};
};
struct FigureTooLarge {
  static constexpr ReasonInfo<1> kInfo{"FIGURE_TOO_LARGE", Code::kFailedPrecondition, {"total"}};
  Value total;
};
struct Overloaded {
  static constexpr ReasonInfo<0> kInfo{"OVERLOADED", Code::kResourceExhausted, {}};
};
struct DeadlineExceeded {
  static constexpr ReasonInfo<0> kInfo{"DEADLINE_EXCEEDED", Code::kDeadlineExceeded, {}};
};
struct Cancelled {
  static constexpr ReasonInfo<0> kInfo{"CANCELLED", Code::kCancelled, {}};
};
struct MethodUnknown {
  static constexpr ReasonInfo<0> kInfo{"METHOD_UNKNOWN", Code::kUnimplemented, {}};
};
struct MessageMalformed {
  static constexpr ReasonInfo<1> kInfo{"MESSAGE_MALFORMED", Code::kInvalidArgument, {"type"}};
  Value type;
};
struct RevisionNotFound {
  static constexpr ReasonInfo<2> kInfo{"REVISION_NOT_FOUND", Code::kOutOfRange, {"revision", "min_revision"}};
  Value revision;
  Value min_revision;
};
struct AssignmentsBroken {
  static constexpr ReasonInfo<2> kInfo{
      "ASSIGNMENTS_BROKEN", Code::kFailedPrecondition, {"policy", "assignments"}};
  Value policy;
  Value assignments;
};
struct BeforeHistory {
  static constexpr ReasonInfo<2> kInfo{"BEFORE_HISTORY", Code::kOutOfRange, {"oldest", "oldest_time"}};
  Optional oldest = {};
  Optional oldest_time = {};
};
struct IdentityUnknown {
  static constexpr ReasonInfo<1> kInfo{"IDENTITY_UNKNOWN", Code::kFailedPrecondition, {"principal"}};
  Value principal;
};
struct SecondPersonRequired {
  static constexpr ReasonInfo<2> kInfo{
      "SECOND_PERSON_REQUIRED", Code::kPermissionDenied, {"name", "principal"}};
  Value name;
  Value principal;
};
struct WaiverOver {
  static constexpr ReasonInfo<2> kInfo{"WAIVER_OVER", Code::kFailedPrecondition, {"name", "state"}};
  Value name;
  Value state;
};
struct NotWaivable {
  static constexpr ReasonInfo<1> kInfo{"NOT_WAIVABLE", Code::kFailedPrecondition, {"name"}};
  Value name;
};
struct FindingResolved {
  static constexpr ReasonInfo<1> kInfo{"FINDING_RESOLVED", Code::kFailedPrecondition, {"name"}};
  Value name;
};
struct NothingSelected {
  static constexpr ReasonInfo<2> kInfo{
      "NOTHING_SELECTED", Code::kFailedPrecondition, {"selector", "undecided"}};
  Value selector;
  Value undecided;
};
struct CheckRequired {
  static constexpr ReasonInfo<1> kInfo{"CHECK_REQUIRED", Code::kFailedPrecondition, {"revision"}};
  Value revision;
};
struct CheckTokenInvalid {
  static constexpr ReasonInfo<0> kInfo{"CHECK_TOKEN_INVALID", Code::kFailedPrecondition, {}};
};
struct CheckTokenExpired {
  static constexpr ReasonInfo<1> kInfo{"CHECK_TOKEN_EXPIRED", Code::kFailedPrecondition, {"expire_time"}};
  Value expire_time;
};
struct CheckOfAnotherChange {
  static constexpr ReasonInfo<1> kInfo{"CHECK_OF_ANOTHER_CHANGE", Code::kFailedPrecondition, {"revision"}};
  Value revision;
};
struct CheckDenied {
  static constexpr ReasonInfo<1> kInfo{"CHECK_DENIED", Code::kFailedPrecondition, {"policy_set_digest"}};
  Value policy_set_digest;
};

template <typename... R>
struct List {};

// All of the above.
using Returned =
    List<FieldInvalid, ResourceNotFound, ResourceExists, ReferenceNotFound, StillReferenced, Cycle,
         EtagMismatch, RevisionMismatch, RequestIdReused, PageTokenInvalid, FilterUnsupported, ReplicaBehind,
         NotReady, RevisionCompacted, HistoryChanged, WatcherTooSlow, StoreUnavailable, WriteQueueFull,
         Draining, TokenInvalid, RoleTooLow, MessageTooLarge, LimitReached, TargetNotFound, PolicyInvalid,
         Internal, FigureTooLarge, Overloaded, DeadlineExceeded, Cancelled, MethodUnknown, MessageMalformed,
         RevisionNotFound, AssignmentsBroken, BeforeHistory, IdentityUnknown, SecondPersonRequired,
         WaiverOver, NotWaivable, FindingResolved, NothingSelected, CheckRequired, CheckTokenInvalid,
         CheckTokenExpired, CheckOfAnotherChange, CheckDenied>;

// Never returned by an RPC: of a start that failed, between a store and its own service, of the command line.

// The database was made by a newer program, or needs `linchpind migrate`.
struct SchemaTooNew {
  static constexpr ReasonInfo<2> kInfo{"SCHEMA_TOO_NEW", Code::kFailedPrecondition, {"found", "known"}};
  Value found;
  Value known;
};
struct SchemaTooOld {
  static constexpr ReasonInfo<2> kInfo{"SCHEMA_TOO_OLD", Code::kFailedPrecondition, {"found", "known"}};
  Value found;
  Value known;
};
// A crash of the database would lose acknowledged writes.
struct UnsafeSettings {
  static constexpr ReasonInfo<1> kInfo{"UNSAFE_SETTINGS", Code::kFailedPrecondition, {"setting"}};
  Value setting;
};
// The folder or file of a SQLite store.
struct StoreFolderUnusable {
  static constexpr ReasonInfo<0> kInfo{"STORE_FOLDER_UNUSABLE", Code::kFailedPrecondition, {}};
};
struct StoreDamaged {
  static constexpr ReasonInfo<1> kInfo{"STORE_DAMAGED", Code::kFailedPrecondition, {"file"}};
  Value file;
};
struct StoreInUse {
  static constexpr ReasonInfo<0> kInfo{"STORE_IN_USE", Code::kFailedPrecondition, {}};
};
// Another holder has the lease; the one that a write carries has passed to another.
struct LeaseHeld {
  static constexpr ReasonInfo<1> kInfo{"LEASE_HELD", Code::kAborted, {"lease"}};
  Value lease;
};
struct LeaseLost {
  static constexpr ReasonInfo<1> kInfo{"LEASE_LOST", Code::kAborted, {"lease"}};
  Value lease;
};
// A flag or argument of the command line.
struct Usage {
  static constexpr ReasonInfo<0> kInfo{"USAGE", Code::kInvalidArgument, {}};
};
// A file that is read or written: what is in it, that it is not there, that it cannot be written (to its
// end).
struct FileInvalid {
  static constexpr ReasonInfo<1> kInfo{"FILE_INVALID", Code::kInvalidArgument, {"file"}};
  Optional file = {};
};
struct FileNotFound {
  static constexpr ReasonInfo<1> kInfo{"FILE_NOT_FOUND", Code::kNotFound, {"file"}};
  Value file;
};
struct FileNotWritable {
  static constexpr ReasonInfo<1> kInfo{"FILE_NOT_WRITABLE", Code::kFailedPrecondition, {"file"}};
  Value file;
};
struct FileCutOff {
  static constexpr ReasonInfo<1> kInfo{"FILE_CUT_OFF", Code::kDataLoss, {"file"}};
  Value file;
};
// There is nothing yet that the command could show.
struct InventoryEmpty {
  static constexpr ReasonInfo<0> kInfo{"INVENTORY_EMPTY", Code::kFailedPrecondition, {}};
};
struct FileNotInstalled {
  static constexpr ReasonInfo<1> kInfo{"FILE_NOT_INSTALLED", Code::kFailedPrecondition, {"file"}};
  Value file;
};
struct ServerNotStarted {
  static constexpr ReasonInfo<0> kInfo{"SERVER_NOT_STARTED", Code::kUnavailable, {}};
};
struct NoBrowser {
  static constexpr ReasonInfo<0> kInfo{"NO_BROWSER", Code::kFailedPrecondition, {}};
};

using Inside = List<SchemaTooNew, SchemaTooOld, UnsafeSettings, StoreFolderUnusable, StoreDamaged, StoreInUse,
                    LeaseHeld, LeaseLost, Usage, FileInvalid, FileNotFound, FileNotWritable, FileCutOff,
                    InventoryEmpty, FileNotInstalled, ServerNotStarted, NoBrowser>;

}  // namespace linchpin::base::reason

#endif  // LINCHPIN_SERVICES_BASE_REASONS_H_
