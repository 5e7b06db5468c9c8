// How rules came out for the subjects of findings that are open: what tells a cause that has gone from one
// that can no longer be seen.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_OUTCOME_WATCH_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_OUTCOME_WATCH_H_

#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/policy/domain/findings/finding_record.h"

namespace linchpin::policy {

// How one rule came out for one subject.
struct WatchedOutcome {
  v1::Outcome outcome = v1::OUTCOME_UNSPECIFIED;
  // Besides the violations, something is left open by unknown facts.
  bool indeterminate = false;
  // Not all of its violations were kept.
  bool truncated = false;
};

// Outcomes by assignment, rule and subject, of those subjects alone that have an open violation.
//
// Ownership: keeps views into the findings it was made of, which must outlive it.
// Thread safety: none. Cost of Note: a comparison of names for each subject.
class OutcomeWatch {
 public:
  OutcomeWatch() = default;
  explicit OutcomeWatch(const FindingMap& findings);

  // The outcomes noted from now on are of this rule.
  void Begin(std::string_view assignment, std::string_view rule);
  // Subjects come in ascending order, bytewise; one that nobody watches is passed over.
  void Note(std::string_view subject, const WatchedOutcome& outcome);

  // The subjects of the rule that are watched, ascending.
  std::vector<std::string_view> SubjectsOf(std::string_view assignment, std::string_view rule) const;

  // Null if the rule was not asked of the subject.
  const WatchedOutcome* Find(std::string_view assignment, std::string_view rule,
                             std::string_view subject) const;

 private:
  struct Watched {
    std::string_view subject;
    std::optional<WatchedOutcome> outcome;
  };
  using Key = std::pair<std::string_view, std::string_view>;

  std::map<Key, std::vector<Watched>> rules_;  // By assignment and rule; subjects ascending.
  std::vector<Watched>* current_ = nullptr;
  size_t at_ = 0;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_OUTCOME_WATCH_H_
