// How large a model is, as far as its names say.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_MODEL_SIZE_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_MODEL_SIZE_H_

#include <optional>
#include <string>
#include <string_view>

#include "linchpin/inventory/v1/model.pb.h"

namespace linchpin::risk {

// Billions of parameters that a name states: 3 of "Llama-3.2-3B-Instruct", 56 of "Mixtral-8x7B", 235 of
// "Qwen3-235B-A22B". The first such word counts. Nothing where there is none.
std::optional<double> ParametersNamed(std::string_view name);

// What a model's display name, else the first of its upstream ids that says so, else its id states. An id has
// no decimal points, so that in one a number right after another ("qwen2-0-5b") is not read.
std::optional<double> ParametersOf(const linchpin::inventory::v1::Model& model);

// "70B"; "0.5B".
std::string ParametersText(double billions);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_MODEL_SIZE_H_
