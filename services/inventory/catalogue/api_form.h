// API forms and endpoints: who answers a call, judging by how it looks and where it goes; and what is known
// of the services behind them.
#ifndef LINCHPIN_SERVICES_INVENTORY_CATALOGUE_API_FORM_H_
#define LINCHPIN_SERVICES_INVENTORY_CATALOGUE_API_FORM_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace linchpin::catalogue {

// How a call looks: the prefix of a LiteLLM model string.
struct ApiForm {
  // What the name after the prefix is.
  enum class Names {
    kModel,        // a model's name
    kOllama,       // a name with a tag of the Ollama library
    kBedrock,      // a model id of Amazon Bedrock
    kFireworks,    // a model's name with `3p1` for 3.1
    kOwnerChosen,  // chosen by whoever set it up, mostly after the model
    kEndpoint,     // an endpoint's name; says nothing of a model
  };

  std::string prefix;
  std::string operator_vendor;     // who answers where no address is given; empty: the form does not tell
  std::string intermediary;        // a gateway on the way
  std::string bare_names_of;       // names without prefix of this vendor's closed models are of this form
  std::string mostly_models_of;    // a service made for this vendor's models, though others are to be had
  std::string host_prefix;         // `aws` in hosts/aws-eu-central-1
  std::vector<std::string> strip;  // leading parts of the name that are no part of the model's name
  Names names = Names::kModel;
  bool own_models_only = false;  // the operator serves nobody else's models
  bool account_base = false;     // the address is that of an account and does not change who operates
  bool local = false;            // a runtime that the enterprise runs itself
};

// Who stands behind an address.
struct Endpoint {
  std::string host;  // `*` is any text, `{region}` a region of the cloud `host_prefix`
  std::string operator_vendor;
  std::string intermediary;
  std::string host_prefix;
  std::string mostly_models_of;  // as of ApiForm
  bool own_models_only = false;  // the operator serves nobody else's models there
  bool canned = false;           // texts of its program answer there, whatever is called: no model is behind
};

// Whose hosts carry the service of an operator that rents from several.
struct MainHost {
  std::string operator_vendor;
  std::string form;  // of calls in the form of this prefix only; empty: of all
  std::string provider;
  double confidence = 0;  // from 0.5 to 1; 1: certain
  std::string reason;     // with who says so, and when
  std::string source;     // an address
};

// Models that the maker runs itself although another vendor sells the access to them.
struct MakerOperated {
  std::string seller;
  std::string maker;
  std::string reason;
  std::string source;  // an address
};

// An operator of whose list of models every entry is its own: it answers no call of another maker's model.
struct OwnModelsOnly {
  std::string operator_vendor;
  std::string reason;  // with the day
  std::string source;  // an address
};

// The entries of one file of forms, endpoints and what is known of services.
struct FormTable {
  std::vector<ApiForm> forms;
  std::vector<Endpoint> endpoints;
  std::vector<MainHost> main_hosts;
  std::vector<MakerOperated> operated_by_makers;
  std::vector<OwnModelsOnly> own_models_only;
};

// Reads one file. Errors: INVALID_ARGUMENT with file, line and what is wrong.
absl::StatusOr<FormTable> ReadForms(std::string_view file, std::string_view text);

// Whether `host` fits `pattern`; `region` gets what stood for `{region}`.
bool HostFits(std::string_view pattern, std::string_view host, std::string* region);

}  // namespace linchpin::catalogue

#endif  // LINCHPIN_SERVICES_INVENTORY_CATALOGUE_API_FORM_H_
