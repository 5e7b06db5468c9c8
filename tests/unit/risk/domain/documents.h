// Inventories written as text, for tests of what is computed from documents.
#ifndef LINCHPIN_TESTS_UNIT_RISK_DOMAIN_DOCUMENTS_H_
#define LINCHPIN_TESTS_UNIT_RISK_DOMAIN_DOCUMENTS_H_

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/application.pb.h"
#include "linchpin/inventory/v1/business_service.pb.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/host.pb.h"
#include "linchpin/inventory/v1/licence.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/engine/graph/graph.h"
#include "services/engine/graph/graph_builder.h"
#include "tests/support/status_matchers.h"

namespace linchpin::risk {

template <typename Message>
Message FromText(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

class Documents {
 public:
  template <typename Document>
  Documents& Add(const std::string& text) {
    all_.push_back(std::make_unique<Document>(FromText<Document>(text)));
    return *this;
  }
  const std::vector<std::unique_ptr<google::protobuf::Message>>& all() const { return all_; }

  std::shared_ptr<const engine::Graph> Graph() const {
    engine::GraphChanges changes;
    changes.revision = 7;
    for (const auto& document : all_) {
      const absl::Status status = engine::AddUpsert(*document, changes);
      EXPECT_THAT(status, IsOk());
    }
    auto graph = engine::Graph::Empty()->Apply(changes);
    EXPECT_THAT(graph, IsOk());
    return graph.ok() ? *graph : engine::Graph::Empty();
  }

 private:
  std::vector<std::unique_ptr<google::protobuf::Message>> all_;
};

// Two applications: `claims` (tier 1) on vendor Alpha with a cold fallback at Beta, `search` (tier 3) on
// Beta. Alpha is of the US, Beta of France; Beta's model is tuned from Alpha's open one. The host of `beta`
// is unknown.
inline Documents TwoVendors() {
  namespace v1 = ::linchpin::inventory::v1;
  Documents documents;
  documents.Add<v1::Vendor>("name: 'vendors/alpha' country: 'US' known_none: 'parent'")
      .Add<v1::Vendor>("name: 'vendors/beta' country: 'FR' known_none: 'parent'")
      .Add<v1::Vendor>("name: 'vendors/cloud' country: 'IE' known_none: 'parent'")
      .Add<v1::Host>("name: 'hosts/eu' provider: 'vendors/cloud' country: 'DE'")
      .Add<v1::Licence>("name: 'licences/open' irrevocable: true")
      .Add<v1::Model>(R"pb(name: "models/one"
                           developer: "vendors/alpha"
                           weights: WEIGHTS_OPEN
                           licence: "licences/open"
                           requires_activation: false
                           known_none: "derivations")pb")
      .Add<v1::Model>(R"pb(name: "models/two"
                           developer: "vendors/beta"
                           weights: WEIGHTS_OPEN
                           licence: "licences/open"
                           requires_activation: false
                           derivations { base_model: "models/one" relation: RELATION_FINE_TUNE })pb")
      .Add<v1::Deployment>(R"pb(name: "deployments/alpha"
                                model: "models/one"
                                hosting_mode: HOSTING_MODE_VENDOR_API
                                operator: "vendors/alpha"
                                host: "hosts/eu")pb")
      .Add<v1::Deployment>(R"pb(name: "deployments/beta"
                                model: "models/two"
                                hosting_mode: HOSTING_MODE_VENDOR_API
                                operator: "vendors/beta")pb")
      .Add<v1::Application>("name: 'applications/claims' tier: 1 continuity { loss_per_hour_minor: 1000 }")
      .Add<v1::Application>("name: 'applications/search' tier: 3")
      .Add<v1::Dependency>(
          R"pb(name: "applications/claims/dependencies/chat"
               alternatives { target: "deployments/alpha" }
               alternatives { target: "deployments/beta" activation: ACTIVATION_CONFIGURATION })pb")
      .Add<v1::Dependency>(R"pb(name: "applications/search/dependencies/chat"
                                alternatives { target: "deployments/beta" })pb");
  return documents;
}

}  // namespace linchpin::risk

#endif  // LINCHPIN_TESTS_UNIT_RISK_DOMAIN_DOCUMENTS_H_
