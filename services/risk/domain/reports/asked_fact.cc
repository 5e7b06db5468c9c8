#include "services/risk/domain/reports/asked_fact.h"

#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "services/engine/graph/fact_table.h"

namespace linchpin::risk {
namespace {

using engine::FactKind;
using inventory::v1::Deployment;

// "api.example.com" of an address; all of a reference to a variable.
std::string AuthorityOf(const std::string& address) {
  const size_t scheme = address.find("://");
  const size_t begin = scheme == std::string::npos ? 0 : scheme + 3;
  if (address.compare(0, 11, "os.environ/") == 0) return address;
  return address.substr(begin, address.find_first_of("/?#", begin) - begin);
}

// Whose answers are the same for all that answers at one address.
bool IsOfAddress(FactKind kind) {
  return kind == FactKind::kHostingMode || kind == FactKind::kOperator || kind == FactKind::kHost ||
         kind == FactKind::kCustody;
}

// The fact that a bound would narrow down while it is open; empty: a bound of a flag is its value.
std::string_view BoundFieldOf(FactKind kind) {
  if (kind == FactKind::kHost) return engine::RowOf(FactKind::kProviderOfHost).field;
  if (kind == FactKind::kDerivations) return engine::RowOf(FactKind::kLineageDeveloper).field;
  const engine::FactRow& row = engine::RowOf(kind);
  const bool has_two_values = row.type == engine::ValueType::kYesNo || row.type == engine::ValueType::kFlag ||
                              row.type == engine::ValueType::kWeights;
  return row.can_be_bounded && !has_two_values ? row.field : "";
}

// The operator whose places are asked for, in place of the host of one of its deployments.
std::optional<engine::VendorIndex> OperatorToAsk(const engine::Graph& graph, uint32_t subject) {
  const engine::Deployment& deployment = graph.deployments()[{subject}];
  if (!deployment.operator_vendor.has_value()) return std::nullopt;
  if (deployment.stated != nullptr && deployment.stated->BoundOf(FactKind::kProviderOfHost) != nullptr)
    return std::nullopt;
  const engine::Vendor& vendor = graph.vendors()[*deployment.operator_vendor];
  const bool says = vendor.ties != nullptr && !vendor.ties->providers.empty();
  if (says || (vendor.roles & engine::kHostProviderRole) != 0) return std::nullopt;
  return deployment.operator_vendor;
}

void ShareAddress(const replica::View& view, AskedFact& asked) {
  const std::optional<Deployment> document = view.Parse<Deployment>(asked.resource);
  if (!document.has_value() || document->api_base().empty()) return;
  const auto gateway = document->labels().find("linchpin.dev/gateway");
  asked.shared = AuthorityOf(document->api_base());
  asked.thing = absl::StrCat(asked.field, "\n", gateway == document->labels().end() ? "" : gateway->second,
                             "\n", asked.shared);
}

bool IsVendorOnly(const engine::Knowledge& knowledge, const engine::FactRef& fact) {
  switch (fact.kind) {
    case FactKind::kPassThrough:
    case FactKind::kOutlives:
      return true;
    case FactKind::kDerivations:
    case FactKind::kRelation:
      return knowledge.WeightsOf({fact.subject}) == engine::Weights::kProprietary;
    default:
      return false;
  }
}

}  // namespace

AskedFact AskFor(const engine::Knowledge& knowledge, const replica::View& view, const engine::FactRef& fact) {
  const engine::Graph& graph = knowledge.graph();
  if (fact.kind == FactKind::kHost) {
    if (const auto vendor = OperatorToAsk(graph, fact.subject)) {
      const std::string& name = graph.vendors()[*vendor].name;
      return {.resource = name,
              .field = "serves_from",
              .thing = absl::StrCat("serves_from\n", name),
              .vendor_only = true,
              .bound_field = "host.provider"};
    }
  }
  AskedFact asked{engine::SubjectOf(graph, fact), engine::FieldOf(graph, fact)};
  asked.bound_field = BoundFieldOf(fact.kind);
  asked.vendor_only = IsVendorOnly(knowledge, fact);
  if (IsOfAddress(fact.kind)) ShareAddress(view, asked);
  return asked;
}

}  // namespace linchpin::risk
