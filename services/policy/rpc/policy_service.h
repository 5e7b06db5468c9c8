// PolicyService over gRPC: which handler answers which method.
#ifndef LINCHPIN_SERVICES_POLICY_RPC_POLICY_SERVICE_H_
#define LINCHPIN_SERVICES_POLICY_RPC_POLICY_SERVICE_H_

#include <memory>

#include "services/kit/rpc/pipeline.h"
#include "services/policy/rpc/change_answers.h"
#include "services/policy/rpc/decision_writes.h"
#include "services/policy/rpc/finding_watch.h"
#include "services/policy/rpc/policy_answers.h"
#include "services/policy/rpc/waiver_answers.h"
#include "services/serving/reader.h"
#include "services/serving/writer.h"

namespace grpc {
class Service;
}

namespace linchpin::policy {

// What answers. All of it must outlive the service.
struct PolicyHandlers {
  const serving::Reader& reader;
  serving::Writer& writer;
  PolicyAnswers& answers;
  ChangeAnswers& changes;
  WaiverAnswers& waivers;
  DecisionWrites& decisions;
  FindingWatch& watch;
};

std::unique_ptr<grpc::Service> MakePolicyService(kit::Pipeline& pipeline, const PolicyHandlers& handlers);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_POLICY_SERVICE_H_
