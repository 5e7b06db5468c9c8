#include "services/policy/domain/incremental/weight_ledger.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "services/policy/domain/rules/population.h"

namespace linchpin::policy {
namespace {

// The consumers of either graph among subjects that have moved.
std::vector<engine::ConsumerIndex> ConsumersAmong(const SubjectNames& moved, const World& was,
                                                  const World& now) {
  std::vector<engine::ConsumerIndex> consumers;
  for (const auto& [kind, names] : moved) {
    for (const std::string& name : names) {
      for (const World* const world : {&was, &now}) {
        if (const auto consumer = world->graph().consumers().Find(name)) consumers.push_back(*consumer);
      }
    }
  }
  return consumers;
}

}  // namespace

void WeightLedger::Keep(const BoundRule& rule, const WeighedPopulation& weighed) {
  const bool is_known = weighed.attributed->ok() && weighed.population.missing.empty();
  if (!is_known || kept_.size() >= kPopulationsMax || Keeps(rule)) return;
  kept_.push_back({&rule, weighed.population.members, engine::KeptAttribution(**weighed.attributed)});
}

const engine::Attribution* WeightLedger::Find(const BoundRule& rule) const {
  const auto found = std::find_if(kept_.begin(), kept_.end(),
                                  [&rule](const Kept& kept) { return WeighTheSame(*kept.rule, rule); });
  return found == kept_.end() ? nullptr : &found->weight.attribution();
}

// False: it is not known who belongs.
bool WeightLedger::TakeMembers(const World& was, const World& now, const Selections& before,
                               const Selections& after, Kept& kept) {
  const BoundSelector& selector = SelectorOf(*kept.rule);
  for (const std::string_view name : before.Names(selector.kind())) {
    if (const auto consumer = was.graph().consumers().Find(name)) kept.members[consumer->value] = 0;
  }
  kept.members.resize(now.graph().consumers().slots(), '\0');
  const std::vector<std::string_view>& names = after.Names(selector.kind());
  const Selection& selection = after.Of(selector);
  for (size_t place = 0; place < names.size(); ++place) {
    const engine::Truth selected = SelectedBy(*kept.rule, selection.at(place));
    if (selected == engine::Truth::kUnknown) return false;
    const auto consumer = now.graph().consumers().Find(names[place]);
    if (consumer && selected == engine::Truth::kTrue) kept.members[consumer->value] = 1;
  }
  return true;
}

void WeightLedger::Advance(const World& was, const World& now, const SubjectNames& moved,
                           const Selections& before, const Selections& after) {
  if (kept_.empty()) return;
  auto update =
      engine::AttributionUpdate::Create(was.view().shared_graph(), now.view().shared_graph(), now.knowledge(),
                                        ConsumersAmong(moved, was, now), kConcernedMax);
  if (!update.ok() || *update == nullptr) return kept_.clear();
  std::erase_if(kept_, [&](Kept& kept) {
    const std::string members = kept.members;
    if (!TakeMembers(was, now, before, after, kept)) return true;
    return !(*update)->Apply(CountedBy(members).consumer, CountedBy(kept.members).consumer, kept.weight).ok();
  });
}

}  // namespace linchpin::policy
