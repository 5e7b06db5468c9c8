#include "services/inventory/importers/litellm/resolve.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/inventory/importers/litellm/closed_family.h"
#include "services/inventory/importers/litellm/resolving.h"

namespace linchpin::importers {
namespace {

using inventory::v1::Deployment;
using inventory::v1::Model;
using Names = catalogue::ApiForm::Names;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Whether a name holds a date: 20250929, 2024-08-06.
bool HasDate(std::string_view name) {
  int digits = 0;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool joined =
        name[i] == '-' && i > 0 && IsDigit(name[i - 1]) && i + 1 < name.size() && IsDigit(name[i + 1]);
    if (joined) continue;
    digits = IsDigit(name[i]) ? digits + 1 : 0;
    if (digits == 8) return true;
  }
  return false;
}

// A vendor and all its parents, as far as known.
std::set<std::string> Owners(const std::string& vendor, const catalogue::Catalogue& catalogue) {
  std::set<std::string> owners;
  for (std::string at = vendor; !at.empty() && owners.insert(at).second;) {
    const auto* found = catalogue.FindVendor(at);
    at = found == nullptr ? "" : found->parent();
  }
  return owners;
}

void ResolvePinning(Resolving& of) {
  const std::string_view name = of.parts.name;
  if (of.parts.wildcard || of.parts.endpoint) return;
  const bool latest = name.find("latest") != std::string_view::npos;
  if (latest || (of.IsOllama() && name.find(':') == std::string_view::npos)) {
    of.out.pinning = Deployment::PINNING_FLOATING;
  } else if (HasDate(name)) {
    of.out.pinning = Deployment::PINNING_EXACT;
  }
}

}  // namespace

const catalogue::Endpoint* Resolving::Endpoint(std::string* region) const {
  std::string ignored;
  if (entry.address.host.empty() || entry.address.kind == Address::Kind::kInside) return nullptr;
  return known.catalogue.FindEndpoint(entry.address.host, region == nullptr ? &ignored : region);
}

bool Resolving::NarrowsModel() const {
  return std::any_of(out.narrowed.begin(), out.narrowed.end(),
                     [](const Narrowed& fact) { return fact.field == "model"; });
}

bool Resolving::IsOllama() const { return form != nullptr && form->names == Names::kOllama; }

bool Resolving::IsBedrock() const { return form != nullptr && form->names == Names::kBedrock; }

const Model* Resolving::FoundModel() const { return known.catalogue.FindModel(out.model.value); }

std::string Resolving::Developer() const {
  const auto* model = FoundModel();
  if (model == nullptr) model = known.catalogue.FindModel(out.unlisted.line);
  return model == nullptr ? out.unlisted.developer.value : model->developer();
}

bool Resolving::LooksClosed() const {
  if (const auto* const model = FoundModel()) return model->weights() == Model::WEIGHTS_PROPRIETARY;
  return IsClosedFamilyName(parts.name) || IsClosedFamilyName(out.unlisted.name);
}

bool Resolving::NameIsChosen() const {
  return (form != nullptr && form->names == Names::kOwnerChosen) ||
         (entry.address.kind != Address::Kind::kNone && !IsOllama() && Endpoint() == nullptr);
}

bool Resolving::SameGroup(const std::string& a, const std::string& b) const {
  const std::set<std::string> owners = Owners(a, known.catalogue);
  const std::set<std::string> others = Owners(b, known.catalogue);
  return std::any_of(owners.begin(), owners.end(), [&](const std::string& v) { return others.contains(v); });
}

Resolution Resolve(const LiteLlmEntry& entry, const ResolveContext& knowledge) {
  ModelString parts = SplitModel(entry.model, knowledge.catalogue);
  const auto* const form = parts.form;
  Resolving of{entry, knowledge, std::move(parts), form, {}};
  if (form == nullptr && !IsReference(entry.model)) {
    of.Unknown(absl::StrCat("the API form of `", entry.model, "` is not known"));
  }
  ResolveModel(of);
  ResolveOperator(of);
  ResolveDeveloper(of);
  ResolveMode(of);
  ResolveHost(of);
  ResolvePinning(of);
  return std::move(of.out);
}

}  // namespace linchpin::importers
