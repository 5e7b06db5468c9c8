// RiskService over gRPC: which handler answers which method.
#ifndef LINCHPIN_SERVICES_RISK_RPC_RISK_SERVICE_H_
#define LINCHPIN_SERVICES_RISK_RPC_RISK_SERVICE_H_

#include <memory>

namespace grpc {
class Service;
}
namespace linchpin::kit {
class Pipeline;
}

namespace linchpin::serving {
class Reader;
class Writer;
}  // namespace linchpin::serving

namespace linchpin::risk {

class AttestationAnswers;
class ChangeAnswers;
class LossAnswers;
class QuestionAnswers;
class RemedyAnswers;
class ReportAnswers;
class RiskAnswers;
class ScoreAnswers;
class StructureAnswers;

// What answers the calls; standard methods are answered by reader and writer of the store.
struct RiskParts {
  const serving::Reader& reader;
  serving::Writer& writer;
  RiskAnswers& risk;
  ScoreAnswers& scores;
  LossAnswers& losses;
  RemedyAnswers& remedies;
  StructureAnswers& structure;
  ReportAnswers& reports;
  ChangeAnswers& changes;
  QuestionAnswers& questions;
  AttestationAnswers& attestations;
};

// Ownership: keeps references to the pipeline and the parts, which must outlive the server that serves it.
std::unique_ptr<grpc::Service> MakeRiskService(kit::Pipeline& pipeline, const RiskParts& parts);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_RISK_SERVICE_H_
