// Get and List of all kinds, from memory.
#ifndef LINCHPIN_SERVICES_SERVING_READER_H_
#define LINCHPIN_SERVICES_SERVING_READER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "services/kit/rpc/call.h"
#include "services/replica/source.h"

namespace linchpin::serving {

// One code path for all kinds: the kind follows from the type of the answer.
//
// Ownership: keeps a reference to the source, which must outlive it.
// Thread safety: all members may run at once. Nothing blocks.
class Reader {
 public:
  using View = std::shared_ptr<const replica::View>;

  Reader(replica::ViewSource& source, std::string page_token_secret);

  // What may be answered from a view that is there. NOT_READY without one.
  absl::Status Get(kit::Call& call, const google::protobuf::Message& request,
                   google::protobuf::Message& response) const;
  // The same, serialized: the stored bytes go out as they are. `kind` is that of the answer.
  absl::Status GetBytes(kit::Call& call, const google::protobuf::Message& request,
                        const resource::KindInfo& kind, std::string& wire) const;
  absl::Status List(kit::Call& call, const google::protobuf::Message& request,
                    google::protobuf::Message& response) const;

  // Whether an answer carries the token of its revision beside the number.
  enum class Token { kYes, kNo };

  // The newest view, marked in the call's trailing metadata. NOT_READY without one.
  absl::StatusOr<View> CurrentView(kit::Call& call, Token token = Token::kYes) const;

  // Whether a request must wait for a revision: then `ready` is called, now or later, with OK or the reason
  // why it cannot be answered (REPLICA_BEHIND, NOT_READY, HISTORY_CHANGED, FIELD_INVALID), 50 ms before the
  // call's deadline at the latest, and soon after the call is cancelled. The caller keeps the call.
  bool MustWait(const std::string& min_revision) const;
  void Await(kit::Call& call, const std::string& min_revision, std::function<void(absl::Status)> ready) const;

  // Adds the revision that an answer was made from to its trailing metadata.
  void Mark(kit::Call& call, int64_t revision, absl::Duration age, Token token = Token::kYes) const;

 private:
  // A document and the view that it lives in.
  struct Found {
    View view;
    replica::DocumentRef document;
  };
  absl::StatusOr<Found> Find(kit::Call& call, const google::protobuf::Message& request,
                             const resource::KindInfo& kind) const;

  replica::ViewSource& source_;
  const std::string page_token_secret_;
};

}  // namespace linchpin::serving

#endif  // LINCHPIN_SERVICES_SERVING_READER_H_
