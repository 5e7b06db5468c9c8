#include "services/policy/domain/rules/workspace.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace linchpin::policy {
namespace {

// Equal for rules that hold the same against a deployment.
std::string KeyOf(const LineageSpec& spec, v1::Assurance assurance) {
  return absl::StrCat(absl::StrJoin(spec.facets, ","), spec.denied ? " not in " : " in ",
                      absl::StrJoin(spec.countries.Codes(), ","), " reach ", static_cast<int>(spec.reach),
                      " depth ", spec.max_depth, spec.exclude_self ? " others " : " all ",
                      static_cast<int>(assurance));
}

}  // namespace

DeploymentJudge& Judges::Of(const BoundRule& rule) {
  DeploymentJudge*& known = by_rule_[&rule];
  if (known != nullptr) return *known;
  const auto& spec = std::get<LineageSpec>(rule.spec);
  std::unique_ptr<DeploymentJudge>& judge = judges_[KeyOf(spec, rule.assurance)];
  if (judge == nullptr) judge = std::make_unique<DeploymentJudge>(*knowledge_, spec, rule.assurance);
  known = judge.get();
  return *known;
}

size_t Judges::judged() const {
  size_t sum = 0;
  for (const auto& [key, judge] : judges_) sum += judge->judged();
  return sum;
}

SupplyWalk& Workspace::walk() {
  if (walk_ == nullptr) walk_ = std::make_unique<SupplyWalk>(world_.graph());
  return *walk_;
}

SubjectWalk& Workspace::WalkOf(v1::SubjectKind kind, bool primary_only) {
  const bool of_dependencies = kind == v1::SUBJECT_KIND_DEPENDENCY;
  std::unique_ptr<SubjectWalk>& walk = walks_[{of_dependencies, primary_only}];
  if (walk == nullptr) walk = std::make_unique<SubjectWalk>(world_.graph(), of_dependencies, primary_only);
  return *walk;
}

Meetings& Workspace::meetings() {
  if (meetings_ == nullptr) meetings_ = std::make_unique<Meetings>(world_.graph());
  return *meetings_;
}

TargetDimension& Workspace::ValuesIn(engine::Dimension dimension) {
  std::unique_ptr<TargetDimension>& values = dimensions_[static_cast<size_t>(dimension)];
  if (values == nullptr)
    values = std::make_unique<TargetDimension>(world_.graph(), world_.knowledge(), dimension, walk());
  return *values;
}

const std::shared_ptr<const ResourceUse>& Workspace::use() {
  if (use_ == nullptr) use_ = std::make_shared<const ResourceUse>(world_.graph(), world_.knowledge());
  return use_;
}

const ContractParties& Workspace::contracts() {
  if (contracts_ == nullptr)
    contracts_ = std::make_unique<const ContractParties>(world_.view(), world_.now());
  return *contracts_;
}

}  // namespace linchpin::policy
