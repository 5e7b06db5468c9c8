#include "services/engine/loss/loss_source.h"

#include <cmath>

#include "absl/container/flat_hash_set.h"
#include "services/engine/graph/message.h"
#include "services/engine/loss/draws.h"

namespace linchpin::engine {
namespace {

absl::Status CheckSeconds(const std::string& subject, int64_t seconds) {
  if (seconds >= 1 && seconds <= kSecondsMax) return absl::OkStatus();
  return Invalid({subject, ": a duration is ", std::to_string(seconds),
                  " s but must be 1 s or more, and at most 100 years"});
}

absl::Status CheckQuantiles(const std::string& subject,
                            const std::vector<std::pair<int64_t, int64_t>>& quantiles) {
  if (quantiles.size() < 2 || quantiles.front().first != 0 || quantiles.back().first != kOne) {
    return Invalid({subject, ": quantiles must begin at 0 ppm and end at 1000000 ppm"});
  }
  for (size_t i = 0; i < quantiles.size(); ++i) {
    if (absl::Status status = CheckSeconds(subject, quantiles[i].second); !status.ok()) return status;
    if (i == 0) continue;
    if (quantiles[i].first <= quantiles[i - 1].first || quantiles[i].second < quantiles[i - 1].second) {
      return Invalid({subject, ": quantiles must ascend"});
    }
  }
  return absl::OkStatus();
}

absl::Status CheckDuration(const std::string& subject, const LossDuration& duration) {
  switch (duration.kind) {
    case LossDuration::Kind::kPermanent:
      return absl::OkStatus();
    case LossDuration::Kind::kFixed:
      return CheckSeconds(subject, duration.low_seconds);
    case LossDuration::Kind::kUniform:
      if (duration.high_seconds < duration.low_seconds)
        return Invalid({subject, ": the longest duration is below the shortest"});
      if (absl::Status status = CheckSeconds(subject, duration.low_seconds); !status.ok()) return status;
      return CheckSeconds(subject, duration.high_seconds);
    case LossDuration::Kind::kQuantiles:
      return CheckQuantiles(subject, duration.quantiles);
  }
  return absl::OkStatus();
}

}  // namespace

int64_t PpbOfRate(double rate_per_year) {
  return static_cast<int64_t>(std::floor(-static_cast<double>(kPpbOne) * std::expm1(-rate_per_year)));
}

absl::Status ValidateSources(const std::vector<LossSource>& sources) {
  absl::flat_hash_set<std::string> keys;
  for (const LossSource& source : sources) {
    const std::string subject = Join({"source ", source.key});
    if (!keys.insert(source.key).second) return Invalid({subject, ": its key occurs twice"});
    if (source.p_ppb < 0 || source.p_ppb > kPpbOne) {
      return Invalid({subject, ": its chance is ", std::to_string(source.p_ppb),
                      " ppb but must be from 0 to 1000000000"});
    }
    if (source.at_seconds.has_value() &&
        (*source.at_seconds < 0 || *source.at_seconds >= kTrialYearSeconds)) {
      return Invalid({subject, ": it begins outside the year"});
    }
    if (absl::Status status = CheckDuration(subject, source.duration); !status.ok()) return status;
  }
  return absl::OkStatus();
}

std::optional<int64_t> DrawnDuration(const LossDuration& duration, uint64_t x) {
  switch (duration.kind) {
    case LossDuration::Kind::kPermanent:
      return std::nullopt;
    case LossDuration::Kind::kFixed:
      return duration.low_seconds;
    case LossDuration::Kind::kUniform: {
      const auto choices = static_cast<uint64_t>(duration.high_seconds - duration.low_seconds + 1);
      return duration.low_seconds + static_cast<int64_t>(Scaled(x, choices));
    }
    case LossDuration::Kind::kQuantiles:
      break;
  }
  const auto r = static_cast<int64_t>(Scaled(x, kOne));
  size_t piece = 1;
  while (r >= duration.quantiles[piece].first) ++piece;
  const auto& [p0, s0] = duration.quantiles[piece - 1];
  const auto& [p1, s1] = duration.quantiles[piece];
  return s0 + static_cast<int64_t>(static_cast<__int128>(s1 - s0) * (r - p0) / (p1 - p0));
}

std::optional<Cutoff> DrawnCutoff(const LossSource& source, uint64_t key_hash, uint64_t trial_state) {
  const uint64_t state = SourceState(trial_state, key_hash);
  if (static_cast<int64_t>(Scaled(Draw(state, 0), kPpbOne)) >= source.p_ppb) return std::nullopt;
  Cutoff cutoff = source.cutoff;
  cutoff.start_seconds = source.at_seconds.has_value()
                             ? *source.at_seconds
                             : static_cast<int64_t>(Scaled(Draw(state, 1), kTrialYearSeconds));
  cutoff.duration_seconds = DrawnDuration(source.duration, Draw(state, 2));
  return cutoff;
}

}  // namespace linchpin::engine
