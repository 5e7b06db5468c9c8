#include "services/policy/domain/rules/selection.h"

#include <algorithm>

#include "services/resource/kinds.h"

namespace linchpin::policy {

using engine::Truth;

Selected Select(const BoundSelector& selector, const Subject& subject, const World& world) {
  Selected selected;
  SelectionFacts facts;
  selected.truth = selector.Selects(subject, world, /*likely=*/false, facts);
  if (selected.truth != Truth::kUnknown) return selected;
  SortUnique(facts.missing);
  selected.missing = std::move(facts.missing);
  if (!world.knowledge().has_likely()) return selected;
  SelectionFacts on_likely;
  selected.likely = selector.Selects(subject, world, /*likely=*/true, on_likely);
  selected.leaned = std::move(on_likely.leaned);
  return selected;
}

void Selections::Add(const BoundSelector& selector) {
  std::vector<const BoundSelector*>& of_kind = by_kind_[selector.kind()];
  const auto equal = std::find_if(of_kind.begin(), of_kind.end(),
                                  [&selector](const BoundSelector* other) { return *other == selector; });
  same_[&selector] = equal == of_kind.end() ? &selector : *equal;
  if (equal != of_kind.end()) return;
  of_kind.push_back(&selector);
  selections_[&selector];
}

void Selections::Run() {
  for (const auto& [kind, selectors] : by_kind_) RunKind(kind, selectors);
}

template <typename Visit>
void Selections::ForEachDocument(v1::SubjectKind kind, const Visit& visit) const {
  if (only_ == nullptr) return world_.view().ForEach(*ResourceKindOf(kind), visit);
  const auto names = only_->find(kind);
  if (names == only_->end()) return;
  for (const std::string& name : names->second) {
    if (const auto document = world_.view().Find(name)) visit(*document);
  }
}

void Selections::RunKind(v1::SubjectKind kind, const std::vector<const BoundSelector*>& selectors) {
  const resource::KindInfo& info = *ResourceKindOf(kind);
  std::vector<std::string_view>& names = names_[kind];
  if (only_ == nullptr) names.reserve(world_.view().Count(info));
  std::vector<const BoundSelector*> asking;
  std::copy_if(selectors.begin(), selectors.end(), std::back_inserter(asking),
               [](const BoundSelector* selector) { return !selector->selects_all(); });
  for (const BoundSelector* selector : asking) selections_[selector].truths.reserve(names.capacity());
  const bool reads_consumer = std::any_of(
      asking.begin(), asking.end(), [](const BoundSelector* selector) { return selector->reads_consumer(); });
  const std::unique_ptr<google::protobuf::Message> document = info.New();
  std::unique_ptr<google::protobuf::Message> consumer;
  Subject subject;
  ForEachDocument(kind, [&](const replica::DocumentRef& ref) {
    const auto place = static_cast<uint32_t>(names.size());
    names.push_back(ref.name);
    if (asking.empty()) return;
    subject.name = ref.name;
    subject.document = replica::ParseInto(ref, *document) ? document.get() : nullptr;
    // Dependencies of one consumer follow each other.
    if (reads_consumer && subject.consumer_name != resource::ParentName(ref.name)) {
      subject.consumer_name = resource::ParentName(ref.name);
      subject.consumer = nullptr;
      if (const auto parent = world_.view().Find(subject.consumer_name)) {
        consumer = parent->kind->New();
        if (replica::ParseInto(*parent, *consumer)) subject.consumer = consumer.get();
      }
    }
    for (const BoundSelector* selector : asking) Ask(*selector, subject, place);
  });
}

void Selections::Ask(const BoundSelector& selector, const Subject& subject, uint32_t place) {
  Selection& selection = selections_[&selector];
  SelectionFacts facts;
  const Truth truth = selector.Selects(subject, world_, /*likely=*/false, facts);
  selection.truths.push_back(truth);
  if (truth != Truth::kUnknown) return;
  SortUnique(facts.missing);
  selection.missing.emplace(place, std::move(facts.missing));
}

}  // namespace linchpin::policy
