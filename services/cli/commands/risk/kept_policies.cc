#include "services/cli/commands/risk/kept_policies.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "linchpin/policy/v1/change_check.pb.h"
#include "services/base/text.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
namespace risk = linchpin::risk::v1;

constexpr int kRoundsMax = 8;

// The name of the resource inside; empty if there is none.
std::string NameIn(const inventory::v1::Resource& resource) {
  const auto* field =
      resource.GetReflection()->GetOneofFieldDescriptor(resource, resource.GetDescriptor()->oneof_decl(0));
  return field == nullptr ? "" : resource::NameOf(resource.GetReflection()->GetMessage(resource, field));
}

// Findings by name, and how grave: what a change opens or worsens.
using Opened = std::map<std::string, std::pair<int, std::string>>;

Opened OpenedBy(const policy::CheckChangeResponse& response) {
  Opened opened;
  for (const auto* changes : {&response.introduced(), &response.worsened()}) {
    for (const auto& change : *changes) {
      const policy::Finding& finding = change.finding();
      // That something is not known forbids nothing.
      const bool violates = finding.type() != policy::Finding::TYPE_DATA_GAP &&
                            finding.type() != policy::Finding::TYPE_WAIVER_EXPIRING;
      if (violates) opened[finding.name()] = {finding.severity(), finding.message()};
    }
  }
  return opened;
}

class Checker {
 public:
  explicit Checker(Client& client) : client_(client) {}

  // Adds a remedy to those before it; what it opens that they did not. Of a document that several write the
  // last counts.
  absl::StatusOr<std::optional<std::string>> Add(const risk::Remedy& remedy) {
    for (const risk::RemedyDocument& document : remedy.documents()) {
      const std::string name = NameIn(document.resource());
      if (!documents_.contains(name)) order_.push_back(name);
      documents_[name] = document.resource();
    }
    policy::CheckChangeRequest request;
    for (const std::string& name : order_)
      *request.mutable_proposed()->add_operations()->mutable_upsert() = documents_.at(name);
    policy::CheckChangeResponse response;
    if (absl::Status status = client_.Call(kPolicy, "CheckChange", request, response); !status.ok())
      return status;
    Opened opened = OpenedBy(response);
    std::optional<std::string> first;
    for (const auto& [name, finding] : opened) {
      const auto before = before_.find(name);
      const bool is_new = before == before_.end() || before->second.first < finding.first;
      if (is_new && !first.has_value()) first = finding.second;
    }
    before_ = std::move(opened);
    return first;
  }

 private:
  Client& client_;
  std::vector<std::string> order_;
  std::map<std::string, inventory::v1::Resource> documents_;
  Opened before_;
};

bool HasNoPolicies(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnimplemented ||
         status.code() == absl::StatusCode::kPermissionDenied;
}

}  // namespace

absl::StatusOr<KeptRemedies> KeepPolicies(
    Client& client, risk::SuggestRemediesRequest request,
    const std::function<absl::StatusOr<risk::RemedyResult>(const risk::SuggestRemediesRequest&)>& ask) {
  KeptRemedies kept;
  std::set<std::string> left_out;
  for (int round = 0; round < kRoundsMax; ++round) {
    auto result = ask(request);
    if (!result.ok()) return result.status();
    kept.result = *std::move(result);
    Checker checker(client);
    bool again = false;
    for (const risk::Remedy& remedy : kept.result.remedies()) {
      const auto opened = checker.Add(remedy);
      if (HasNoPolicies(opened.status())) return kept.checked = false, kept;
      if (!opened.ok()) return opened.status();
      if (!opened->has_value()) continue;
      // A server that does not know `without` offers it again.
      if (!left_out.insert(remedy.title()).second) return kept.checked = false, kept;
      kept.forbidden.emplace_back(remedy.title(), **opened);
      request.add_without(remedy.title());
      again = true;
      break;  // What comes behind it was picked on top of it.
    }
    if (!again) return kept;
  }
  // What is left may still hold one that opens a finding: it is told apart.
  kept.checked = false;
  return kept;
}

}  // namespace linchpin::cli
