#include "services/engine/simulation/recovery_pass.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace linchpin::engine {
namespace {

constexpr size_t kRowBytes = 64;  // A line of the cache.

// Ranks stand in the narrowest type that holds them, so that a row of many is a line of the cache; what is
// done with it the compiler turns into instructions that do all of it at once.
template <typename Rank>
class RecoveryPassOf final : public RecoveryPass {
 public:
  explicit RecoveryPassOf(const RecoveryPlan& plan) : plan_(plan), rows_(plan.place_count()) {}

  size_t lanes() const override { return kLanes; }

  void Run(std::span<const std::vector<DeploymentIndex>> hits) override {
    Hit(hits);
    for (uint32_t place = 0; place < plan_.consumer_count();) {
      const uint32_t end = plan_.ComponentEnd(place);
      if (plan_.IsInCycle(place)) {
        SettleCycle(place, end);
      } else {
        rows_[place] = RowOf(place);
      }
      place = end;
    }
  }

  void ForEachDown(const Visitor& visit) const override {
    for (uint32_t place = 0; place < plan_.consumer_count(); ++place) {
      const Row& row = rows_[place];
      for (size_t lane = 0; lane < kLanes; ++lane) {
        if (lane % kAtOnce == 0 && IsZero(row, lane)) {
          lane += kAtOnce - 1;
        } else if (row.of[lane] != 0) {
          visit(lane, place, static_cast<uint32_t>(row.of[lane]));
        }
      }
    }
  }

 private:
  static constexpr size_t kLanes = kRowBytes / sizeof(Rank);
  static constexpr size_t kAtOnce = sizeof(uint64_t) / sizeof(Rank);
  // One rank for each cutoff.
  struct alignas(kRowBytes) Row {
    std::array<Rank, kLanes> of;

    static Row All(Rank rank) {
      Row row;
      row.of.fill(rank);
      return row;
    }
    // The least of this and what an option allows: its own rank or, if that is later, that of its target.
    void Or(const Row& target, Rank rank) {
      for (size_t i = 0; i < kLanes; ++i) of[i] = std::min(of[i], std::max(target.of[i], rank));
    }
    void And(const Row& group) {
      for (size_t i = 0; i < kLanes; ++i) of[i] = std::max(of[i], group.of[i]);
    }
    friend bool operator==(const Row&, const Row&) = default;
  };

  static bool IsZero(const Row& row, size_t lane) {
    uint64_t some;
    std::memcpy(&some, &row.of[lane], sizeof(some));
    return some == 0;
  }

  void Hit(std::span<const std::vector<DeploymentIndex>> hits) {
    std::fill(rows_.begin() + plan_.consumer_count(), rows_.end(), Row::All(0));
    for (size_t lane = 0; lane < hits.size(); ++lane) {
      for (DeploymentIndex hit : hits[lane]) {
        const uint32_t place = plan_.PlaceOf(hit);
        if (place != RecoveryPlan::kNoPlace) rows_[place].of[lane] = static_cast<Rank>(plan_.end_rank());
      }
    }
  }

  Row RowOf(uint32_t place) const {
    Row all = Row::All(0), group = Row::All(std::numeric_limits<Rank>::max());
    for (const RecoveryPlan::Option& option : plan_.OptionsOf(place)) {
      group.Or(rows_[option.code & RecoveryPlan::kPlaceMask], static_cast<Rank>(option.rank));
      if ((option.code & RecoveryPlan::kLastBit) == 0) continue;
      all.And(group);
      group = Row::All(std::numeric_limits<Rank>::max());
    }
    return all;
  }

  // Upwards from "nobody is down" until it stands: the least fix-point of being down is the greatest of
  // levels, at every instant.
  void SettleCycle(uint32_t begin, uint32_t end) {
    std::fill(rows_.begin() + begin, rows_.begin() + end, Row::All(0));
    for (bool is_new = true; is_new;) {
      is_new = false;
      for (uint32_t place = begin; place < end; ++place) {
        const Row row = RowOf(place);
        if (row == rows_[place]) continue;
        rows_[place] = row;
        is_new = true;
      }
    }
  }

  const RecoveryPlan& plan_;
  std::vector<Row> rows_;  // By place.
};

}  // namespace

std::unique_ptr<RecoveryPass> RecoveryPass::Create(const RecoveryPlan& plan) {
  if (plan.end_rank() <= std::numeric_limits<uint8_t>::max())
    return std::make_unique<RecoveryPassOf<uint8_t>>(plan);
  return std::make_unique<RecoveryPassOf<int32_t>>(plan);
}

}  // namespace linchpin::engine
