// Why a cutoff hits a deployment: the chain of facts from the deployment to what is cut off.
#ifndef LINCHPIN_SERVICES_LINCHPIN_PROOF_H_
#define LINCHPIN_SERVICES_LINCHPIN_PROOF_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "linchpin/risk/v1/scenario.pb.h"
#include "services/linchpin/client.h"

namespace linchpin::cli {

// Finds chains over the resources of a server, each read once.
//
// Thread safety: none. Cost: at most eight reads of up to 1,000 resources for a set of deployments.
class ProofFinder {
 public:
  explicit ProofFinder(Client& client) : client_(client) {}

  // Reads what the chains of these deployments go over. Errors of the server leave chains out, nothing else.
  void Prepare(const std::vector<std::string>& deployments);

  // "model models/tuned, based on models/qwen (origin CN)": the shortest chain along the fields by which a
  // cutoff of that type reaches a deployment; empty if the facts known do not make one (it is hit because
  // something is unknown).
  std::string Chain(const std::string& deployment, const linchpin::risk::v1::Cutoff& cutoff) const;

  // What lies on the ways by which a cutoff of that type reaches the deployment, itself included.
  std::set<std::string> Reach(const std::string& deployment, const linchpin::risk::v1::Cutoff& cutoff) const;

 private:
  Client& client_;
  std::map<std::string, std::unique_ptr<google::protobuf::Message>> read_;
};

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_LINCHPIN_PROOF_H_
