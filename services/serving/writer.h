// Create, Update and Delete of all kinds, by the committer.
#ifndef LINCHPIN_SERVICES_SERVING_WRITER_H_
#define LINCHPIN_SERVICES_SERVING_WRITER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "services/kit/rpc/call.h"
#include "services/serving/admission.h"
#include "services/serving/answer_thread.h"
#include "services/serving/snapshots.h"
#include "services/store/commit/committer.h"
#include "services/writing/writes.h"

namespace linchpin::serving {

// One code path for all kinds: the kind follows from the type of the request.
//
// Ownership: keeps references, which must outlive it, and so must every call.
// Thread safety: all members may run at once. Nothing blocks.
class Writer {
 public:
  using Done = std::function<void(absl::Status)>;
  using CallPointer = std::shared_ptr<kit::Call>;

  // `admission` has a say in every write; null: there is none.
  Writer(store::Committer& committer, const Snapshots& snapshots, writing::WriteSettings settings,
         Admission* admission = nullptr);

  // Each calls `done` once, from another thread unless the request is refused at once. Request and response
  // live until then.
  void Create(CallPointer call, const google::protobuf::Message& request, google::protobuf::Message& response,
              Done done);
  void Update(CallPointer call, const google::protobuf::Message& request, google::protobuf::Message& response,
              Done done);
  void Delete(CallPointer call, const google::protobuf::Message& request, google::protobuf::Message& response,
              Done done);

  // Commits a plan that somebody else made, or answers why there is none. Of a kind's own batch methods.
  void Submit(CallPointer call, const google::protobuf::Message& request,
              absl::StatusOr<writing::WritePlan> plan, std::optional<int64_t> expected_revision,
              google::protobuf::Message& response, Done done);

  const writing::WriteSettings& settings() const { return settings_; }

 private:
  absl::StatusOr<store::Write> MakeWrite(const kit::Call& call, const google::protobuf::Message& request,
                                         writing::WritePlan plan) const;
  absl::Status Answer(kit::Call& call, const absl::StatusOr<store::WriteResult>& result,
                      google::protobuf::Message& response) const;

  store::Committer& committer_;
  const Snapshots snapshots_;
  const writing::WriteSettings settings_;
  Admission* const admission_;
  AnswerThread answers_;
};

}  // namespace linchpin::serving

#endif  // LINCHPIN_SERVICES_SERVING_WRITER_H_
