#include "services/linchpin/proof.h"

#include <deque>
#include <set>

#include "services/linchpin/output.h"
#include "services/linchpin/present.h"
#include "services/resource/kinds.h"
#include "services/resource/text.h"

namespace linchpin::cli {
namespace {

using google::protobuf::Message;
using linchpin::risk::v1::Cutoff;
using resource::Cat;

constexpr int kReadsMax = 8;
constexpr size_t kNamesMax = 1000;

// A step from one resource to another.
struct Edge {
  std::string field;
  std::string target;
};

// "base_model" of `derivations[0].base_model`, "intermediaries" of `intermediaries[1]`.
std::string LastField(const std::string& path) {
  const size_t point = path.rfind('.');
  const std::string last = point == std::string::npos ? path : path.substr(point + 1);
  return last.substr(0, last.find('['));
}

// The fields by which a cutoff of that type reaches a deployment.
const std::set<std::string>& FieldsOf(Cutoff::Type type) {
  static const std::set<std::string> vendors = {"operator", "intermediaries", "model", "developer",
                                                "host",     "provider",       "parent"};
  static const std::set<std::string> services = {"operator", "intermediaries", "host", "provider", "parent"};
  static const std::set<std::string> weights = {"model", "base_model", "developer"};
  static const std::set<std::string> licences = {"model", "base_model", "licence"};
  static const std::set<std::string> models = {"model", "base_model"};
  static const std::set<std::string> hosts = {"host", "provider", "parent"};
  static const std::set<std::string> nothing;
  switch (type) {
    case Cutoff::TYPE_VENDOR_EXIT:
    case Cutoff::TYPE_VENDOR_API_CUTOFF:
      return vendors;
    case Cutoff::TYPE_COUNTRY_SERVICE_CUTOFF:
      return services;
    case Cutoff::TYPE_COUNTRY_WEIGHTS_BAN:
      return weights;
    case Cutoff::TYPE_LICENCE_REVOCATION:
      return licences;
    case Cutoff::TYPE_MODEL_WITHDRAWAL:
      return models;
    case Cutoff::TYPE_CLOUD_FAILURE:
      return hosts;
    default:
      return nothing;
  }
}

std::string StepText(const Edge& edge) {
  if (edge.field == "base_model") return Cat({"based on ", edge.target});
  if (edge.field == "developer") return Cat({"developed by ", edge.target});
  if (edge.field == "operator") return Cat({"is operated by ", edge.target});
  if (edge.field == "intermediaries") return Cat({"is called through ", edge.target});
  if (edge.field == "host") return Cat({"runs on ", edge.target});
  if (edge.field == "provider") return Cat({"provided by ", edge.target});
  if (edge.field == "parent") return Cat({"part of ", edge.target});
  if (edge.field == "licence") return Cat({"under ", edge.target});
  return Cat({"serves ", edge.target});
}

// Whether the chain may end here, and what to say of the end; a model's own origin counts before its
// developer's country.
bool IsEnd(const Message& resource, const Cutoff& cutoff, std::string& text) {
  if (cutoff.country().empty()) return resource::NameOf(resource) == cutoff.target();
  const bool weights = cutoff.type() == Cutoff::TYPE_COUNTRY_WEIGHTS_BAN;
  if (FieldText(resource,
                weights && resource.GetDescriptor()->name() == "Model" ? "origin_country" : "country") !=
      cutoff.country())
    return false;
  text = Cat({weights && resource.GetDescriptor()->name() == "Model" ? "origin " : "of ", cutoff.country()});
  return true;
}

}  // namespace

void ProofFinder::Prepare(const std::vector<std::string>& deployments) {
  std::vector<std::string> wanted;
  for (const std::string& name : deployments) {
    if (wanted.size() < kNamesMax && read_.count(name) == 0) wanted.push_back(name);
  }
  for (int i = 0; i < kReadsMax && !wanted.empty(); ++i) {
    auto found = PresentResources(client_, wanted);
    if (!found.ok()) return;
    wanted.clear();
    std::set<std::string> next;
    for (auto& [name, message] : *found) {
      for (const resource::Reference& reference : resource::References(*message)) {
        if (read_.count(reference.target) == 0 && found->count(reference.target) == 0)
          next.insert(reference.target);
      }
      read_[name] = std::move(message);
    }
    for (const std::string& name : next) {
      if (read_.count(name) == 0 && wanted.size() < kNamesMax) wanted.push_back(name);
    }
  }
}

std::string ProofFinder::Chain(const std::string& deployment, const Cutoff& cutoff) const {
  const std::set<std::string>& fields = FieldsOf(cutoff.type());
  std::map<std::string, std::pair<std::string, Edge>> came_from;  // name -> where from, by what
  std::deque<std::string> queue = {deployment};
  std::set<std::string> seen = {deployment};
  while (!queue.empty()) {
    const std::string name = queue.front();
    queue.pop_front();
    const auto found = read_.find(name);
    if (found == read_.end()) continue;
    std::string end;
    if (name != deployment && IsEnd(*found->second, cutoff, end)) {
      std::vector<std::string> steps;
      for (std::string at = name; at != deployment; at = came_from[at].first)
        steps.push_back(StepText(came_from[at].second));
      std::string text;
      for (auto step = steps.rbegin(); step != steps.rend(); ++step)
        text += Cat({text.empty() ? "" : ", ", *step});
      return end.empty() ? text : Cat({text, " (", end, ")"});
    }
    // The origin of a model that states one is not its developer's.
    const bool has_origin = !FieldText(*found->second, "origin_country").empty();
    for (const resource::Reference& reference : resource::References(*found->second)) {
      const Edge edge{LastField(reference.field), reference.target};
      if (fields.count(edge.field) == 0 ||
          (edge.field == "developer" && has_origin && !cutoff.country().empty()))
        continue;
      if (!seen.insert(edge.target).second) continue;
      came_from[edge.target] = {name, edge};
      queue.push_back(edge.target);
    }
  }
  return "";
}

std::set<std::string> ProofFinder::Reach(const std::string& deployment, const Cutoff& cutoff) const {
  const std::set<std::string>& fields = FieldsOf(cutoff.type());
  std::set<std::string> seen = {deployment};
  std::deque<std::string> queue = {deployment};
  while (!queue.empty()) {
    const auto found = read_.find(queue.front());
    queue.pop_front();
    if (found == read_.end()) continue;
    for (const resource::Reference& reference : resource::References(*found->second)) {
      if (fields.count(LastField(reference.field)) > 0 && seen.insert(reference.target).second)
        queue.push_back(reference.target);
    }
  }
  return seen;
}

}  // namespace linchpin::cli
