#include "services/policy/domain/findings/outcome_watch.h"

#include <algorithm>

namespace linchpin::policy {

OutcomeWatch::OutcomeWatch(const FindingMap& findings) {
  for (const auto& [name, finding] : findings) {
    if (!Holds(*finding) || finding->type != v1::Finding::TYPE_VIOLATION) continue;
    rules_[{finding->assignment, finding->rule}].push_back({finding->subject, std::nullopt});
  }
  for (auto& [key, watched] : rules_) {
    std::sort(watched.begin(), watched.end(),
              [](const Watched& a, const Watched& b) { return a.subject < b.subject; });
    const auto end = std::unique(watched.begin(), watched.end(),
                                 [](const Watched& a, const Watched& b) { return a.subject == b.subject; });
    watched.erase(end, watched.end());
  }
}

void OutcomeWatch::Begin(std::string_view assignment, std::string_view rule) {
  const auto found = rules_.find({assignment, rule});
  current_ = found == rules_.end() ? nullptr : &found->second;
  at_ = 0;
}

void OutcomeWatch::Note(std::string_view subject, const WatchedOutcome& outcome) {
  if (current_ == nullptr) return;
  while (at_ < current_->size() && (*current_)[at_].subject < subject) ++at_;
  if (at_ < current_->size() && (*current_)[at_].subject == subject) (*current_)[at_].outcome = outcome;
}

std::vector<std::string_view> OutcomeWatch::SubjectsOf(std::string_view assignment,
                                                       std::string_view rule) const {
  std::vector<std::string_view> subjects;
  const auto found = rules_.find({assignment, rule});
  if (found == rules_.end()) return subjects;
  for (const Watched& watched : found->second) subjects.push_back(watched.subject);
  return subjects;
}

const WatchedOutcome* OutcomeWatch::Find(std::string_view assignment, std::string_view rule,
                                         std::string_view subject) const {
  const auto found = rules_.find({assignment, rule});
  if (found == rules_.end()) return nullptr;
  const auto at =
      std::lower_bound(found->second.begin(), found->second.end(), subject,
                       [](const Watched& watched, std::string_view name) { return watched.subject < name; });
  if (at == found->second.end() || at->subject != subject || !at->outcome) return nullptr;
  return &*at->outcome;
}

}  // namespace linchpin::policy
