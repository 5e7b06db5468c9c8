#include "services/cli/import/import_retirement.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "services/base/text.h"

namespace linchpin::cli {
namespace {

using inventory::v1::Deployment;
using inventory::v1::Model;

constexpr size_t kDeploymentsShown = 5;

// When its developer retires a model; nullopt if that is not known.
std::optional<absl::Time> RetirementOf(const Model& model) {
  if (!model.has_retirement_time()) return std::nullopt;
  return absl::FromUnixSeconds(model.retirement_time().seconds());
}

}  // namespace

std::string Retiring::Text() const {
  return base::Cat({model, retired ? " was retired on " : " will be retired on ",
                    absl::FormatTime("%Y-%m-%d", time, absl::UTCTimeZone()), ": ",
                    base::JoinNames(deployments, kDeploymentsShown)});
}

std::vector<Retiring> FindRetiring(const importers::ImportResult& result, absl::Time now) {
  std::map<std::string, const Model*> models;
  std::map<std::string, std::vector<std::string>> callers;
  for (const importers::ProposedResource& proposal : result.proposals) {
    if (const auto* model = dynamic_cast<const Model*>(proposal.resource.get()))
      models[model->name()] = model;
    const auto* deployment = dynamic_cast<const Deployment*>(proposal.resource.get());
    if (deployment != nullptr && !deployment->model().empty())
      callers[deployment->model()].push_back(deployment->name());
  }
  std::vector<Retiring> retiring;
  for (auto& [name, deployments] : callers) {
    const auto model = models.find(name);
    if (model == models.end()) continue;
    const std::optional<absl::Time> time = RetirementOf(*model->second);
    if (time.has_value() && *time < now + absl::Hours(24) * kRetirementNoticeDays)
      retiring.push_back({name, *time, *time <= now, std::move(deployments)});
  }
  std::sort(retiring.begin(), retiring.end(), [](const Retiring& a, const Retiring& b) {
    return std::tie(a.time, a.model) < std::tie(b.time, b.model);
  });
  return retiring;
}

}  // namespace linchpin::cli
