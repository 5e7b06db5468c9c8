#include "services/policy/domain/rules/access_judge.h"

#include <algorithm>
#include <utility>

#include "services/engine/graph/lineage.h"
#include "services/engine/knowledge/ownership.h"
#include "services/policy/domain/findings/finding_words.h"

namespace linchpin::policy {

using engine::Domain;
using engine::Truth;
using engine::VendorIndex;

namespace {

Truth Not(Truth truth) { return truth == Truth::kUnknown ? truth : engine::Known(truth == Truth::kFalse); }

PartyRoles AllOf(const AccessPathSpec& spec) {
  PartyRoles roles;
  for (int role = v1::PARTY_ROLE_CONTRACT; role < v1::PARTY_ROLE_OWNER; ++role) {
    const auto one = static_cast<v1::PartyRole>(role);
    if (spec.tested.Has(one) || spec.owned.Has(one)) roles.Add(one);
  }
  return roles;
}

}  // namespace

AccessJudge::AccessJudge(const World& world, Workspace& workspace, const AccessPathSpec& spec,
                         v1::Assurance assurance)
    : world_(world),
      spec_(spec),
      assurance_(assurance),
      contracts_(AllOf(spec).Has(v1::PARTY_ROLE_CONTRACT) ? &workspace.contracts() : nullptr),
      documents_(world.view()) {}

const AccessVerdict& AccessJudge::Judge(engine::DeploymentIndex deployment) {
  std::unique_ptr<AccessVerdict>& verdict = verdicts_[deployment.value];
  if (verdict != nullptr) return *verdict;
  verdict = std::make_unique<AccessVerdict>();
  for (const Party& party : PartiesOf(world_.knowledge(), deployment, AllOf(spec_), contracts_)) {
    if (spec_.tested.Has(party.role)) JudgeParty(party, deployment, *verdict);
    if (!spec_.owned.Has(party.role)) continue;
    for (const Party& owner : OwnersOfParty(world_.knowledge(), party))
      JudgeParty(owner, deployment, *verdict);
  }
  if (contracts_ == nullptr) return *verdict;
  for (const auto& covering : contracts_->Of(world_.graph().deployments()[deployment].name)) {
    if (covering.end && (!verdict->due || *covering.end < *verdict->due)) verdict->due = covering.end;
  }
  return *verdict;
}

const AccessJudge::VendorVerdict& AccessJudge::Of(VendorIndex vendor) {
  std::unique_ptr<VendorVerdict>& verdict = vendors_[vendor.value];
  if (verdict != nullptr) return *verdict;
  verdict = std::make_unique<VendorVerdict>();
  const Subject subject = documents_.Read(world_.graph().vendors()[vendor].name, /*with_consumer=*/false);
  for (const FieldTest& test : spec_.all) Ask(test, false, subject, *verdict);
  for (const FieldTest& test : spec_.none) Ask(test, true, subject, *verdict);
  return *verdict;
}

void AccessJudge::Ask(const FieldTest& test, bool forbidden, const Subject& subject,
                      VendorVerdict& verdict) const {
  SelectionFacts facts, on_likely;
  const auto favours = [forbidden](Truth holds) { return forbidden ? Not(holds) : holds; };
  const Truth proven = favours(test.Holds(subject, world_, /*likely=*/false, facts));
  Truth likely = proven;
  if (proven == Truth::kUnknown && world_.knowledge().has_likely())
    likely = favours(test.Holds(subject, world_, /*likely=*/true, on_likely));
  const std::string text = RequirementWords(forbidden, test.text());
  if (proven == Truth::kFalse) verdict.failed.push_back(text);
  if (likely == Truth::kFalse) verdict.likely_failed.push_back(text);
  verdict.proven = engine::And(verdict.proven, proven);
  verdict.likely = engine::And(verdict.likely, likely);
  verdict.missing.insert(verdict.missing.end(), facts.missing.begin(), facts.missing.end());
  AddLikely(on_likely.leaned, verdict.leaned);
}

void AccessJudge::JudgeParty(const Party& party, engine::DeploymentIndex deployment, AccessVerdict& verdict) {
  if (party.vendor) {
    JudgeVendor(party, *party.vendor, verdict);
  } else if (party.open) {
    JudgeOpen(party, deployment, verdict);
  }
}

void AccessJudge::JudgeVendor(const Party& party, VendorIndex vendor, AccessVerdict& verdict) {
  const VendorVerdict& of = Of(vendor);
  const FactDecision decision = DecideByFacts(assurance_, of.proven, of.likely);
  const bool likely = decision.likely;
  if (decision.truth == Truth::kFalse) {
    verdict.offences.push_back({party, vendor, likely ? of.likely_failed : of.failed,
                                likely ? of.leaned : LikelyFacts{}, MissingFacts{}});
  } else if (decision.truth == Truth::kUnknown) {
    verdict.open.push_back({party, vendor, {}, {}, of.missing});
  } else if (likely) {
    AddLikely(of.leaned, verdict.leaned);
  }
}

// A member of a domain is read as it stands: with the owners that are stated.
Truth AccessJudge::OfMember(VendorIndex vendor, bool likely) {
  Truth truth = Truth::kTrue;
  for (const VendorIndex owner : engine::OwnersOf(world_.graph(), vendor).vendors) {
    const VendorVerdict& of = Of(owner);
    truth = engine::And(truth, likely ? of.likely : of.proven);
    if (spec_.owned.empty()) break;
  }
  return truth;
}

Truth AccessJudge::OverMembers(const Domain& domain, bool likely) {
  if (!domain.listed || domain.empty()) return Truth::kUnknown;
  engine::OverMembers members;
  Truth all = Truth::kTrue;
  if (domain.none) members.Add(Truth::kTrue);
  for (const engine::Member member : domain.values) {
    const Truth truth = OfMember({member}, likely);
    members.Add(truth);
    all = engine::And(all, truth);
  }
  return spec_.possible ? all : members.truth();
}

bool AccessJudge::IsOfRouter(const engine::OpenFact& open, const Party& party) const {
  return spec_.possible && party.role == v1::PARTY_ROLE_OPERATOR && open.likely && open.likely->listed &&
         open.likely_rule == engine::Rule::kRouter;
}

void AccessJudge::JudgeOpen(const Party& party, engine::DeploymentIndex deployment, AccessVerdict& verdict) {
  const engine::OpenFact& open = world_.knowledge().Of(party.open->kind, party.open->subject);
  Truth proven = OverMembers(open.proven, false);
  const bool routed = proven == Truth::kUnknown && IsOfRouter(open, party) &&
                      OverMembers(*open.likely, false) == Truth::kFalse;
  if (routed) proven = Truth::kFalse;
  const Truth likely = proven == Truth::kUnknown ? OverMembers(open.OnLikely(), true) : proven;
  const FactDecision decision = DecideByFacts(assurance_, proven, likely);
  if (decision.truth == Truth::kFalse) {
    AddMembers(party, decision.likely || routed ? open.OnLikely() : open.proven, decision.likely, verdict);
  } else if (decision.truth == Truth::kUnknown) {
    verdict.open.push_back({party, std::nullopt, {}, {}, MissingOf(party, deployment, open)});
  } else if (decision.likely) {
    AddLikely(*party.open, verdict.leaned);
  }
}

void AccessJudge::AddMembers(const Party& party, const Domain& domain, bool likely, AccessVerdict& verdict) {
  for (const engine::Member member : domain.values) {
    if (OfMember({member}, likely) != Truth::kFalse) continue;
    Party at = party;
    for (const VendorIndex owner : engine::OwnersOf(world_.graph(), {member}).vendors) {
      const VendorVerdict& of = Of(owner);
      if ((likely ? of.likely : of.proven) == Truth::kFalse) {
        LikelyFacts facts;
        if (likely) AddLikely(*party.open, facts);
        if (likely && of.proven == Truth::kUnknown) AddLikely(of.leaned, facts);
        verdict.offences.push_back(
            {at, owner, likely ? of.likely_failed : of.failed, std::move(facts), MissingFacts{}});
      }
      if (spec_.owned.empty()) break;
      at.way.push_back(world_.graph().vendors()[owner].name);
      at.role = v1::PARTY_ROLE_OWNER;
    }
  }
}

void AccessJudge::AddMissing(VendorIndex member, MissingFacts& missing) {
  for (const VendorIndex owner : engine::OwnersOf(world_.graph(), member).vendors) {
    const VendorVerdict& of = Of(owner);
    if (of.proven == Truth::kUnknown) missing.insert(missing.end(), of.missing.begin(), of.missing.end());
    if (spec_.owned.empty()) break;
  }
}

MissingFacts AccessJudge::MissingOf(const Party& party, engine::DeploymentIndex deployment,
                                    const engine::OpenFact& open) {
  MissingFacts missing;
  if (spec_.possible && open.proven.listed) {
    // Who may be there is known; what is not is something about them.
    for (const engine::Member member : open.proven.values) AddMissing({member}, missing);
  } else if (spec_.possible && party.role == v1::PARTY_ROLE_OPERATOR) {
    // A router chooses: nobody can name the one, but whom it may call can be stated.
    const engine::Graph& graph = world_.graph();
    for (const VendorIndex between : graph.deployments()[deployment].intermediaries.value())
      missing.push_back({graph.vendors()[between].name, "upstreams"});
  }
  if (missing.empty()) missing.push_back({party.link.resource, party.link.path});
  return missing;
}

}  // namespace linchpin::policy
