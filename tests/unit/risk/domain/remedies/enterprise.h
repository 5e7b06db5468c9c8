// A small enterprise in which something of every sort can be mended.
#ifndef LINCHPIN_TESTS_UNIT_RISK_DOMAIN_REMEDIES_ENTERPRISE_H_
#define LINCHPIN_TESTS_UNIT_RISK_DOMAIN_REMEDIES_ENTERPRISE_H_

#include "linchpin/inventory/v1/route.pb.h"
#include "tests/unit/risk/domain/documents.h"

namespace linchpin::risk {

// Vendors Alpha (US) and Beta (FR), each with an interface in its own cloud region; own premises in DE with a
// copy of Beta's open model that is fetched from Hub at each start. `claims` (tier 1, priced) depends on
// Alpha alone, `search` (tier 3) on Alpha with a fallback that takes a day, `archive` (tier 2) on embeddings
// of Alpha, `desk` (tier 4) on a route to Alpha, `triage` (tier 1, priced) on Beta and, untested, on Alpha.
inline Documents Enterprise() {
  namespace v1 = ::linchpin::inventory::v1;
  Documents documents;
  for (const char* vendor : {"alpha", "beta", "hub"}) {
    const std::string id = vendor, country = id == "alpha" ? "US" : id == "beta" ? "FR" : "GB";
    documents.Add<v1::Vendor>("name: 'vendors/" + std::string(vendor) + "' country: '" + country +
                              "' known_none: 'parent' roles: ROLE_DEVELOPER roles: ROLE_OPERATOR roles: "
                              "ROLE_HOST_PROVIDER");
  }
  documents.Add<v1::Host>("name: 'hosts/alpha-us' provider: 'vendors/alpha' country: 'US'")
      .Add<v1::Host>("name: 'hosts/beta-fr' provider: 'vendors/beta' country: 'FR'")
      .Add<v1::Host>("name: 'hosts/own' country: 'DE' known_none: 'provider'")
      .Add<v1::Licence>("name: 'licences/open' irrevocable: true")
      .Add<v1::Model>(R"pb(name: "models/closed"
                           developer: "vendors/alpha"
                           weights: WEIGHTS_PROPRIETARY
                           tasks: "chat"
                           known_none: "derivations"
                           known_none: "licence")pb")
      .Add<v1::Model>(R"pb(name: "models/vectors"
                           developer: "vendors/alpha"
                           weights: WEIGHTS_PROPRIETARY
                           tasks: "embedding"
                           known_none: "derivations"
                           known_none: "licence")pb")
      .Add<v1::Model>(R"pb(name: "models/free"
                           developer: "vendors/beta"
                           weights: WEIGHTS_OPEN
                           licence: "licences/open"
                           requires_activation: false
                           tasks: "chat"
                           known_none: "derivations")pb");
  const auto api = [&documents](const std::string& id, const std::string& model, const std::string& vendor,
                                const std::string& host) {
    documents.Add<v1::Deployment>("name: 'deployments/" + id + "' model: 'models/" + model +
                                  "' hosting_mode: HOSTING_MODE_VENDOR_API operator: 'vendors/" + vendor +
                                  "' host: 'hosts/" + host + "' known_none: 'intermediaries'");
  };
  api("alpha", "closed", "alpha", "alpha-us");
  api("vectors", "vectors", "alpha", "alpha-us");
  api("beta", "free", "beta", "beta-fr");
  documents
      .Add<v1::Deployment>(R"pb(name: "deployments/own"
                                model: "models/free"
                                hosting_mode: HOSTING_MODE_SELF_HOSTED
                                host: "hosts/own"
                                custody: CUSTODY_OBTAINABLE
                                weights_source: "vendors/hub"
                                known_none: "intermediaries")pb")
      .Add<v1::Application>("name: 'applications/claims' tier: 1 continuity { loss_per_hour_minor: 100000 }")
      .Add<v1::Application>("name: 'applications/search' tier: 3")
      .Add<v1::Application>("name: 'applications/archive' tier: 2")
      .Add<v1::Application>("name: 'applications/desk' tier: 4")
      .Add<v1::Application>("name: 'applications/triage' tier: 1 continuity { loss_per_hour_minor: 5000 }")
      .Add<v1::Route>(R"pb(name: "routes/chat"
                           gateway: "gate"
                           purpose: PURPOSE_CHAT
                           alternatives { target: "deployments/alpha" })pb")
      .Add<v1::Dependency>(R"pb(name: "applications/claims/dependencies/chat"
                                purpose: PURPOSE_CHAT
                                alternatives { target: "deployments/alpha" })pb")
      .Add<v1::Dependency>(
          R"pb(name: "applications/search/dependencies/chat"
               purpose: PURPOSE_CHAT
               alternatives { target: "deployments/alpha" }
               alternatives { target: "deployments/own" activation: ACTIVATION_REENGINEERING })pb")
      .Add<v1::Dependency>(R"pb(name: "applications/archive/dependencies/vectors"
                                purpose: PURPOSE_EMBEDDING
                                alternatives { target: "deployments/vectors" })pb")
      .Add<v1::Dependency>(R"pb(name: "applications/desk/dependencies/chat"
                                purpose: PURPOSE_CHAT
                                alternatives { target: "routes/chat" })pb")
      .Add<v1::Dependency>(R"pb(name: "applications/triage/dependencies/chat"
                                purpose: PURPOSE_CHAT
                                alternatives { target: "deployments/beta" }
                                alternatives { target: "deployments/alpha" })pb");
  return documents;
}

}  // namespace linchpin::risk

#endif  // LINCHPIN_TESTS_UNIT_RISK_DOMAIN_REMEDIES_ENTERPRISE_H_
