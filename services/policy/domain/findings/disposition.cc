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
  Disposer(const DispositionInput& input, LifecycleStep& step, DispositionMemory& memory)
      : input_(input),
        step_(step),
        memory_(memory),
        world_(input.view, input.knowledge, input.at.time),
        moment_{input.policies, world_} {}

  std::optional<absl::Time> RunAll() {
    memory_ = {};
    // Steps put new versions into the map they walk over.
    std::vector<FindingPointer> findings;
    for (const auto& [name, finding] : step_.findings) {
      if (finding->type == Finding::TYPE_WAIVER_EXPIRING) {
        memory_.expiring.emplace(name);
      } else if (Holds(*finding)) {
        findings.push_back(finding);
      }
    }
    for (const FindingPointer& finding : findings) Judge(*finding);
    return Finish();
  }

  std::optional<absl::Time> RunPart(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const auto finding = step_.findings.find(name);
      for (auto& [waiver, covered] : memory_.covered) covered.erase(name);
      if (finding == step_.findings.end()) continue;
      const FindingPointer judged = finding->second;
      if (Holds(*judged) && judged->type != Finding::TYPE_WAIVER_EXPIRING) Judge(*judged);
    }
    return Finish();
  }

 private:
  std::optional<absl::Time> Finish() {
    FindExpiring();
    Settle(step_);
    std::optional<absl::Time> due = input_.dispositions.waivers.NextChange(input_.at.time);
    for (const auto& [name, acknowledgement] : input_.dispositions.acknowledgements) {
      const auto finding = step_.findings.find(name);
      if (!acknowledgement->has_until_time() || finding == step_.findings.end() ||
          finding->second->state != Finding::STATE_ACKNOWLEDGED)
        continue;
      const absl::Time until = TimeOf(acknowledgement->until_time());
      if (!due || until < *due) due = until;
    }
    return due;
  }

  void Judge(const FindingRecord& finding) {
    const Verdict verdict = VerdictOn(finding);
    if (!verdict.waiver.empty()) memory_.covered[verdict.waiver].insert(finding.name);
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
    std::set<std::string> found;
    for (const auto& [name, findings] : memory_.covered) {
      const v1::Waiver& waiver = input_.dispositions.waivers.Find(name)->waiver;
      if (findings.empty() || TimeOf(waiver.expire_time()) - input_.at.time > kExpiringSoon) continue;
      found.insert(TakeExpiring(waiver, findings));
    }
    for (const std::string& name : std::exchange(memory_.expiring, found)) {
      const auto finding = step_.findings.find(name);
      if (finding == step_.findings.end() || !Holds(*finding->second) || found.contains(name)) continue;
      Put(Resolved(*finding->second, Finding::RESOLVED_REASON_WAIVER_OVER, input_.at.time, input_.at), step_);
      ++step_.resolved;
    }
  }

  // Returns the name of the finding.
  std::string TakeExpiring(const v1::Waiver& waiver, const std::set<std::string>& findings) {
    FindingRecord record = RecordOf(Expiring(waiver, findings), input_.at.time);
    const std::string name = record.name;
    const auto before = step_.findings.find(name);
    const FindingPointer old = before == step_.findings.end() ? nullptr : before->second;
    const FindingPointer now = Found(std::move(record), old, input_.last_seen_every, step_);
    step_.findings.Put(now);
    Judge(*now);
    return name;
  }

  Finding Expiring(const v1::Waiver& waiver, const std::set<std::string>& findings) const {
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
  DispositionMemory& memory_;
  const World world_;
  const WaiverBook::Moment moment_;
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
  if (finding.severity > acknowledgement.severity()) return "it is more severe than when it was acknowledged";
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
  DispositionMemory memory;
  return Disposer(input, step, memory).RunAll();
}

std::optional<absl::Time> Dispose(const DispositionInput& input, LifecycleStep& step,
                                  DispositionMemory& memory) {
  return Disposer(input, step, memory).RunAll();
}

std::optional<absl::Time> DisposePart(const DispositionInput& input, const std::vector<std::string>& names,
                                      LifecycleStep& step, DispositionMemory& memory) {
  return Disposer(input, step, memory).RunPart(names);
}

}  // namespace linchpin::policy
