#include "services/cli/init/first_services.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "linchpin/inventory/v1/application.pb.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "services/base/text.h"
#include "services/cli/flags/arguments.h"
#include "services/cli/names.h"
#include "services/inventory/catalogue/names.h"
#include "services/resource/kinds.h"
#include "services/resource/yaml/yaml_writer.h"

namespace linchpin::cli {
namespace {

using base::Cat;

constexpr int kTierMin = 1;
constexpr int kTierMax = 4;

// Abseil has a string_view of its own here.
std::string Trimmed(std::string_view text) {
  return std::string(absl::StripAsciiWhitespace(std::string(text)));
}

// Takes ` (tier 2)` from the end of `name`.
absl::StatusOr<std::optional<int>> TakeTier(std::string& name) {
  const size_t open = name.rfind("(tier");
  if (open == std::string::npos || name.back() != ')') return std::nullopt;
  int tier = 0;
  const std::string text = name.substr(open + 5, name.size() - open - 6);
  if (!absl::SimpleAtoi(text, &tier) || tier < kTierMin || tier > kTierMax) {
    return UsageError(Cat({"service `", name, "`: a tier is a number from 1, the most critical, to 4"}));
  }
  name = Trimmed(name.substr(0, open));
  return tier;
}

bool Means(std::string_view given, std::string_view route, const std::vector<std::string>& gateways) {
  const std::string_view id = resource::IdOf(route);
  if (given == route || given == id) return true;
  const std::string slug = catalogue::Slug(given);
  return std::any_of(gateways.begin(), gateways.end(), [&](const std::string& gateway) {
    return id == Cat({gateway, "-", slug});
  });
}

// The ids without the gateway: what the gateway's users write.
std::vector<std::string> ShortIds(const std::vector<std::string>& routes,
                                  const std::vector<std::string>& gateways) {
  std::vector<std::string> ids;
  for (const std::string& route : routes) {
    std::string id(resource::IdOf(route));
    for (const std::string& gateway : gateways) {
      if (id.rfind(gateway + "-", 0) == 0) id = id.substr(gateway.size() + 1);
    }
    ids.push_back(std::move(id));
  }
  return ids;
}

absl::StatusOr<std::string> FindRoute(const std::string& given, const std::vector<std::string>& routes,
                                      const std::vector<std::string>& gateways) {
  std::vector<std::string> found;
  for (const std::string& route : routes) {
    if (Means(given, route, gateways)) found.push_back(route);
  }
  if (found.size() == 1) return found[0];
  if (found.empty()) {
    return UsageError(
        Cat({"the gateway has no route `", given, "`", DidYouMean(given, ShortIds(routes, gateways))}));
  }
  return UsageError(Cat({"route `", given, "` is one of several gateways: write ", base::JoinNames(found)}));
}

std::string DocumentsOf(const FirstService& service) {
  inventory::v1::Application application;
  application.set_name(Cat({"applications/", service.id}));
  application.set_display_name(service.display_name);
  if (service.tier) application.set_tier(*service.tier);
  std::string text = resource::WriteYamlDocument(application);
  for (const std::string& route : service.routes) {
    inventory::v1::Dependency dependency;
    dependency.set_name(Cat({application.name(), "/dependencies/", resource::IdOf(route)}));
    dependency.set_essential(true);
    dependency.add_alternatives()->set_target(route);
    text += Cat({"---\n", resource::WriteYamlDocument(dependency)});
  }
  return text;
}

}  // namespace

absl::StatusOr<FirstService> ReadFirstService(std::string_view line, const std::vector<std::string>& routes,
                                              const std::vector<std::string>& gateways) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) {
    return UsageError(Cat({"`", line, "`: write NAME: ROUTE[, ROUTE...], such as `Claims triage: gpt-4o`"}));
  }
  FirstService service;
  service.display_name = Trimmed(line.substr(0, colon));
  absl::StatusOr<std::optional<int>> tier = TakeTier(service.display_name);
  if (!tier.ok()) return tier.status();
  service.tier = *tier;
  service.id = catalogue::Slug(service.display_name);
  if (service.display_name.empty())
    return UsageError(Cat({"`", line, "`: the service before `:` has no name"}));
  const std::string words(line.substr(colon + 1));
  for (const std::string& word :
       std::vector<std::string>(absl::StrSplit(words, ',', absl::SkipWhitespace()))) {
    absl::StatusOr<std::string> route = FindRoute(Trimmed(word), routes, gateways);
    if (!route.ok()) return route.status();
    if (std::find(service.routes.begin(), service.routes.end(), *route) == service.routes.end())
      service.routes.push_back(*std::move(route));
  }
  if (service.routes.empty()) {
    return UsageError(Cat({"service `", service.display_name, "` names no route after `:`"}));
  }
  return service;
}

std::string WriteFirstServices(const std::vector<FirstService>& services) {
  std::string text =
      "# Services and the routes of the gateway that they need. Add what you know: a tier from 1 (most\n"
      "# critical) to 4, an owner, a fallback as a second alternative, what an hour of outage costs\n"
      "# (`linchpin help`, docs/reference/files.md). Then: linchpin apply -f FILE.\n";
  for (const FirstService& service : services) text += Cat({"---\n", DocumentsOf(service)});
  return text;
}

}  // namespace linchpin::cli
