#include "services/policy/domain/findings/disposition.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/policy/domain/findings/fingerprint.h"
#include "services/policy/domain/waivers/waiver_state.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

using v1::Finding;

// By how much of its limit a measure may become worse before an acknowledgement no longer counts.
constexpr double kWorseRatio = 0.1;
constexpr int kRelatedShown = 20;

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

bool IsWorse(double measure, const FindingRecord& finding) {
  Finding content;
  content.ParseFromString(finding.content);
  if (!content.explanation().has_measure()) return false;
  const v1::Explanation::Measure& now = content.explanation().measure();
  const double allowed = kWorseRatio * std::abs(now.limit());
  const bool below = now.comparator() == "LT" || now.comparator() == "LE";
  return below ? now.value() < measure - allowed : now.value() > measure + allowed;
}

// What a finding is to be, and why.
struct Verdict {
  Finding::State state = Finding::STATE_OPEN;
  std::string waiver;
  std::shared_ptr<const v1::Acknowledgement> acknowledgement;
};

class Disposer {
 public:
  Disposer(const DispositionInput& input, LifecycleStep& step)
      : input_(input),
        step_(step),
        world_(input.view, input.knowledge, input.at.time),
        moment_{input.policies, world_} {}

  std::optional<absl::Time> Run() {
    due_ = input_.dispositions.waivers.NextChange(input_.at.time);
    // Steps put new versions into the map they walk over.
    std::vector<FindingPointer> findings;
    for (const auto& [name, finding] : step_.findings) {
      if (Holds(*finding) && finding->type != Finding::TYPE_WAIVER_EXPIRING) findings.push_back(finding);
    }
    for (const FindingPointer& finding : findings) Judge(*finding);
    FindExpiring();
    Settle(step_);
    return due_;
  }

 private:
  void Judge(const FindingRecord& finding) {
    const Verdict verdict = VerdictOn(finding);
    if (!verdict.waiver.empty()) {
      std::vector<std::string>& covered = covered_[verdict.waiver];
      covered.push_back(finding.name);
    }
    if (verdict.state == finding.state && verdict.waiver == finding.waiver &&
        SameAcknowledgement(verdict, finding)) {
      return;
    }
    FindingRecord record = finding;
    record.seen_only = false;
    record.state = verdict.state;
    record.state_time = input_.at.time;
    record.waiver = verdict.waiver;
    record.acknowledgement = verdict.acknowledgement;
    AddTransition(record, finding.state, CauseOf(verdict, finding), input_.at.time, input_.at);
    Put(std::move(record), step_);
  }

  static bool SameAcknowledgement(const Verdict& verdict, const FindingRecord& finding) {
    if (verdict.acknowledgement == nullptr || finding.acknowledgement == nullptr)
      return verdict.acknowledgement == finding.acknowledgement;
    return verdict.acknowledgement->revision() == finding.acknowledgement->revision();
  }

  Verdict VerdictOn(const FindingRecord& finding) {
    if (const BoundWaiver* waiver = input_.dispositions.waivers.Covering(finding, moment_))
      return {Finding::STATE_WAIVED, waiver->waiver.name(), nullptr};
    const auto known = input_.dispositions.acknowledgements.find(finding.name);
    if (known == input_.dispositions.acknowledgements.end()) return {};
    if (!Objection(*known->second, finding, input_.at.time).empty()) return {};
    if (known->second->has_until_time()) {
      const absl::Time until = TimeOf(known->second->until_time());
      if (!due_ || until < *due_) due_ = until;
    }
    return {Finding::STATE_ACKNOWLEDGED, "", known->second};
  }

  Cause CauseOf(const Verdict& verdict, const FindingRecord& before) const {
    if (verdict.state == Finding::STATE_WAIVED) return CauseOfWaiver(verdict.waiver);
    if (verdict.state == Finding::STATE_ACKNOWLEDGED) {
      const std::string& note = verdict.acknowledgement->note();
      const std::string ended =
          before.state == Finding::STATE_WAIVED ? CauseOfEnd(before).reason + "; " : std::string();
      return {verdict.acknowledgement->principal(), ended + (note.empty() ? "acknowledged" : note)};
    }
    if (before.state == Finding::STATE_WAIVED) return CauseOfEnd(before);
    if (before.acknowledgement == nullptr) return {};
    return {"", Objection(*before.acknowledgement, before, input_.at.time)};
  }

  Cause CauseOfWaiver(const std::string& name) const {
    const v1::Waiver& waiver = input_.dispositions.waivers.Find(name)->waiver;
    return {std::string(LastApprover(waiver)),
            absl::StrCat(name, " until ", TimeText(TimeOf(waiver.expire_time())), ": ", waiver.reason())};
  }

  // Why a finding is waived no longer.
  Cause CauseOfEnd(const FindingRecord& before) const {
    const BoundWaiver* bound = input_.dispositions.waivers.Find(before.waiver);
    if (bound == nullptr) return {"", before.waiver + " was deleted"};
    const v1::Waiver& waiver = bound->waiver;
    if (waiver.has_revocation()) {
      return {waiver.revocation().principal(),
              absl::StrCat(waiver.name(), " was revoked: ", waiver.revocation().note())};
    }
    return {"", WaiverBook::Objection(*bound, before, moment_)};
  }

  void FindExpiring() {
    std::vector<FindingPointer> old;
    for (const auto& [name, finding] : step_.findings) {
      if (finding->type == Finding::TYPE_WAIVER_EXPIRING) old.push_back(finding);
    }
    std::map<std::string, bool> found;
    for (const auto& [name, findings] : covered_) {
      const v1::Waiver& waiver = input_.dispositions.waivers.Find(name)->waiver;
      if (TimeOf(waiver.expire_time()) - input_.at.time > kExpiringSoon) continue;
      const std::string finding = TakeExpiring(waiver, findings);
      found[finding] = true;
    }
    for (const FindingPointer& finding : old) {
      if (!Holds(*finding) || found.contains(finding->name)) continue;
      Put(Resolved(*finding, Finding::RESOLVED_REASON_WAIVER_OVER, input_.at.time, input_.at), step_);
      ++step_.resolved;
    }
  }

  // Returns the name of the finding.
  std::string TakeExpiring(const v1::Waiver& waiver, const std::vector<std::string>& findings) {
    FindingRecord record = RecordOf(Expiring(waiver, findings), input_.at.time);
    const std::string name = record.name;
    const auto before = step_.findings.find(name);
    const FindingPointer old = before == step_.findings.end() ? nullptr : before->second;
    const FindingPointer now = Found(std::move(record), old, input_.last_seen_every, step_);
    step_.findings[name] = now;
    Judge(*now);
    return name;
  }

  Finding Expiring(const v1::Waiver& waiver, const std::vector<std::string>& findings) const {
    const absl::Time end = TimeOf(waiver.expire_time());
    Finding finding;
    finding.set_name("findings/" + Fingerprint("", "", "", waiver.name(), {}));
    finding.set_type(Finding::TYPE_WAIVER_EXPIRING);
    finding.set_severity(end - input_.at.time <= kExpiringNow ? v1::SEVERITY_HIGH : v1::SEVERITY_MEDIUM);
    finding.set_certainty(v1::CERTAINTY_PROVEN);
    finding.set_subject(waiver.name());
    finding.set_owner(waiver.owner());
    finding.set_message(absl::StrCat(waiver.name(), " ends on ", TimeText(end), "; ", findings.size(),
                                     findings.size() == 1 ? " finding is" : " findings are",
                                     " open again from then on"));
    finding.set_remediation("remove the cause before, or ask for a new waiver");
    for (const std::string& name : findings) {
      if (finding.related_size() < kRelatedShown) finding.add_related(name);
    }
    finding.set_policy_revision(input_.at.policy_revision);
    v1::Explanation& explanation = *finding.mutable_explanation();
    explanation.set_inventory_revision(input_.at.inventory_revision);
    explanation.set_policy_revision(input_.at.policy_revision);
    SetTime(input_.at.time, explanation.mutable_evaluated_time());
    return finding;
  }

  const DispositionInput& input_;
  LifecycleStep& step_;
  const World world_;
  const WaiverBook::Moment moment_;
  std::map<std::string, std::vector<std::string>> covered_;  // Names of findings by waiver.
  std::optional<absl::Time> due_;
};

}  // namespace

std::string AcknowledgementOf(std::string_view finding) {
  return absl::StrCat("acknowledgements/", std::string(resource::IdOf(finding)));
}

std::string FindingOfAcknowledgement(std::string_view acknowledgement) {
  return absl::StrCat("findings/", std::string(resource::IdOf(acknowledgement)));
}

std::string Objection(const v1::Acknowledgement& acknowledgement, const FindingRecord& finding,
                      absl::Time now) {
  const std::string whose = "the acknowledgement of " + acknowledgement.principal();
  if (acknowledgement.episode() != finding.episode) return whose + " was about an earlier episode";
  if (acknowledgement.has_until_time() && now >= TimeOf(acknowledgement.until_time()))
    return whose + " has run out";
  if (finding.severity > acknowledgement.severity()) return "it is graver than when it was acknowledged";
  if (acknowledgement.has_measure() && IsWorse(acknowledgement.measure(), finding))
    return "its measure is worse than when it was acknowledged";
  return "";
}

void MarkWaived(const WaiverBook& waivers, const PolicySet& policies, const World& world,
                std::vector<Finding>& findings) {
  if (waivers.waivers().empty()) return;
  for (Finding& finding : findings) {
    const BoundWaiver* waiver = waivers.Covering(RecordOf(finding, world.now()), {policies, world});
    if (waiver == nullptr) continue;
    finding.set_state(Finding::STATE_WAIVED);
    finding.set_waiver(waiver->waiver.name());
  }
}

std::optional<absl::Time> Dispose(const DispositionInput& input, LifecycleStep& step) {
  return Disposer(input, step).Run();
}

}  // namespace linchpin::policy
