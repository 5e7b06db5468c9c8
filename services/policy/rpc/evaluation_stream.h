// Sends the result of an evaluation in parts that any client takes.
#ifndef LINCHPIN_SERVICES_POLICY_RPC_EVALUATION_STREAM_H_
#define LINCHPIN_SERVICES_POLICY_RPC_EVALUATION_STREAM_H_

#include <cstddef>
#include <functional>

#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/policy/domain/rules/evaluation.h"

namespace linchpin::policy {

// Gathers elements of a result and sends them when about `bytes_max` have come together.
//
// Thread safety: none.
class EvaluationStream {
 public:
  // `write` sends one message; false: nobody waits any more.
  using Write = std::function<bool(const v1::EvaluatePoliciesResponse&)>;

  explicit EvaluationStream(Write write, size_t bytes_max = size_t{1} << 20);

  void Progress(int64_t done, int64_t total);
  // Sends `head`, which has what is not repeated, and all of the evaluation: rules, outcomes, findings. Once.
  void Result(const v1::EvaluationResult& head, Evaluation evaluation);

  // Whether nobody waits any more.
  bool gone() const { return gone_; }

 private:
  // Makes room for so many bytes.
  v1::EvaluationResult& RoomFor(size_t bytes);
  void Flush();

  const Write write_;
  const size_t bytes_max_;
  v1::EvaluatePoliciesResponse part_;
  size_t bytes_ = 0;
  bool gone_ = false;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_EVALUATION_STREAM_H_
