#include "services/inventory/domain/document_rules.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/inventory/domain/contract_rules.h"
#include "services/resource/kinds.h"

namespace linchpin::inventory {
namespace {

using base::FieldViolation;
using v1::Dependency;
using v1::Deployment;
using Violations = std::vector<FieldViolation>;

constexpr int kQualityDefault = 1'000'000;

// Who has alternatives, as far as their rules differ.
struct Holder {
  std::vector<std::string_view> targets;  // Kinds that can be one.
  std::string_view remedy;
};

const Holder& DependencyHolder() {
  static const auto* const holder =
      new Holder{{"Deployment", "Route", "Application", "BusinessService"},
                 "is not a deployment, a route, an application or a business service; name one, such as "
                 "`deployments/gpt-4o`"};
  return *holder;
}

const Holder& RouteHolder() {
  static const auto* const holder =
      new Holder{{"Deployment"},
                 "is not a deployment; a route offers deployments only, such as "
                 "`deployments/gpt-4o`"};
  return *holder;
}

bool CanBeTarget(const Holder& holder, std::string_view target) {
  const resource::KindInfo* const kind = resource::KindOfName(target);
  return kind != nullptr &&
         std::find(holder.targets.begin(), holder.targets.end(), kind->kind) != holder.targets.end();
}

// The graph adds the two up, in 63 bits.
void CheckUsage(const Dependency::Usage& usage, const std::string& path, Violations& violations) {
  if (usage.input_tokens() < 0) return;  // Refused for that.
  const int64_t room = std::numeric_limits<int64_t>::max() - usage.input_tokens();
  if (usage.output_tokens() <= room) return;
  violations.push_back({path + ".output_tokens",
                        absl::StrCat("is ", usage.output_tokens(), ", which with the ", usage.input_tokens(),
                                     " input tokens passes 9223372036854775807; give them for a shorter "
                                     "window")});
}

// `message` is a dependency or a route.
template <typename T>
void CheckAlternatives(const T& message, const Holder& holder, std::string_view prefix,
                       Violations& violations) {
  int quality_before = kQualityDefault;
  for (int i = 0; i < message.alternatives_size(); ++i) {
    const Dependency::Alternative& alternative = message.alternatives(i);
    const std::string path = absl::StrCat(std::string(prefix), "alternatives[", i, "].");
    if (!alternative.target().empty() && !CanBeTarget(holder, alternative.target())) {
      violations.push_back(
          {path + "target", absl::StrCat("`", alternative.target(), "` ", std::string(holder.remedy))});
    }
    const int quality = alternative.has_quality_ppm() ? alternative.quality_ppm() : kQualityDefault;
    if (quality > quality_before) {
      violations.push_back(
          {path + "quality_ppm",
           absl::StrCat(quality, " is above the ", quality_before,
                        " of the alternative before it; order alternatives by quality, best first (an "
                        "absent quality is 1000000)")});
    }
    quality_before = quality;
    CheckUsage(alternative.usage(), path + "usage", violations);
  }
  CheckUsage(message.usage(), absl::StrCat(std::string(prefix), "usage"), violations);
}

// What is self-hosted has no operator, so that nothing can be said of one.
template <typename Entries>
void CheckNoOperator(const Entries& entries, const std::string& path, Violations& violations) {
  for (int i = 0; i < entries.size(); ++i) {
    if (entries[i].field() != "operator") continue;
    violations.push_back(
        {absl::StrCat(path, "[", i, "].field"),
         "`operator` is none when hosting_mode is HOSTING_MODE_SELF_HOSTED; remove one of the two"});
  }
}

void CheckVendor(const v1::Vendor& vendor, std::string_view prefix, Violations& violations) {
  std::set<std::string_view> seen;
  for (int i = 0; i < vendor.hosted_developers_size(); ++i) {
    const std::string& developer = vendor.hosted_developers(i).developer();
    if (developer.empty() || seen.insert(developer).second) continue;
    violations.push_back({absl::StrCat(std::string(prefix), "hosted_developers[", i, "].developer"),
                          absl::StrCat("`", developer, "` is listed twice; remove one")});
  }
}

void CheckDeployment(const Deployment& deployment, std::string_view prefix, Violations& violations) {
  if (deployment.hosting_mode() != Deployment::HOSTING_MODE_SELF_HOSTED) return;
  CheckNoOperator(deployment.bounds(), absl::StrCat(std::string(prefix), "bounds"), violations);
  CheckNoOperator(deployment.likely(), absl::StrCat(std::string(prefix), "likely"), violations);
  if (!deployment.operator_().empty()) {
    violations.push_back(
        {absl::StrCat(std::string(prefix), "operator"),
         absl::StrCat("must be absent when hosting_mode is HOSTING_MODE_SELF_HOSTED; remove `",
                      deployment.operator_(), "` or change the hosting mode")});
  }
}

}  // namespace

void CheckDocument(const google::protobuf::Message& document, std::string_view prefix,
                   Violations& violations) {
  if (document.GetDescriptor() == Dependency::descriptor()) {
    CheckAlternatives(static_cast<const Dependency&>(document), DependencyHolder(), prefix, violations);
  } else if (document.GetDescriptor() == v1::Route::descriptor()) {
    CheckAlternatives(static_cast<const v1::Route&>(document), RouteHolder(), prefix, violations);
  } else if (document.GetDescriptor() == v1::Vendor::descriptor()) {
    CheckVendor(static_cast<const v1::Vendor&>(document), prefix, violations);
  } else if (document.GetDescriptor() == Deployment::descriptor()) {
    CheckDeployment(static_cast<const Deployment&>(document), prefix, violations);
  } else if (document.GetDescriptor() == v1::Contract::descriptor()) {
    CheckContract(static_cast<const v1::Contract&>(document), prefix, violations);
  } else if (document.GetDescriptor() == v1::LegalEntity::descriptor()) {
    CheckLegalEntity(static_cast<const v1::LegalEntity&>(document), prefix, violations);
  } else if (document.GetDescriptor() == v1::BusinessService::descriptor()) {
    CheckBusinessFunction(static_cast<const v1::BusinessService&>(document).function(),
                          std::string(prefix) + "function.", violations);
  }
}

}  // namespace linchpin::inventory
