#include "services/risk/domain/scores/score_explanation.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/engine/score/blame.h"
#include "services/risk/domain/reports/engine_error.h"
#include "services/risk/domain/scores/rate_sensitivity.h"
#include "services/risk/domain/scores/score_points.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::Reading;

constexpr int kAtomsMax = 10;

v1::Gap GapOf(engine::Gap gap) {
  switch (gap) {
    case engine::Gap::kNone:
      return v1::GAP_UNSPECIFIED;
    case engine::Gap::kNoFallback:
      return v1::GAP_NO_FALLBACK;
    case engine::Gap::kSharedFate:
      return v1::GAP_SHARED_FATE;
    case engine::Gap::kSlowSwitch:
      return v1::GAP_SLOW_SWITCH;
    case engine::Gap::kUnknownSwitch:
      return v1::GAP_UNKNOWN_SWITCH;
    case engine::Gap::kTooSmall:
      return v1::GAP_TOO_SMALL;
  }
  return v1::GAP_UNSPECIFIED;
}

v1::AtomClass ClassOf(engine::AtomClass atom_class) {
  return static_cast<v1::AtomClass>(static_cast<int>(atom_class) + v1::ATOM_CLASS_VENDOR);
}

v1::HazardSource SourceOf(engine::HazardSource source) {
  return static_cast<v1::HazardSource>(static_cast<int>(source) + v1::HAZARD_SOURCE_CLASS);
}

const engine::AtomIndex::Entry* EntryOf(const engine::AtomIndex& index, const std::string& key) {
  const auto found = std::lower_bound(index.entries().begin(), index.entries().end(), key,
                                      [](const auto& entry, const std::string& k) { return entry.key < k; });
  return found != index.entries().end() && found->key == key ? &*found : nullptr;
}

// What is told of an atom, whoever it takes down.
void FillAtom(const engine::ScoredAtom& atom, const AtomPoints& points, v1::Contribution& message) {
  message.set_atom(atom.key);
  message.set_atom_class(ClassOf(atom.atom.atom_class));
  SetPoints(points.points, *message.mutable_points());
  message.set_rate_per_year(atom.hazard.hazard.rate_per_year);
  message.set_source(SourceOf(atom.hazard.source));
  message.mutable_notice()->set_seconds(atom.hazard.hazard.notice_seconds);
  if (atom.hazard.hazard.duration_seconds.has_value()) {
    message.mutable_duration()->set_seconds(*atom.hazard.hazard.duration_seconds);
  }
  if (atom.hazard.source == engine::HazardSource::kDate) {
    message.mutable_start()->set_seconds(atom.hazard.start_seconds);
  }
}

// What each dependency lacks, over all atoms.
class Weaknesses {
 public:
  void Add(const v1::WeakDependency& weak, const std::string& atom) {
    Sum& sum = sums_[{weak.dependency(), weak.gap()}];
    const double points = weak.points();
    (weak.possible() ? sum.possible_points : sum.points) += points;
    sum.atoms.emplace_back(-points, atom);
  }

  void Write(google::protobuf::RepeatedPtrField<v1::Weakness>& added) {
    std::vector<std::tuple<double, double, std::string, v1::Gap>> order;
    for (const auto& [key, sum] : sums_) {
      order.emplace_back(-sum.points, -sum.possible_points, key.first, key.second);
    }
    std::sort(order.begin(), order.end());
    for (const auto& [points, possible_points, dependency, gap] : order) {
      v1::Weakness& message = *added.Add();
      message.set_dependency(dependency);
      message.set_gap(gap);
      message.set_points(-points);
      message.set_possible_points(-possible_points);
      auto& atoms = sums_[{dependency, gap}].atoms;
      std::sort(atoms.begin(), atoms.end());
      for (const auto& [points_of_atom, atom] : atoms) {
        if (message.atoms_size() < kAtomsMax) message.add_atoms(atom);
      }
    }
  }

 private:
  struct Sum {
    double points = 0;
    double possible_points = 0;
    std::vector<std::pair<double, std::string>> atoms;
  };
  std::map<std::pair<std::string, v1::Gap>, Sum> sums_;
};

// Explains the contributions to one consumer's score.
class ConsumerExplainer {
 public:
  ConsumerExplainer(const Analysis& analysis, const Scored& scored, engine::ConsumerIndex consumer,
                    engine::BlameFinder& blame, Weaknesses& weaknesses)
      : analysis_(analysis),
        board_(scored.board()),
        graph_(scored.graph()),
        consumer_(consumer),
        blame_(blame),
        weaknesses_(weaknesses) {}

  absl::Status Explain(const AtomPoints& points, v1::Contribution& message) {
    const engine::ScoredAtom& atom = board_.atoms()[points.atom];
    message.mutable_down_proven()->set_seconds(points.down_seconds.proven);
    message.mutable_down_likely()->set_seconds(points.down_seconds.likely);
    message.mutable_down_not_excluded()->set_seconds(points.down_seconds.not_excluded);
    const engine::AtomIndex& index = analysis_.Atoms(atom.atom.atom_class);
    const engine::AtomIndex::Entry* entry = EntryOf(index, atom.key);
    for (Reading reading : engine::kReadings) {
      const double whole = points.points[reading];
      if (whole <= 0 || entry == nullptr) continue;
      const auto blamed = blame_.Find(reading, consumer_, index, *entry, atom.hazard);
      if (!blamed.ok()) return FromEngine(blamed.status());
      for (const engine::BlamedGroup& group : *blamed) {
        v1::WeakDependency& weak = *message.add_dependencies();
        weak.set_possible(reading == Reading::kNotExcluded);
        Fill(group, whole, atom.key, weak);
      }
      break;
    }
    return absl::OkStatus();
  }

 private:
  void Fill(const engine::BlamedGroup& blamed, double whole, const std::string& atom,
            v1::WeakDependency& message) {
    const engine::ConsumerView consumer = graph_.consumers()[consumer_];
    const engine::GroupView group = consumer.group(blamed.group);
    message.set_dependency(
        absl::StrCat(std::string(consumer.name()), "/dependencies/", std::string(group.id())));
    message.set_points(whole * blamed.share);
    message.set_gap(GapOf(blamed.gap));
    for (engine::Target target : blamed.path) message.add_path(std::string(graph_.NameOf(target)));
    for (uint32_t k = 0; k < group.size(); ++k) {
      v1::AlternativeState& alternative = *message.add_alternatives();
      alternative.set_target(std::string(graph_.NameOf(group.target(k))));
      alternative.set_gap(GapOf(blamed.alternatives[k]));
      const int64_t switch_seconds = k == 0 ? 0 : group.alternative(k).switch_seconds;
      if (switch_seconds != engine::AlternativeTerms::kUnknownSwitch) {
        alternative.mutable_switch_duration()->set_seconds(switch_seconds);
      }
    }
    weaknesses_.Add(message, atom);
  }

  const Analysis& analysis_;
  const engine::ScoreBoard& board_;
  const engine::Graph& graph_;
  const engine::ConsumerIndex consumer_;
  engine::BlameFinder& blame_;
  Weaknesses& weaknesses_;
};

void AddOther(const std::vector<AtomPoints>& all, size_t shown, v1::ExplainScoreResponse& response) {
  PerReading other = {};
  for (size_t i = shown; i < all.size(); ++i) {
    for (Reading reading : engine::kReadings) other[reading] += all[i].points[reading];
  }
  SetPoints(other, *response.mutable_other());
  response.set_contribution_count(static_cast<int64_t>(all.size()));
}

}  // namespace

absl::Status ReportExplanation(Analysis& analysis, const Scored& scored, const ScoreSubject& subject,
                               size_t max_contributions, const std::function<bool()>& cancelled,
                               v1::ExplainScoreResponse& response) {
  const engine::ScoreBoard& board = scored.board();
  *response.mutable_score() = ScoreOf(scored, subject);
  const std::vector<AtomPoints> all = PointsOf(board, subject);
  const size_t shown = std::min(all.size(), max_contributions);
  const auto plan = analysis.Plan();
  if (!plan.ok()) return plan.status();
  engine::Limits limits;
  limits.cancelled = cancelled;
  engine::BlameFinder blame(**plan, limits);
  Weaknesses weaknesses;
  for (size_t i = 0; i < shown; ++i) {
    v1::Contribution& message = *response.add_contributions();
    FillAtom(board.atoms()[all[i].atom], all[i], message);
    if (subject.kind != ScoreSubject::Kind::kConsumer) continue;
    ConsumerExplainer explainer(analysis, scored, {subject.index}, blame, weaknesses);
    if (absl::Status status = explainer.Explain(all[i], message); !status.ok()) return status;
  }
  weaknesses.Write(*response.mutable_weaknesses());
  AddOther(all, shown, response);
  AddRateSensitivities(board, subject, *response.mutable_sensitivities());
  return absl::OkStatus();
}

}  // namespace linchpin::risk
