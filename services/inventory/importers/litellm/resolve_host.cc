// Where the deployment of an entry runs.
#include <string>

#include "absl/strings/str_cat.h"
#include "services/inventory/importers/litellm/readings.h"
#include "services/inventory/importers/litellm/resolving.h"

namespace linchpin::importers {
namespace {

// The word that the hosts of the cloud begin with; empty: no cloud is known.
std::string CloudOf(const Resolving& of) {
  const catalogue::Endpoint* const endpoint = of.Endpoint();
  if (endpoint != nullptr && !endpoint->host_prefix.empty()) return endpoint->host_prefix;
  return of.form == nullptr ? "" : of.form->host_prefix;
}

std::string RegionOf(const Resolving& of) {
  if (!of.parts.region.empty()) return of.parts.region;
  if (!of.entry.region.empty()) return of.entry.region;
  std::string region;
  of.Endpoint(&region);
  return region;
}

// A set of regions: the provider is known, the region is not.
void Narrow(Resolving& of, const std::string& cloud, const std::string& area, const std::string& reason) {
  const Area where = of.known.places.Find(cloud, area);
  if (where.provider.empty()) return;
  of.out.narrowed.push_back({"host.provider", {where.provider}, {}, 0, reason});
  if (!where.countries.empty() || !where.excluded.empty())
    of.out.narrowed.push_back({"host.country", where.countries, where.excluded, 0, reason});
}

// An operator that rents hosts from several vendors: those of the one that carries most of its service. Not
// for what is sold through another vendor, which runs elsewhere than the operator's own calls.
void ResolveMainHost(Resolving& of) {
  const std::string prefix = of.form == nullptr ? "" : of.form->prefix;
  const catalogue::MainHost* const main =
      of.known.catalogue.FindMainHost(of.out.operator_vendor.value, prefix);
  if (main == nullptr || !of.out.intermediary.value.empty()) return;
  const bool certain = main->confidence == 1;
  of.out.narrowed.push_back(
      {"host.provider", {main->provider}, {}, certain ? 0 : main->confidence, main->reason});
}

}  // namespace

void ResolveHost(Resolving& of) {
  if (!of.out.own_server.address.empty()) return;
  const std::string cloud = CloudOf(of), region = RegionOf(of);
  const std::string profile = of.IsBedrock() ? SplitBedrock(of.parts.name).area : "";
  if (!profile.empty()) {
    const std::string reason = absl::StrCat("`", profile, ".` is a cross-region profile");
    of.Unknown(absl::StrCat(reason, ": a call may run in any of its regions",
                            region.empty() ? "" : absl::StrCat("; `", region, "` is where it enters")));
    return Narrow(of, cloud, profile, reason);
  }
  if (region.empty()) return ResolveMainHost(of);
  const std::string host = absl::StrCat("hosts/", cloud, "-", region);
  if (!cloud.empty() && of.known.catalogue.FindHost(host) != nullptr) {
    of.out.host = {host, 0.95, absl::StrCat("the region `", region, "`")};
    return;
  }
  of.Unknown(absl::StrCat("the region `", region, "` matches no single known host"));
  if (cloud.empty()) ResolveMainHost(of);
  if (Places::IsArea(region)) Narrow(of, cloud, region, absl::StrCat("`", region, "` is a set of regions"));
  if (region.substr(0, 3) == "cn-")
    of.Likely("host.country", "CN", 0.95, absl::StrCat("the name of the region `", region, "`"));
}

}  // namespace linchpin::importers
