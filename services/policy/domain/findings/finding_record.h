// A finding as the service keeps it: what was found, as bytes, and its life beside it.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_RECORD_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_RECORD_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "linchpin/policy/v1/finding.pb.h"
#include "services/base/shared_set.h"

namespace linchpin::policy {

// When and at which revisions a finding was computed.
struct ComputedAt {
  int64_t inventory_revision = 0;
  int64_t policy_revision = 0;
  absl::Time time = absl::UnixEpoch();
};

// Immutable once shared.
struct FindingRecord {
  std::string name;
  std::string assignment;
  std::string policy;
  std::string rule;
  std::string subject;
  std::string owner;
  v1::Finding::Type type = v1::Finding::TYPE_UNSPECIFIED;
  v1::Severity severity = v1::SEVERITY_UNSPECIFIED;
  v1::Certainty certainty = v1::CERTAINTY_UNSPECIFIED;
  std::vector<std::string> related;  // At most 20.
  std::vector<std::string> waiting;  // Of a data gap: ids of the rules that wait for it.
  v1::Finding::State state = v1::Finding::STATE_OPEN;
  v1::Finding::ResolvedReason resolved_reason = v1::Finding::RESOLVED_REASON_UNSPECIFIED;
  int32_t episode = 1;
  absl::Time first_seen = absl::UnixEpoch();
  absl::Time last_seen =
      absl::UnixEpoch();  // As far as it was stored; an open finding is seen by every evaluation.
  absl::Time state_time = absl::UnixEpoch();
  // An error has hidden it since: open, but not seen by the last evaluation. Not stored.
  bool hidden = false;
  // Differs from the version before only in when it was seen. Not stored.
  bool seen_only = false;
  std::string waiver;                                          // By which it is WAIVED; empty otherwise.
  std::shared_ptr<const v1::Acknowledgement> acknowledgement;  // By which it is ACKNOWLEDGED; null otherwise.
  // Its transitions, as a serialized Finding with nothing else: few ask for them.
  std::string transitions;
  ComputedAt computed;
  std::string content;  // The message without its life, revisions and times.
  uint64_t content_hash = 0;
};

using FindingPointer = std::shared_ptr<const FindingRecord>;

// Findings by name. A copy shares with the original all that neither has changed since (base::SharedSet).
class FindingMap {
 public:
  struct Entry {
    std::string_view first;  // Of the record.
    FindingPointer second;
  };

 private:
  struct ByName {
    bool operator()(const Entry& a, const Entry& b) const { return a.first < b.first; }
    bool operator()(const Entry& a, std::string_view name) const { return a.first < name; }
    bool operator()(std::string_view name, const Entry& b) const { return name < b.first; }
  };
  using Set = base::SharedSet<Entry, ByName>;

 public:
  using const_iterator = Set::Iterator;

  size_t size() const { return set_.size(); }
  bool empty() const { return set_.empty(); }
  // In order of name.
  const_iterator begin() const { return set_.begin(); }
  const_iterator end() const { return set_.end(); }
  const_iterator find(std::string_view name) const { return set_.Find(name); }
  bool contains(std::string_view name) const { return find(name) != end(); }

  // In place of the one of its name.
  void Put(FindingPointer finding) {
    const std::string_view name = finding->name;
    set_.Put({name, std::move(finding)});
  }
  void Erase(std::string_view name) { set_.Erase(name); }

 private:
  Set set_;
};

// In whole microseconds.
void SetTime(absl::Time time, google::protobuf::Timestamp* message);

// A record of what an evaluation found: open since `now`, first episode.
FindingRecord RecordOf(v1::Finding finding, absl::Time now);
// A record as it was stored.
FindingRecord StoredRecord(v1::Finding finding);

// Whether it is found: open, acknowledged or waived.
inline bool Holds(const FindingRecord& record) { return record.state != v1::Finding::STATE_RESOLVED; }

enum class WithTransitions { kNo, kYes };

// The whole message. `seen` is what a finding that holds was last computed at, where that is newer than the
// record.
v1::Finding FindingOf(const FindingRecord& record, const ComputedAt& seen = {},
                      WithTransitions transitions = WithTransitions::kNo);

// Whether a stored finding differs from the version before only in when it was seen.
bool IsSeenOnly(const v1::Finding& stored);

// Gravest first, then by name.
bool GraverThan(const FindingRecord& a, const FindingRecord& b);

struct GraverFirst {
  bool operator()(const FindingPointer& a, const FindingPointer& b) const { return GraverThan(*a, *b); }
};
// Findings, gravest first.
using GravestFirst = base::SharedSet<FindingPointer, GraverFirst>;

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_RECORD_H_
