#include "services/engine/graph/consumer_chunk.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"

namespace linchpin::engine {

struct ChunkWriter::Dictionary {
  absl::flat_hash_map<GroupTerms, uint32_t> groups;
  absl::flat_hash_map<AlternativeTerms, uint32_t> alternatives;
};

Usage ConsumerChunk::UsageOf(uint32_t group, uint32_t alternative) const {
  const auto key = std::make_pair(group, alternative);
  auto found = std::lower_bound(usage.begin(), usage.end(), key, [](const UsageRow& row, const auto& wanted) {
    return std::make_pair(row.group, row.alternative) < wanted;
  });
  if (found == usage.end() || found->group != group || found->alternative != alternative) return Usage();
  return found->usage;
}

size_t ConsumerChunk::BytesUsed() const {
  auto bytes = [](const auto& rows) { return rows.capacity() * sizeof(rows[0]); };
  return sizeof(*this) + bytes(records) + bytes(name_begin) + bytes(names) + bytes(group_begin) +
         bytes(alternative_begin) + bytes(id_begin) + bytes(ids) + bytes(group_terms_of) +
         bytes(group_terms) + bytes(targets) + bytes(alternative_terms_of) + bytes(alternative_terms) +
         bytes(usage);
}

ConsumerDraft DraftOf(const ConsumerChunk& chunk, uint32_t local) {
  ConsumerDraft draft{std::string(chunk.NameOf(local)), chunk.records[local], {}};
  for (uint32_t group = chunk.group_begin[local]; group < chunk.group_begin[local + 1]; ++group) {
    GroupDraft out{std::string(chunk.IdOf(group)),
                   chunk.TermsOf(group),
                   {},
                   chunk.UsageOf(group, UsageRow::kWholeGroup)};
    for (uint32_t row = chunk.alternative_begin[group]; row < chunk.alternative_begin[group + 1]; ++row) {
      const Usage usage = chunk.UsageOf(group, row - chunk.alternative_begin[group]);
      out.alternatives.push_back({chunk.targets[row], chunk.AlternativeOf(row), usage});
    }
    draft.groups.push_back(std::move(out));
  }
  return draft;
}

ChunkWriter::ChunkWriter(const ConsumerChunk* previous)
    : previous_(previous), chunk_(std::make_shared<ConsumerChunk>()) {
  chunk_->name_begin = {0};
  chunk_->group_begin = {0};
  chunk_->alternative_begin = {0};
  chunk_->id_begin = {0};
  chunk_->records.reserve(ConsumerChunk::kConsumers);
  if (previous_ == nullptr) return;
  // Carried rows keep their numbers of terms, so the terms come along whole; Finish() drops what no row uses.
  chunk_->group_terms = previous_->group_terms;
  chunk_->alternative_terms = previous_->alternative_terms;
  chunk_->group_terms_of.reserve(previous_->groups() + 1);
  chunk_->alternative_begin.reserve(previous_->groups() + 2);
  chunk_->id_begin.reserve(previous_->groups() + 2);
  chunk_->targets.reserve(previous_->targets.size() + 4);
  chunk_->alternative_terms_of.reserve(previous_->targets.size() + 4);
  chunk_->ids.reserve(previous_->ids.size() + 32);
  chunk_->names.reserve(previous_->names.size() + 32);
}

ChunkWriter::~ChunkWriter() = default;

void ChunkWriter::EndConsumer() {
  chunk_->name_begin.push_back(static_cast<uint32_t>(chunk_->names.size()));
  chunk_->group_begin.push_back(chunk_->groups());
}

void ChunkWriter::Carry(uint32_t local) {
  const ConsumerChunk& from = *previous_;
  const uint32_t first = from.group_begin[local], last = from.group_begin[local + 1];
  const uint32_t row_first = from.alternative_begin[first], row_last = from.alternative_begin[last];
  const uint32_t group_shift = chunk_->groups() - first;
  const uint32_t row_shift = static_cast<uint32_t>(chunk_->targets.size()) - row_first;
  const uint32_t id_shift = static_cast<uint32_t>(chunk_->ids.size()) - from.id_begin[first];
  chunk_->records.push_back(from.records[local]);
  chunk_->names.append(from.NameOf(local));
  chunk_->ids.append(from.ids, from.id_begin[first], from.id_begin[last] - from.id_begin[first]);
  for (uint32_t group = first; group < last; ++group) {
    chunk_->group_terms_of.push_back(from.group_terms_of[group]);
    chunk_->alternative_begin.push_back(from.alternative_begin[group + 1] + row_shift);
    chunk_->id_begin.push_back(from.id_begin[group + 1] + id_shift);
  }
  chunk_->targets.insert(chunk_->targets.end(), from.targets.begin() + row_first,
                         from.targets.begin() + row_last);
  chunk_->alternative_terms_of.insert(chunk_->alternative_terms_of.end(),
                                      from.alternative_terms_of.begin() + row_first,
                                      from.alternative_terms_of.begin() + row_last);
  auto usage = std::lower_bound(from.usage.begin(), from.usage.end(), first,
                                [](const UsageRow& row, uint32_t group) { return row.group < group; });
  for (; usage != from.usage.end() && usage->group < last; ++usage) {
    chunk_->usage.push_back({usage->group + group_shift, usage->alternative, usage->usage});
  }
  EndConsumer();
}

void ChunkWriter::Write(const ConsumerDraft& draft) {
  chunk_->records.push_back(draft.record);
  chunk_->names.append(draft.name);
  for (const GroupDraft& group : draft.groups) {
    const uint32_t number = chunk_->groups();
    chunk_->group_terms_of.push_back(Intern(group.terms));
    for (uint32_t k = 0; k < group.alternatives.size(); ++k) {
      const AlternativeDraft& alternative = group.alternatives[k];
      chunk_->targets.push_back(alternative.target);
      chunk_->alternative_terms_of.push_back(Intern(alternative.terms));
      if (!alternative.usage.empty()) chunk_->usage.push_back({number, k, alternative.usage});
    }
    if (!group.usage.empty()) chunk_->usage.push_back({number, UsageRow::kWholeGroup, group.usage});
    chunk_->alternative_begin.push_back(static_cast<uint32_t>(chunk_->targets.size()));
    chunk_->ids.append(group.id);
    chunk_->id_begin.push_back(static_cast<uint32_t>(chunk_->ids.size()));
  }
  EndConsumer();
}

namespace {

template <typename Terms>
uint32_t InternIn(absl::flat_hash_map<Terms, uint32_t>& numbers, std::vector<Terms>& table,
                  const Terms& terms) {
  if (numbers.empty()) {
    for (uint32_t i = 0; i < table.size(); ++i) numbers.emplace(table[i], i);
  }
  auto [entry, is_new] = numbers.emplace(terms, static_cast<uint32_t>(table.size()));
  if (is_new) table.push_back(terms);
  return entry->second;
}

// Drops the terms that no row uses any more, once they outnumber those in use.
template <typename Terms>
void Compact(std::vector<uint32_t>& numbers, std::vector<Terms>& table) {
  if (table.size() <= 16) return;
  std::vector<uint32_t> renumbered(table.size(), UINT32_MAX);
  std::vector<Terms> used;
  for (uint32_t number : numbers) {
    if (renumbered[number] != UINT32_MAX) continue;
    renumbered[number] = static_cast<uint32_t>(used.size());
    used.push_back(table[number]);
  }
  if (used.size() * 2 > table.size()) return;
  for (uint32_t& number : numbers) number = renumbered[number];
  table = std::move(used);
}

}  // namespace

uint32_t ChunkWriter::Intern(const GroupTerms& terms) {
  if (dictionary_ == nullptr) dictionary_ = std::make_unique<Dictionary>();
  return InternIn(dictionary_->groups, chunk_->group_terms, terms);
}

uint32_t ChunkWriter::Intern(const AlternativeTerms& terms) {
  if (dictionary_ == nullptr) dictionary_ = std::make_unique<Dictionary>();
  return InternIn(dictionary_->alternatives, chunk_->alternative_terms, terms);
}

std::shared_ptr<const ConsumerChunk> ChunkWriter::Finish() {
  while (chunk_->records.size() < ConsumerChunk::kConsumers) Write(ConsumerDraft());
  Compact(chunk_->group_terms_of, chunk_->group_terms);
  Compact(chunk_->alternative_terms_of, chunk_->alternative_terms);
  for (auto* rows : {&chunk_->alternative_begin, &chunk_->id_begin, &chunk_->group_terms_of,
                     &chunk_->alternative_terms_of, &chunk_->name_begin, &chunk_->group_begin}) {
    rows->shrink_to_fit();
  }
  chunk_->targets.shrink_to_fit();
  chunk_->ids.shrink_to_fit();
  chunk_->names.shrink_to_fit();
  chunk_->group_terms.shrink_to_fit();
  chunk_->alternative_terms.shrink_to_fit();
  chunk_->usage.shrink_to_fit();
  return std::move(chunk_);
}

}  // namespace linchpin::engine
