// PolicyService over gRPC: which handler answers which method.
#ifndef LINCHPIN_SERVICES_POLICY_RPC_POLICY_SERVICE_H_
#define LINCHPIN_SERVICES_POLICY_RPC_POLICY_SERVICE_H_

#include <memory>

#include "services/kit/rpc/pipeline.h"
#include "services/policy/rpc/change_answers.h"
#include "services/policy/rpc/policy_answers.h"
#include "services/serving/reader.h"
#include "services/serving/writer.h"

namespace grpc {
class Service;
}

namespace linchpin::policy {

// All references must outlive the service.
std::unique_ptr<grpc::Service> MakePolicyService(kit::Pipeline& pipeline, const serving::Reader& reader,
                                                 serving::Writer& writer, PolicyAnswers& answers,
                                                 ChangeAnswers& changes);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_POLICY_SERVICE_H_
