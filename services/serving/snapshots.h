// A read at a revision, the same for all reads of all services: the call is admitted, waits for the revision
// asked for without a thread, goes to the pool, is answered from the newest state there is, or from a past
// one where it asks for that, and says which revision that was and how old.
#ifndef LINCHPIN_SERVICES_SERVING_SNAPSHOTS_H_
#define LINCHPIN_SERVICES_SERVING_SNAPSHOTS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "linchpin/common/v1/snapshot.pb.h"
#include "services/kit/rpc/service.h"
#include "services/replica/source.h"
#include "services/writing/hypothetical_view.h"

namespace linchpin::serving {

// The state that an answer is made from.
struct Snapshot {
  std::shared_ptr<const replica::View> view;
  // How long ago, at most, it was the newest; infinite while that is not known, and for a past state.
  absl::Duration age;
  // The caller asked for a past state, which this is.
  bool past = false;
};

// Gives a call the state that it is answered from, and waits for the revision that it asks for.
//
// Ownership: keeps a reference to the source, which must outlive it and every call.
// Thread safety: all members may run at once. Nothing blocks.
class Snapshots {
 public:
  // `rules`: what proposed changes must satisfy: the rules of the service that writes the documents.
  explicit Snapshots(replica::ViewSource& source, writing::WriteRules rules = {})
      : source_(source), rules_(std::move(rules)) {}

  replica::ViewSource& source() const { return source_; }

  // Waits for the `min_revision` of a request, or has the view of its `as_of` made: until the call's
  // deadline, less the time that the answer takes.
  // Errors: UNAVAILABLE, REPLICA_BEHIND or NOT_READY; OUT_OF_RANGE, HISTORY_CHANGED, for a token of another
  //   history, and REVISION_NOT_FOUND where there is no such revision; INVALID_ARGUMENT, FIELD_INVALID; those
  //   of replica::PastViews.
  kit::Wait wait() const;
  // Has the view of `as_of` made and attached to the call, for Take to find.
  void AwaitPast(kit::Call& call, const std::string& as_of, const std::string& min_revision,
                 kit::Done ready) const;
  // The same as `wait` for a `min_revision` by itself.
  void Await(kit::Call& call, const std::string& min_revision, kit::Done ready) const;
  // Whether there is anything to wait for.
  bool MustWait(const std::string& min_revision) const;

  // Whether an answer carries the token of its revision beside the number.
  enum class Token { kYes, kNo };

  // The newest state, or the past one that the wait attached, marked in the call's trailing metadata.
  // UNAVAILABLE, NOT_READY, before the first.
  absl::StatusOr<Snapshot> Take(kit::Call& call, Token token = Token::kYes) const;
  // The same, described in the answer as well.
  absl::StatusOr<Snapshot> Take(kit::Call& call, common::v1::Snapshot& described) const;
  // The same with the changes that the field `proposed` of the request holds, if it has one that is set: the
  // view is then hypothetical (services/writing/hypothetical_view.h), and nothing is written. The
  // answer names the revision that the changes were laid over. Errors, besides: those of Suppose.
  absl::StatusOr<Snapshot> Take(kit::Call& call, const kit::Message& request,
                                common::v1::Snapshot& described) const;

  // `base` with the changes laid over it. Field paths in errors begin with `field`.
  absl::StatusOr<writing::HypotheticalView> Suppose(const std::shared_ptr<const replica::View>& base,
                                                    const inventory::v1::ChangeSet& changes,
                                                    std::string_view field = "proposed") const;

  // Adds the revision that an answer was made from, and its age where it is known, to the call's trailing
  // metadata.
  void Mark(kit::Call& call, int64_t revision, absl::Duration age, Token token = Token::kYes) const;
  // The same as a field of the answer.
  void Describe(int64_t revision, absl::Duration age, common::v1::Snapshot& described) const;
  void Describe(const Snapshot& snapshot, common::v1::Snapshot& described) const;

 private:
  replica::ViewSource& source_;
  writing::WriteRules rules_;
};

}  // namespace linchpin::serving

#endif  // LINCHPIN_SERVICES_SERVING_SNAPSHOTS_H_
