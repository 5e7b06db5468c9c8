// An answer of GetConcentration for the tests of what is printed of it: four applications, one group with
// almost all of the weight, one model of foreign origin, some of everything unknown.
#ifndef LINCHPIN_TESTS_UNIT_CLI_FAKE_CONCENTRATION_H_
#define LINCHPIN_TESTS_UNIT_CLI_FAKE_CONCENTRATION_H_

#include <string>

#include "linchpin/risk/v1/concentration.pb.h"

namespace linchpin::cli {

inline risk::v1::GetConcentrationResponse Figures() {
  risk::v1::GetConcentrationResponse response;
  response.set_basis(linchpin::common::v1::BASIS_APPLICATIONS);
  response.mutable_inventory()->set_revision(12);
  auto& figure = *response.add_concentrations();
  figure.set_dimension(linchpin::common::v1::DIMENSION_OPERATOR_GROUP);
  figure.set_population(4);
  figure.set_hhi(4200.4);
  figure.set_hhi_lower(4100);
  figure.set_hhi_upper(6400);
  figure.set_effective_number(2.38);
  figure.set_unknown_share_ratio(0.05);
  figure.set_group_count(2);
  auto& group = *figure.add_groups();
  group.set_key("vendors/big");
  group.set_weight(3'800'000);
  group.set_share_ratio(0.95);
  group.set_share_lower_ratio(0.95);
  group.set_share_upper_ratio(1);
  auto& unknown = *figure.add_groups();
  unknown.set_key("unknown");
  unknown.set_weight(200'000);
  unknown.set_share_ratio(0.05);
  unknown.add_unknown_through("deployments/u");
  response.mutable_foreign()->add_home("NO");
  response.mutable_foreign()->set_foreign_share_lower_ratio(0.25);
  response.mutable_foreign()->set_foreign_share_likely_ratio(0.3);
  response.mutable_foreign()->set_foreign_share_upper_ratio(0.5);
  auto& model = *response.mutable_foreign()->add_models();
  model.set_model("models/tuned");
  model.set_weight(1'000'000);
  model.add_path("models/tuned");
  model.add_path("models/base");
  model.set_origin_country("CN");
  response.add_assumptions(
      "2 models state no country of origin (one is models/base); it is taken from the developer.");
  response.set_untiered_consumers(3);
  return response;
}

}  // namespace linchpin::cli

#endif  // LINCHPIN_TESTS_UNIT_CLI_FAKE_CONCENTRATION_H_
