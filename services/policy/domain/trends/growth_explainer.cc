#include "services/policy/domain/trends/growth_explainer.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/engine/concentration/value_domain.h"
#include "services/policy/domain/binding/message_template.h"
#include "services/policy/domain/rules/fallback_rule.h"
#include "services/policy/domain/rules/population.h"

namespace linchpin::policy {
namespace {

constexpr size_t kContributorsMax = 20;
constexpr size_t kContributorsNamed = 3;
constexpr size_t kMovesMax = 10;
// Below it a contribution is what rounding leaves.
constexpr double kPointsMin = 1e-9;

// The part of each deployment that is of the group, on what is likely.
class Membership {
 public:
  Membership(const World& world, const ConcentrationSpec& spec, const std::string& group)
      : world_(world),
        spec_(spec),
        group_(group),
        dimension_(EngineDimension(spec.group_by)),
        domains_(world.knowledge(), dimension_) {}

  double PartOf(engine::DeploymentIndex deployment) const {
    const engine::DimensionValues values = engine::ValuesOf(world_.knowledge(), deployment, dimension_);
    size_t there = 0;
    for (const std::string_view key : values.known) there += IsThere(key) ? 1 : 0;
    for (const engine::UnknownValue& value : values.unknown) there += IsThere(KeyOf(value)) ? 1 : 0;
    return static_cast<double>(there) / static_cast<double>(values.size());
  }

  std::vector<double> Parts() const {
    const engine::Graph& graph = world_.graph();
    std::vector<double> parts(graph.deployments().slots(), 0);
    for (const engine::DeploymentIndex index : graph.deployments()) parts[index.value] = PartOf(index);
    return parts;
  }

  // "vendors/a, vendors/b"
  std::string TextOf(engine::DeploymentIndex deployment) const {
    const engine::DimensionValues values = engine::ValuesOf(world_.knowledge(), deployment, dimension_);
    std::vector<std::string_view> keys = values.known;
    for (const engine::UnknownValue& value : values.unknown) keys.push_back(KeyOf(value));
    return absl::StrJoin(keys, ", ", [](std::string* out, std::string_view key) { out->append(key); });
  }

 private:
  std::string_view KeyOf(const engine::UnknownValue& value) const {
    const auto likely = domains_.Likely(value);
    if (likely.has_value() && likely->Only() != nullptr) return *likely->Only();
    const engine::GroupDomain proven = domains_.Proven(value);
    return proven.Only() != nullptr ? *proven.Only() : engine::kUnknownKey;
  }
  bool IsThere(std::string_view key) const {
    if (!spec_.home) return key == group_;
    const auto country = engine::Country::Parse(key);
    return country && !spec_.home->Contains(*country);
  }

  const World& world_;
  const ConcentrationSpec& spec_;
  const std::string& group_;
  const engine::Dimension dimension_;
  const engine::ValueDomains domains_;
};

bool IsCounted(const ExplainedEnd& end, std::string_view name) {
  const auto index = end.world.graph().consumers().Find(name);
  return index && end.members[index->value] != 0;
}

v1::Growth::Change ChangeOf(std::string_view name, const ExplainedEnd& past, const ExplainedEnd& now) {
  const bool was = IsCounted(past, name), is = IsCounted(now, name);
  if (was && is) return v1::Growth::CHANGE_SHIFTED;
  if (is) return past.world.view().Contains(name) ? v1::Growth::CHANGE_COUNTED : v1::Growth::CHANGE_CAME;
  return now.world.view().Contains(name) ? v1::Growth::CHANGE_NO_LONGER_COUNTED : v1::Growth::CHANGE_WENT;
}

// What the members of one end weigh, by name.
using Weights = std::map<std::string, engine::OwnWeight, std::less<>>;

bool Weigh(const ExplainedEnd& end, const ConcentrationSpec& spec, const std::vector<double>& parts,
           Weights& weights) {
  const auto each = end.attributor.WeighEach(EngineBasis(spec.basis), CountedBy(end.members), parts);
  if (!each.ok()) return false;
  const engine::ConsumerTable& consumers = end.world.graph().consumers();
  for (const engine::ConsumerIndex index : consumers) {
    if ((*each)[index.value].weight > 0) weights.emplace(consumers.NameOf(index), (*each)[index.value]);
  }
  return true;
}

engine::OwnWeight Sum(const Weights& weights) {
  engine::OwnWeight sum;
  for (const auto& [name, weight] : weights) {
    sum.weight += weight.weight;
    sum.there += weight.there;
  }
  return sum;
}

double PartThere(const engine::OwnWeight& weight) {
  return weight.weight > 0 ? weight.there / weight.weight : 0;
}

void AddContributors(const Weights& then, const Weights& now, const ExplainedEnd& past_end,
                     const ExplainedEnd& now_end, v1::Growth& growth) {
  const double share_then = PartThere(Sum(then)), whole = Sum(now).weight;
  if (whole <= 0) return;
  std::map<std::string_view, std::pair<engine::OwnWeight, engine::OwnWeight>> both;
  for (const auto& [name, weight] : then) both[name].first = weight;
  for (const auto& [name, weight] : now) both[name].second = weight;
  std::vector<v1::Growth::Contributor> contributors;
  for (const auto& [name, weights] : both) {
    const auto& [was, is] = weights;
    const double points = (is.there - was.there - share_then * (is.weight - was.weight)) / whole;
    if (points < kPointsMin) continue;
    v1::Growth::Contributor& contributor = contributors.emplace_back();
    contributor.set_consumer(std::string(name));
    contributor.set_change(ChangeOf(name, past_end, now_end));
    contributor.set_points(points);
    contributor.set_past_part(PartThere(was));
    contributor.set_part(PartThere(is));
  }
  std::stable_sort(contributors.begin(), contributors.end(),
                   [](const auto& a, const auto& b) { return a.points() > b.points(); });
  growth.set_contributor_count(static_cast<int64_t>(contributors.size()));
  if (contributors.size() > kContributorsMax) contributors.resize(kContributorsMax);
  for (v1::Growth::Contributor& contributor : contributors) growth.add_contributors()->Swap(&contributor);
}

// Deployments in use that are more of the group now than they were.
void AddMoves(const ExplainedEnd& past, const Membership& was, const std::vector<double>& parts_then,
              const ExplainedEnd& now, const Membership& is, const std::vector<double>& parts_now,
              const std::vector<uint64_t>& weights, v1::Growth& growth) {
  struct Moved {
    engine::DeploymentIndex then, now;
    uint64_t weight;
  };
  std::vector<Moved> moved;
  const auto& deployments = now.world.graph().deployments();
  for (const engine::DeploymentIndex index : deployments) {
    if (weights[index.value] == 0) continue;
    const auto then = past.world.graph().deployments().Find(deployments[index].name);
    if (then && parts_now[index.value] > parts_then[then->value] + kPointsMin)
      moved.push_back({*then, index, weights[index.value]});
  }
  std::sort(moved.begin(), moved.end(), [&](const Moved& a, const Moved& b) {
    return a.weight != b.weight ? a.weight > b.weight : deployments[a.now].name < deployments[b.now].name;
  });
  for (size_t i = 0; i < moved.size() && i < kMovesMax; ++i) {
    v1::Growth::Move* move = growth.add_moves();
    move->set_deployment(deployments[moved[i].now].name);
    move->set_from(was.TextOf(moved[i].then));
    move->set_to(is.TextOf(moved[i].now));
  }
}

}  // namespace

void ExplainGrowth(const ExplainedEnd& past, const ExplainedEnd& now, const ConcentrationSpec& spec,
                   v1::Growth& growth) {
  const Membership was(past.world, spec, growth.group()), is(now.world, spec, growth.group());
  const std::vector<double> parts_then = was.Parts(), parts_now = is.Parts();
  Weights then, today;
  if (!Weigh(past, spec, parts_then, then) || !Weigh(now, spec, parts_now, today)) return;
  AddContributors(then, today, past, now, growth);
  const auto attributed = now.attributor.Attribute(EngineBasis(spec.basis), CountedBy(now.members));
  if (attributed.ok()) AddMoves(past, was, parts_then, now, is, parts_now, attributed->by_deployment, growth);
}

std::string ContributorsText(const v1::Growth& growth) {
  std::vector<std::string> named;
  for (const auto& contributor : growth.contributors()) {
    if (named.size() == kContributorsNamed) break;
    named.push_back(absl::StrCat(contributor.consumer(), " +", PercentText(contributor.points()),
                                 contributor.change() == v1::Growth::CHANGE_CAME   ? " (new)"
                                 : contributor.change() == v1::Growth::CHANGE_WENT ? " (gone)"
                                                                                   : ""));
  }
  const auto more = growth.contributor_count() - static_cast<int64_t>(named.size());
  if (more > 0) named.push_back(absl::StrCat("and ", more, " more"));
  return named.empty() ? "no single consumer" : absl::StrJoin(named, ", ");
}

}  // namespace linchpin::policy
