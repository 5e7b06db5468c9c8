#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "services/engine/graph/graph_editor.h"
#include "services/engine/graph/message.h"
#include "services/engine/graph/resolve.h"

namespace linchpin::engine {
namespace {

using Entry = std::pair<Target, Dependent>;

std::vector<ReverseIndex::Change> ChangesOf(const std::vector<Entry>& entries, bool of_consumers) {
  std::vector<ReverseIndex::Change> changes;
  for (const auto& [target, dependent] : entries) {
    if (target.is_consumer() != of_consumers) continue;
    changes.push_back({of_consumers ? target.consumer().value : target.deployment().value, dependent});
  }
  std::sort(changes.begin(), changes.end());
  return changes;
}

// Appends to `out` what is in `from` and not in `without`; both sorted.
void AppendDifference(const std::vector<Entry>& from, const std::vector<Entry>& without,
                      std::vector<Entry>& out) {
  std::set_difference(from.begin(), from.end(), without.begin(), without.end(), std::back_inserter(out));
}

}  // namespace

absl::Status GraphEditor::ApplyConsumers() {
  std::vector<ConsumerWork> work;
  if (absl::Status status = CollectWork(work); !status.ok()) return status;
  std::stable_sort(work.begin(), work.end(),
                   [](const auto& a, const auto& b) { return a.consumer < b.consumer; });
  ConsumerTable& table = graph_->consumers_;
  table.chunks_.resize((table.slots_ + ConsumerChunk::kConsumers - 1) / ConsumerChunk::kConsumers);
  for (size_t first = 0; first < work.size();) {
    const uint32_t number = work[first].consumer.value / ConsumerChunk::kConsumers;
    size_t last = first;
    while (last < work.size() && work[last].consumer.value / ConsumerChunk::kConsumers == number) ++last;
    const std::span<const ConsumerWork> of_chunk(work.data() + first, last - first);
    if (absl::Status status = RewriteChunk(number, of_chunk); !status.ok()) return status;
    first = last;
  }
  if (!work.empty()) table.Renumber();
  UpdateReverse();
  SettleRoutes();
  return absl::OkStatus();
}

absl::Status GraphEditor::CollectWork(std::vector<ConsumerWork>& work) {
  absl::flat_hash_set<std::string> kept;
  if (!changes_.deleted_consumers.empty()) {
    for (const ConsumerFacts& facts : changes_.consumers) kept.insert(facts.name);
  }
  for (const auto& [consumer, id] : changes_.deleted_groups) {
    if (auto index = FindConsumer(consumer)) work.push_back({.consumer = *index, .erased_group = &id});
  }
  for (const std::string& name : changes_.deleted_consumers) {
    auto index = FindConsumer(name);
    if (!index.has_value() || kept.contains(name)) continue;
    erased_targets_.emplace_back(Target(*index), name);
    EraseConsumer(*index);
    work.push_back({.consumer = *index, .erase = true});
  }
  for (const ConsumerFacts& facts : changes_.consumers) {
    work.push_back({.consumer = EnsureConsumer(facts.name), .facts = &facts});
  }
  for (const GroupFacts& facts : changes_.groups) {
    auto index = FindConsumer(facts.consumer);
    if (!index.has_value()) {
      return Invalid(
          {"dependency ", facts.id, " belongs to ", facts.consumer, ", which is not in the inventory"});
    }
    work.push_back({.consumer = *index, .group = &facts});
  }
  return absl::OkStatus();
}

std::optional<ConsumerIndex> GraphEditor::FindConsumer(std::string_view name) const {
  auto found = graph_->consumers_.names_.Find(name, [this](uint32_t at) -> std::string_view {
    auto fresh = new_consumers_.find(at);
    return fresh != new_consumers_.end() ? std::string_view(*fresh->second) : graph_->consumers_.NameOf({at});
  });
  if (!found.has_value()) return std::nullopt;
  return ConsumerIndex{*found};
}

ConsumerIndex GraphEditor::EnsureConsumer(const std::string& name) {
  if (auto found = FindConsumer(name)) return *found;
  ConsumerTable& table = graph_->consumers_;
  uint32_t slot = table.slots_;
  if (table.free_.empty()) {
    ++table.slots_;
  } else {
    slot = table.free_.back();
    table.free_.pop_back();
  }
  new_consumers_[slot] = &name;
  table.names_.Insert(name, slot);
  return {slot};
}

void GraphEditor::EraseConsumer(ConsumerIndex consumer) {
  graph_->consumers_.names_.Erase(graph_->consumers_.NameOf(consumer), consumer.value);
  erased_consumers_.push_back(consumer);
}

absl::Status GraphEditor::RewriteChunk(uint32_t number, std::span<const ConsumerWork> work) {
  std::shared_ptr<const ConsumerChunk>& slot = graph_->consumers_.chunks_[number];
  const std::shared_ptr<const ConsumerChunk> before = slot;
  ChunkWriter writer(before.get());
  for (uint32_t local = 0; local < ConsumerChunk::kConsumers && (before != nullptr || !work.empty());
       ++local) {
    const ConsumerIndex consumer{number * ConsumerChunk::kConsumers + local};
    size_t count = 0;
    while (count < work.size() && work[count].consumer == consumer) ++count;
    if (count == 0) {
      before != nullptr ? writer.Carry(local) : writer.Write(ConsumerDraft());
      continue;
    }
    ConsumerDraft draft = before != nullptr ? DraftOf(*before, local) : ConsumerDraft();
    if (absl::Status status = Rework(draft, work.first(count)); !status.ok()) return status;
    NoteReverse(consumer, before.get(), draft);
    writer.Write(draft);
    work = work.subspan(count);
  }
  slot = writer.Finish();
  return absl::OkStatus();
}

absl::Status GraphEditor::Rework(ConsumerDraft& draft, std::span<const ConsumerWork> work) {
  for (const ConsumerWork& item : work) {
    if (item.erase) {
      draft = ConsumerDraft();
    } else if (item.facts != nullptr) {
      absl::StatusOr<ConsumerRecord> record = ResolveConsumer(*item.facts);
      if (!record.ok()) return record.status();
      draft.name = item.facts->name;
      draft.record = *record;
    } else if (item.group != nullptr) {
      if (absl::Status status = PutGroup(draft, *item.group); !status.ok()) return status;
    } else {
      std::erase_if(draft.groups,
                    [&item](const GroupDraft& group) { return group.id == *item.erased_group; });
    }
  }
  return absl::OkStatus();
}

absl::Status GraphEditor::PutGroup(ConsumerDraft& draft, const GroupFacts& facts) {
  absl::StatusOr<GroupTerms> terms = ResolveGroup(facts);
  if (!terms.ok()) return terms.status();
  GroupDraft group{facts.id, *terms, {}, facts.usage};
  for (const AlternativeFacts& alternative : facts.alternatives) {
    absl::StatusOr<AlternativeTerms> resolved = ResolveAlternative(facts, alternative);
    if (!resolved.ok()) return resolved.status();
    if (!group.alternatives.empty() && group.alternatives.back().terms.quality_ppm < resolved->quality_ppm) {
      return Invalid({facts.consumer, "/dependencies/", facts.id, ": quality rises at ", alternative.target,
                      "; list alternatives from best to worst"});
    }
    Target target;
    if (auto deployment = graph_->deployments_.Find(alternative.target)) {
      target = Target(*deployment);
    } else if (auto consumer = FindConsumer(alternative.target)) {
      target = Target(*consumer);
    } else {
      return Invalid({facts.consumer, "/dependencies/", facts.id, ": target names ", alternative.target,
                      ", which is not in the inventory"});
    }
    group.alternatives.push_back({target, *resolved, alternative.usage});
  }
  auto place = std::lower_bound(draft.groups.begin(), draft.groups.end(), facts.id,
                                [](const GroupDraft& other, const std::string& id) { return other.id < id; });
  if (place != draft.groups.end() && place->id == facts.id) {
    *place = std::move(group);
  } else if (draft.groups.size() >= kGroupsPerConsumerMax) {
    return Invalid(
        {facts.consumer, ": has more than ", std::to_string(kGroupsPerConsumerMax), " dependencies"});
  } else {
    draft.groups.insert(place, std::move(group));
  }
  return absl::OkStatus();
}

void GraphEditor::NoteReverse(ConsumerIndex consumer, const ConsumerChunk* before,
                              const ConsumerDraft& after) {
  std::vector<Entry> old_entries, new_entries;
  const uint32_t local = ConsumerTable::Local(consumer);
  if (before != nullptr) {
    const uint32_t first = before->group_begin[local];
    for (uint32_t group = first; group < before->group_begin[local + 1]; ++group) {
      const std::span<const Target> targets = before->TargetsOf(group);
      for (uint32_t k = 0; k < targets.size(); ++k) {
        old_entries.emplace_back(targets[k], Dependent::Of(consumer, group - first, k));
      }
    }
  }
  for (uint32_t group = 0; group < after.groups.size(); ++group) {
    for (uint32_t k = 0; k < after.groups[group].alternatives.size(); ++k) {
      new_entries.emplace_back(after.groups[group].alternatives[k].target, Dependent::Of(consumer, group, k));
    }
  }
  std::sort(old_entries.begin(), old_entries.end());
  std::sort(new_entries.begin(), new_entries.end());
  AppendDifference(old_entries, new_entries, reverse_removed_);
  AppendDifference(new_entries, old_entries, reverse_added_);
}

void GraphEditor::UpdateReverse() {
  graph_->on_deployments_.Update(ChangesOf(reverse_removed_, false), ChangesOf(reverse_added_, false));
  graph_->on_consumers_.Update(ChangesOf(reverse_removed_, true), ChangesOf(reverse_added_, true));
}

}  // namespace linchpin::engine
