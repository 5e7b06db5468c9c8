// What documents state of facts without a value, by index (knowledge.md K1).
#include <algorithm>

#include "services/engine/graph/fact_text.h"
#include "services/engine/graph/graph_editor.h"
#include "services/engine/graph/message.h"

namespace linchpin::engine {
namespace {

constexpr std::string_view kNone = "none";

absl::Status NoValue(std::string_view subject, std::string_view list, std::string_view text) {
  return Invalid({subject, ": ", list, " names ", text, ", which is not in the inventory or no such value"});
}

void Order(std::vector<Member>& members) {
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
}

}  // namespace

absl::Status GraphEditor::ReadMembers(std::string_view subject, std::string_view list, FactKind kind,
                                      const std::vector<std::string>& texts, bool& none,
                                      std::vector<Member>& members) const {
  for (const std::string& text : texts) {
    if (text == kNone) {
      none = true;
      continue;
    }
    const std::optional<Member> member = MemberOf(*graph_, kind, text);
    if (!member.has_value()) return NoValue(subject, list, text);
    members.push_back(*member);
  }
  Order(members);
  return absl::OkStatus();
}

absl::Status GraphEditor::ReadStated(std::string_view subject, const KnowledgeFacts& facts,
                                     StatedPtr& out) const {
  if (facts.bounds.empty() && facts.likely.empty()) return absl::OkStatus();
  auto stated = std::make_shared<Stated>();
  for (const BoundFacts& facts_of : facts.bounds) {
    const bool excludes = facts_of.one_of.empty();
    Bound& bound = stated->bounds.emplace_back(Bound{facts_of.fact, excludes, false, {}});
    absl::Status status =
        ReadMembers(subject, "bounds", facts_of.fact, excludes ? facts_of.none_of : facts_of.one_of,
                    bound.none, bound.values);
    if (!status.ok()) return status;
  }
  for (const LikelyFacts& facts_of : facts.likely) {
    Likelihood& likely = stated->likely.emplace_back(
        Likelihood{facts_of.fact, false, {}, facts_of.confidence, facts_of.reason});
    absl::Status status =
        ReadMembers(subject, "likely", facts_of.fact, facts_of.one_of, likely.none, likely.values);
    if (!status.ok()) return status;
  }
  out = std::move(stated);
  return absl::OkStatus();
}

absl::Status GraphEditor::ReadTies(const VendorFacts& facts, std::shared_ptr<const VendorTies>& out) const {
  const ServesFromFacts& serves = facts.serves_from;
  if (serves.providers.empty() && serves.countries.empty() && facts.hosted_developers.empty() &&
      facts.upstreams.operators.empty()) {
    return absl::OkStatus();
  }
  auto ties = std::make_shared<VendorTies>();
  bool none = false;
  absl::Status status = ReadMembers(facts.name, "serves_from.providers", FactKind::kHostProvider,
                                    serves.providers, none, ties->providers);
  if (!status.ok()) return status;
  for (Country country : serves.countries) ties->countries.push_back(CodeOf(country));
  Order(ties->countries);
  ties->serves_from_is_complete = serves.complete;
  status = ReadMembers(facts.name, "upstreams.operators", FactKind::kOperator, facts.upstreams.operators,
                       none, ties->upstreams);
  if (!status.ok()) return status;
  ties->upstreams_are_complete = facts.upstreams.complete;
  for (const HostedDeveloperFacts& hosted : facts.hosted_developers) {
    const auto developer = graph_->vendors_.Find(hosted.developer);
    if (!developer.has_value()) return NoValue(facts.name, "hosted_developers", hosted.developer);
    ties->hosted_developers.push_back({*developer, hosted.pass_through, hosted.outlives_developer});
  }
  out = std::move(ties);
  return absl::OkStatus();
}

bool GraphEditor::IsDangling(const StatedPtr& stated) const {
  if (stated == nullptr) return false;
  const auto dangles = [this](FactKind kind, const std::vector<Member>& members) {
    return std::any_of(members.begin(), members.end(), [&](Member member) {
      switch (RowOf(kind).type) {
        case ValueType::kVendor:
          return !graph_->vendors_.IsLive({member});
        case ValueType::kHost:
          return !graph_->hosts_.IsLive({member});
        case ValueType::kLicence:
          return !graph_->licences_.IsLive({member});
        case ValueType::kModel:
          return !graph_->models_.IsLive({member});
        default:
          return false;
      }
    });
  };
  return std::any_of(stated->bounds.begin(), stated->bounds.end(),
                     [&](const Bound& bound) { return dangles(bound.fact, bound.values); }) ||
         std::any_of(stated->likely.begin(), stated->likely.end(),
                     [&](const Likelihood& likely) { return dangles(likely.fact, likely.values); });
}

bool GraphEditor::IsDangling(const VendorTies* ties) const {
  if (ties == nullptr) return false;
  const auto is_gone = [this](Member vendor) { return !graph_->vendors_.IsLive({vendor}); };
  return std::any_of(ties->providers.begin(), ties->providers.end(), is_gone) ||
         std::any_of(ties->upstreams.begin(), ties->upstreams.end(), is_gone) ||
         std::any_of(ties->hosted_developers.begin(), ties->hosted_developers.end(),
                     [&](const auto& hosted) { return is_gone(hosted.developer.value); });
}

}  // namespace linchpin::engine
