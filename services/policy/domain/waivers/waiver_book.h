// Which waiver covers a finding: the one place that decides it, for evaluation, lists and metrics alike.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_WAIVERS_WAIVER_BOOK_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_WAIVERS_WAIVER_BOOK_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "linchpin/policy/v1/waiver.pb.h"
#include "services/policy/domain/binding/policy_set.h"
#include "services/policy/domain/binding/selector.h"
#include "services/policy/domain/findings/finding_record.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// A waiver that is ready to be asked.
struct BoundWaiver {
  v1::Waiver waiver;
  std::optional<BoundSelector> subjects;  // Absent: all.
  bool broken = false;                    // The selector does not bind (any more): it selects nothing.
};

// Binds the selector of a target. INVALID_ARGUMENT, POLICY_INVALID, with paths below `target.subjects`.
absl::StatusOr<std::optional<BoundSelector>> BindSubjects(const v1::WaiverTarget& target);

// Whether the finding is one of those that a waiver may be about at all: a violation, a data gap, or the
// summary of a rule. What could not be evaluated is not accepted, it is repaired.
bool IsWaivable(v1::Finding::Type type);

// All waivers at one revision of the policy store.
//
// Thread safety: immutable. Cost of a question: the waivers of the finding's name and of its rule; a selector
// parses the subject.
class WaiverBook {
 public:
  // What a question is asked against. Keeps references, which must outlive it.
  struct Moment {
    const PolicySet& policies;
    const World& world;  // Its now is the instant.
  };

  explicit WaiverBook(const std::vector<v1::Waiver>& waivers = {});

  // In order of name.
  const std::vector<BoundWaiver>& waivers() const { return waivers_; }
  // Null if there is none.
  const BoundWaiver* Find(std::string_view name) const;

  // Whether the target takes the finding, whatever the waiver's state.
  static bool IsAbout(const BoundWaiver& waiver, const FindingRecord& finding, const World& world);
  // Why the waiver does not cover the finding, in words; empty: it does.
  static std::string Objection(const BoundWaiver& waiver, const FindingRecord& finding, const Moment& moment);

  // The waiver that covers the finding; null: none does. Of several the one that ends last, then the first by
  // name.
  const BoundWaiver* Covering(const FindingRecord& finding, const Moment& moment) const;

  // The next instant at which anything of it changes by time alone.
  std::optional<absl::Time> NextChange(absl::Time now) const;

 private:
  using Rule = std::pair<std::string, std::string>;  // Assignment and rule.

  std::vector<BoundWaiver> waivers_;
  std::map<std::string, std::vector<size_t>, std::less<>> by_finding_;
  std::map<Rule, std::vector<size_t>> by_rule_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_WAIVERS_WAIVER_BOOK_H_
