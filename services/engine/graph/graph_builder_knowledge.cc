// What documents say of facts that have no value: bounds, likelihoods, ties of vendors.
#include "services/engine/graph/graph_builder_knowledge.h"

#include <cstdlib>
#include <string_view>
#include <utility>

#include "linchpin/common/v1/knowledge.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"

namespace linchpin::engine {
namespace {

namespace inventory = ::linchpin::inventory::v1;

std::optional<bool> FlagOf(inventory::Deployment::PassThrough value) {
  if (value == inventory::Deployment::PASS_THROUGH_YES) return true;
  if (value == inventory::Deployment::PASS_THROUGH_NO) return false;
  return std::nullopt;
}
std::optional<bool> FlagOf(inventory::Deployment::OutlivesDeveloper value) {
  if (value == inventory::Deployment::OUTLIVES_DEVELOPER_YES) return true;
  if (value == inventory::Deployment::OUTLIVES_DEVELOPER_NO) return false;
  return std::nullopt;
}

uint8_t RolesOf(const inventory::Vendor& vendor) {
  uint8_t roles = 0;
  for (const int role : vendor.roles()) {
    switch (role) {
      case inventory::Vendor::ROLE_DEVELOPER:
        roles |= kDeveloperRole;
        break;
      case inventory::Vendor::ROLE_OPERATOR:
        roles |= kOperatorRole;
        break;
      case inventory::Vendor::ROLE_HOST_PROVIDER:
        roles |= kHostProviderRole;
        break;
      default:
        roles |= kOtherRole;
    }
  }
  return roles;
}

}  // namespace

KnowledgeFacts ReadKnowledge(FactOwner owner,
                             const google::protobuf::RepeatedPtrField<common::v1::Bound>& bounds,
                             const google::protobuf::RepeatedPtrField<common::v1::Likely>& likely) {
  KnowledgeFacts facts;
  for (const common::v1::Bound& bound : bounds) {
    const auto fact = BoundedFact(owner, bound.field());
    if (!fact.has_value()) continue;
    facts.bounds.push_back({.fact = *fact,
                            .one_of = {bound.one_of().begin(), bound.one_of().end()},
                            .none_of = {bound.none_of().begin(), bound.none_of().end()}});
  }
  for (const common::v1::Likely& message : likely) {
    const auto fact = BoundedFact(owner, message.field());
    if (!fact.has_value()) continue;
    LikelyFacts& one = facts.likely.emplace_back();
    one.fact = *fact;
    one.one_of = {message.one_of().begin(), message.one_of().end()};
    if (message.has_confidence()) one.confidence = message.confidence();
    one.reason = message.reason();
  }
  return facts;
}

void ReadTies(const inventory::Vendor& vendor, VendorFacts& facts) {
  facts.roles = RolesOf(vendor);
  if (vendor.own_line() == inventory::Vendor::OWN_LINE_CLOSED) facts.own_line = OwnLine::kClosed;
  if (vendor.own_line() == inventory::Vendor::OWN_LINE_ALL) facts.own_line = OwnLine::kAll;
  const inventory::Vendor::ServesFrom& serves = vendor.serves_from();
  facts.serves_from.providers = {serves.providers().begin(), serves.providers().end()};
  for (const std::string& text : serves.countries()) {
    if (const auto country = Country::Parse(text)) facts.serves_from.countries.push_back(*country);
  }
  facts.serves_from.complete = serves.complete();
  for (const auto& hosted : vendor.hosted_developers()) {
    facts.hosted_developers.push_back(
        {hosted.developer(), FlagOf(hosted.pass_through()), FlagOf(hosted.outlives_developer())});
  }
  facts.upstreams = {{vendor.upstreams().operators().begin(), vendor.upstreams().operators().end()},
                     vendor.upstreams().complete()};
}

std::optional<Custody> CustodyOf(inventory::Deployment::Custody custody) {
  switch (custody) {
    case inventory::Deployment::CUSTODY_HELD_VERIFIED:
      return Custody::kHeldVerified;
    case inventory::Deployment::CUSTODY_HELD:
      return Custody::kHeld;
    case inventory::Deployment::CUSTODY_OBTAINABLE:
      return Custody::kObtainable;
    case inventory::Deployment::CUSTODY_NOT_HELD:
      return Custody::kNotHeld;
    default:
      return std::nullopt;
  }
}

std::optional<bool> OutlivesOf(const inventory::Deployment& deployment) {
  return FlagOf(deployment.outlives_developer());
}

std::optional<int64_t> LikelySwitchOf(const inventory::Dependency::Alternative& alternative) {
  for (const common::v1::Likely& likely : alternative.likely()) {
    if (likely.field() != "switch_duration" || likely.one_of_size() != 1) continue;
    // The validator has the form checked: whole seconds, "90s".
    const std::string& text = likely.one_of(0);
    char* end = nullptr;
    const long long seconds = std::strtoll(text.c_str(), &end, 10);
    if (end != text.c_str() && std::string_view(end) == "s" && seconds >= 0) return seconds;
  }
  return std::nullopt;
}

}  // namespace linchpin::engine
