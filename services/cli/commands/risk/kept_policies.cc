#include "services/cli/commands/risk/kept_policies.h"

#include <chrono>
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

constexpr int kRoundsMax = 32;
constexpr std::chrono::seconds kSearchMost{10};  // No round begins later.

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

// The place of the first remedy that opens a finding, and which one it opens; none if all may be done.
absl::StatusOr<std::optional<std::pair<int, std::string>>> FirstForbidden(Client& client,
                                                                          const risk::RemedyResult& result) {
  Checker checker(client);
  for (int place = 0; place < result.remedies_size(); ++place) {
    const auto opened = checker.Add(result.remedies(place));
    if (!opened.ok()) return opened.status();
    if (opened->has_value()) return std::pair(place, **opened);
  }
  return std::nullopt;
}

// Cuts the picks from `count` on, which stand on top of those before them.
void KeepFirst(int count, risk::RemedyResult& result) {
  result.mutable_remedies()->DeleteSubrange(count, result.remedies_size() - count);
  if (count == 0) {
    *result.mutable_score_after() = result.score_before();
    if (result.has_loss_before()) *result.mutable_loss_after() = result.loss_before();
    return;
  }
  const risk::Remedy& last = result.remedies(count - 1);
  *result.mutable_score_after() = last.score_after();
  if (last.has_loss_after()) *result.mutable_loss_after() = last.loss_after();
}

bool HasNoPolicies(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnimplemented ||
         status.code() == absl::StatusCode::kPermissionDenied;
}

}  // namespace

absl::StatusOr<risk::RemedyResult> AskForRemedies(
    Client& client, const risk::SuggestRemediesRequest& request,
    const std::function<void(const risk::RemedyProgress&)>& progress) {
  risk::SuggestRemediesResponse part;
  risk::RemedyResult result;
  const absl::Status status = client.Stream(kRisk, "SuggestRemedies", request, part, [&] {
    if (part.has_result()) result = part.result();
    if (part.has_progress() && progress != nullptr) progress(part.progress());
  });
  if (!status.ok()) return status;
  return result;
}

absl::StatusOr<KeptRemedies> KeepPolicies(
    Client& client, risk::SuggestRemediesRequest request,
    const std::function<absl::StatusOr<risk::RemedyResult>(const risk::SuggestRemediesRequest&)>& ask) {
  KeptRemedies kept;
  std::set<std::string> left_out;
  const auto last_start = std::chrono::steady_clock::now() + kSearchMost;
  for (int round = 1;; ++round) {
    auto result = ask(request);
    if (!result.ok()) return result.status();
    kept.result = *std::move(result);
    const auto first = FirstForbidden(client, kept.result);
    if (HasNoPolicies(first.status())) return kept.checked = false, kept;
    if (!first.ok()) return first.status();
    if (!first->has_value()) return kept;
    const auto& [place, finding] = **first;
    const std::string title = kept.result.remedies(place).title();
    // A server that does not know `without` offers it again.
    const bool known = left_out.insert(title).second;
    if (known) kept.forbidden.emplace_back(title, finding);
    if (!known || round == kRoundsMax || std::chrono::steady_clock::now() > last_start) {
      KeepFirst(place, kept.result);
      kept.complete = false;
      return kept;
    }
    request.add_without(title);
  }
}

}  // namespace linchpin::cli
