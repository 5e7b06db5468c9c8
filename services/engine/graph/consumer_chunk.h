// 256 consumers with their groups and alternatives in compressed rows: one immutable piece of a graph.
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_CONSUMER_CHUNK_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_CONSUMER_CHUNK_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/engine/graph/facts.h"
#include "services/engine/graph/index.h"

namespace linchpin::engine {

// Which values of a consumer came from its tier, as bits of ConsumerRecord::derived.
enum ContinuityBit : uint8_t {
  kPriorityDerived = 1,
  kWeightDerived = 2,
  kMinViableDerived = 4,
  kRecoveryTimeDerived = 8,
  kDowntimeDerived = 16,
};

struct ConsumerRecord {
  int64_t priority = 0;
  int64_t weight = 0;
  int64_t loss_per_hour_minor = 0;
  int64_t penalty_minor = 0;
  int64_t recovery_time_objective_seconds = 0;
  int64_t max_tolerable_downtime_seconds = 0;
  int32_t min_viable_ppm = 0;
  ConsumerKind kind = ConsumerKind::kApplication;
  uint8_t tier = 0;  // 0: unknown.
  uint8_t derived = 0;
  bool loss_is_priced = false;     // Else loss_per_hour_minor is an assumed 0.
  bool penalty_is_priced = false;  // Else penalty_minor is an assumed 0.

  // The tier is a fact that results rest on: it is unknown and a value was taken from tier 3 in its place.
  // A route has none.
  bool rests_on_unknown_tier() const { return tier == 0 && derived != 0 && kind != ConsumerKind::kRoute; }
  friend bool operator==(const ConsumerRecord&, const ConsumerRecord&) = default;
};

// Bits of GroupTerms::assumed and AlternativeTerms::assumed: the value was absent (S1).
enum GroupAssumption : uint8_t {
  kEssentialAssumed = 1,
  kWeightAssumed = 2,
  kUnitsAssumed = 4,
  kBridgeAssumed = 8
};
enum AlternativeAssumption : uint8_t { kQualityAssumed = 1, kShareAssumed = 2, kSwitchFromActivation = 4 };

struct GroupTerms {
  int64_t units = 1;
  int64_t bridge_seconds = 0;
  int32_t weight_ppm = static_cast<int32_t>(kOne);
  bool essential = true;
  uint8_t assumed = 0;

  friend bool operator==(const GroupTerms&, const GroupTerms&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const GroupTerms& t) {
    return H::combine(std::move(h), t.units, t.bridge_seconds, t.weight_ppm, t.essential, t.assumed);
  }
};

struct AlternativeTerms {
  static constexpr int64_t kUnknownSwitch = -1;

  int64_t switch_seconds = kUnknownSwitch;  // Not read for the first alternative, which is always ready.
  int64_t likely_switch_seconds = kUnknownSwitch;  // Read where the switch time is unknown.
  int32_t quality_ppm = static_cast<int32_t>(kOne);
  int32_t share_ppm = static_cast<int32_t>(kOne);
  uint8_t assumed = 0;
  uint8_t activation = 0;  // 0: unknown, else 1 + Activation.

  friend bool operator==(const AlternativeTerms&, const AlternativeTerms&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const AlternativeTerms& t) {
    return H::combine(std::move(h), t.switch_seconds, t.likely_switch_seconds, t.quality_ppm, t.share_ppm,
                      t.assumed, t.activation);
  }
};

struct UsageRow {
  static constexpr uint32_t kWholeGroup = UINT32_MAX;
  uint32_t group = 0;  // Within the chunk.
  uint32_t alternative = kWholeGroup;
  Usage usage;
};

// Rows are public because the solvers walk them; nothing outside this folder should need more than the views
// of graph.h. Equal terms are stored once, so that an ordinary alternative costs eight bytes.
struct ConsumerChunk {
  static constexpr uint32_t kConsumers = 256;

  std::vector<ConsumerRecord> records;  // kConsumers.
  std::vector<uint32_t> name_begin;     // kConsumers + 1, into names. An empty name is an unused slot.
  std::string names;
  std::vector<uint32_t> group_begin;        // kConsumers + 1, into the rows of groups.
  std::vector<uint32_t> alternative_begin;  // Groups + 1, into the rows of alternatives.
  std::vector<uint32_t> id_begin;           // Groups + 1, into ids.
  std::string ids;
  std::vector<uint32_t> group_terms_of;
  std::vector<GroupTerms> group_terms;
  std::vector<Target> targets;
  std::vector<uint32_t> alternative_terms_of;
  std::vector<AlternativeTerms> alternative_terms;
  std::vector<UsageRow> usage;  // Ascending by (group, alternative, with the whole group last).

  uint32_t groups() const { return static_cast<uint32_t>(group_terms_of.size()); }
  std::string_view NameOf(uint32_t local) const {
    return std::string_view(names).substr(name_begin[local], name_begin[local + 1] - name_begin[local]);
  }
  std::string_view IdOf(uint32_t group) const {
    return std::string_view(ids).substr(id_begin[group], id_begin[group + 1] - id_begin[group]);
  }
  const GroupTerms& TermsOf(uint32_t group) const { return group_terms[group_terms_of[group]]; }
  const AlternativeTerms& AlternativeOf(uint32_t row) const {
    return alternative_terms[alternative_terms_of[row]];
  }
  std::span<const Target> TargetsOf(uint32_t group) const {
    return {targets.data() + alternative_begin[group], targets.data() + alternative_begin[group + 1]};
  }
  Usage UsageOf(uint32_t group, uint32_t alternative) const;
  size_t BytesUsed() const;
};

// A consumer on the way into a chunk.
struct AlternativeDraft {
  Target target;
  AlternativeTerms terms;
  Usage usage;
};
struct GroupDraft {
  std::string id;
  GroupTerms terms;
  std::vector<AlternativeDraft> alternatives;
  Usage usage;
};
struct ConsumerDraft {
  std::string name;  // Empty: the slot is unused.
  ConsumerRecord record;
  std::vector<GroupDraft> groups;  // Bytewise ascending by id.
};

// Takes one consumer out of a chunk for change.
ConsumerDraft DraftOf(const ConsumerChunk& chunk, uint32_t local);

// Writes a chunk: every slot in order, either carried over from the previous chunk or from a draft.
class ChunkWriter {
 public:
  // `previous` may be null for a chunk that is new.
  explicit ChunkWriter(const ConsumerChunk* previous);
  ~ChunkWriter();
  void Carry(uint32_t local);
  void Write(const ConsumerDraft& draft);
  // Unused slots up to the end are added.
  std::shared_ptr<const ConsumerChunk> Finish();

 private:
  struct Dictionary;
  void EndConsumer();
  uint32_t Intern(const GroupTerms& terms);
  uint32_t Intern(const AlternativeTerms& terms);

  const ConsumerChunk* previous_;
  std::shared_ptr<ConsumerChunk> chunk_;
  std::unique_ptr<Dictionary> dictionary_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_CONSUMER_CHUNK_H_
