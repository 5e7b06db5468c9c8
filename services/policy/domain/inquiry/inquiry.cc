#include "services/policy/domain/inquiry/inquiry.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <thread>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "services/policy/domain/inquiry/rule_asker.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

// Subjects of one piece.
constexpr int kPiece = 512;

// Subjects of one kind that follow each other.
struct Piece {
  const KindQuestions* kind = nullptr;
  replica::Cursor from;
};

// What is known of a scope by what has been put together so far.
struct Standing {
  std::atomic<bool> is_full{false};       // No further violations are kept.
  std::atomic<bool> is_exhausted{false};  // It has led too far.
};

// What one piece comes to, by scope.
using PieceOutcomes = std::map<size_t, ScopeOutcome>;

// Takes what rules say of the subjects of one piece.
class PieceSink : public OutcomeSink {
 public:
  PieceSink(const InquiryOptions& options, const std::deque<Standing>& standings, const replica::View& view)
      : options_(options), standings_(standings), view_(view), slots_(standings.size()) {}

  void Begin(PieceOutcomes& outcomes) {
    outcomes_ = &outcomes;
    std::fill(slots_.begin(), slots_.end(), Slot());
  }
  bool WantsViolations(size_t scope) const override {
    if (standings_[scope].is_full) return false;
    const ScopeOutcome* const outcome = slots_[scope].outcome;
    return outcome == nullptr || outcome->kept_count < options_.limits.findings_max;
  }
  bool IsExhausted(size_t scope) const override { return standings_[scope].is_exhausted; }
  void Skip(size_t scope, std::string_view subject, bool likely) override {
    ScopeOutcome& outcome = Of(scope);
    outcome.Skip(likely);
    if (!options_.listed_max.empty()) List(scope, {subject, v1::OUTCOME_NOT_APPLICABLE, likely}, outcome);
  }
  void Take(size_t scope, std::string_view subject, const SubjectResult& result, int64_t visits) override {
    ScopeOutcome& outcome = Of(scope);
    outcome.visits += visits;
    const int64_t before = outcome.kept_count;
    const int64_t kept = outcome.Take(subject, result, options_.limits, view_);
    if (!options_.listed_max.empty()) List(scope, {subject, result.outcome, result.likely}, outcome);
    if (!options_.watched.empty() && IsWatched(scope, subject))
      outcome.noted.push_back({subject, result.outcome, result.open, result.violation_count, kept, before});
  }

 private:
  struct Slot {
    ScopeOutcome* outcome = nullptr;
    std::optional<size_t> watched_at;
  };

  ScopeOutcome& Of(size_t scope) {
    ScopeOutcome*& outcome = slots_[scope].outcome;
    if (outcome == nullptr) outcome = &(*outcomes_)[scope];
    return *outcome;
  }
  void List(size_t scope, const ScopeOutcome::Listed& one, ScopeOutcome& outcome) const {
    if (static_cast<int64_t>(outcome.listed.size()) < options_.listed_max[scope])
      outcome.listed.push_back(one);
  }
  // Subjects come in order, and so do those that are watched.
  bool IsWatched(size_t scope, std::string_view subject) {
    const std::vector<std::string_view>& watched = options_.watched[scope];
    std::optional<size_t>& at = slots_[scope].watched_at;
    if (!at)
      at = static_cast<size_t>(std::lower_bound(watched.begin(), watched.end(), subject) - watched.begin());
    while (*at < watched.size() && watched[*at] < subject) ++*at;
    return *at < watched.size() && watched[*at] == subject;
  }

  const InquiryOptions& options_;
  const std::deque<Standing>& standings_;
  const replica::View& view_;
  PieceOutcomes* outcomes_ = nullptr;
  std::vector<Slot> slots_;  // By scope.
};

class Inquiry {
 public:
  Inquiry(const World& world, const Questions& questions, std::shared_ptr<const ResourceUse> use,
          const InquiryOptions& options)
      : world_(world),
        questions_(questions),
        use_(std::move(use)),
        options_(options),
        standings_(questions.scopes().size()),
        outcomes_(questions.scopes().size()) {
    for (const auto& [kind, asked] : questions.kinds()) AddPieces(*ResourceKindOf(kind), asked);
  }

  std::optional<std::vector<ScopeOutcome>> Run(Judges& judges) {
    std::vector<std::thread> others;
    const size_t threads = std::min(static_cast<size_t>(std::max(options_.threads, 1)), pieces_.size());
    for (size_t i = 1; i < threads; ++i) {
      others.emplace_back([this, &judges] {
        Judges own(judges.knowledge());
        Work(own, /*is_caller=*/false);
      });
    }
    Work(judges, /*is_caller=*/true);
    for (std::thread& other : others) other.join();
    absl::MutexLock lock(&mutex_);
    if (stopped_) return std::nullopt;
    return std::move(outcomes_);
  }

 private:
  void AddPieces(const resource::KindInfo& kind, const KindQuestions& asked) {
    int at = 0;
    for (replica::Cursor cursor = world_.view().Seek(kind); cursor.valid(); cursor.Next()) {
      if (at++ % kPiece == 0) pieces_.push_back({&asked, cursor});
    }
  }

  void Work(Judges& judges, bool is_caller) {
    Workspace workspace(world_, judges, use_);
    RuleAsker asker(world_, workspace, questions_);
    PieceSink sink(options_, standings_, world_.view());
    while (!stopped_) {
      const size_t number = next_.fetch_add(1);
      if (number >= pieces_.size()) return;
      if (is_caller && options_.cancelled && options_.cancelled()) stopped_ = true;
      PieceOutcomes outcomes;
      sink.Begin(outcomes);
      replica::Cursor at = pieces_[number].from;
      for (int i = 0; i < kPiece && at.valid(); ++i, at.Next())
        asker.Ask(*pieces_[number].kind, at.document(), sink);
      Put(number, std::move(outcomes));
      if (is_caller && options_.progress)
        options_.progress(static_cast<double>(std::min(next_.load(), pieces_.size())) /
                          static_cast<double>(pieces_.size()));
    }
  }

  // Whoever has the next piece in order puts it and those that wait behind it together.
  void Put(size_t number, PieceOutcomes outcomes) {
    absl::MutexLock lock(&mutex_);
    waiting_.emplace(number, std::move(outcomes));
    for (auto next = waiting_.find(put_); next != waiting_.end(); next = waiting_.find(put_)) {
      for (auto& [scope, outcome] : next->second) Append(scope, std::move(outcome));
      waiting_.erase(next);
      ++put_;
    }
  }
  void Append(size_t scope, ScopeOutcome next) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    ScopeOutcome& outcome = outcomes_[scope];
    if (outcome.visits > SubjectWalk::kVisitsMax) next.Fail(SubjectWalk::kExhausted);
    outcome.Append(std::move(next), options_.limits);
    if (!options_.listed_max.empty() &&
        static_cast<int64_t>(outcome.listed.size()) > options_.listed_max[scope])
      outcome.listed.resize(static_cast<size_t>(options_.listed_max[scope]));
    if (outcome.kept_count >= options_.limits.findings_max) standings_[scope].is_full = true;
    if (outcome.visits > SubjectWalk::kVisitsMax) standings_[scope].is_exhausted = true;
  }

  const World& world_;
  const Questions& questions_;
  const std::shared_ptr<const ResourceUse> use_;
  const InquiryOptions& options_;
  std::vector<Piece> pieces_;
  std::deque<Standing> standings_;  // By scope.
  std::atomic<size_t> next_{0};
  std::atomic<bool> stopped_{false};
  absl::Mutex mutex_;
  std::map<size_t, PieceOutcomes> waiting_ ABSL_GUARDED_BY(mutex_);
  size_t put_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<ScopeOutcome> outcomes_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::optional<std::vector<ScopeOutcome>> Inquire(const World& world, const Questions& questions,
                                                 Judges& judges,
                                                 const std::shared_ptr<const ResourceUse>& use,
                                                 const InquiryOptions& options) {
  return Inquiry(world, questions, use, options).Run(judges);
}

}  // namespace linchpin::policy
