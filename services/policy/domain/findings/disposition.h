// What people have decided about findings: waivers and acknowledgements.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_DISPOSITION_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_DISPOSITION_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "linchpin/policy/v1/finding.pb.h"
#include "linchpin/policy/v1/waiver.pb.h"
#include "services/policy/domain/binding/policy_set.h"
#include "services/policy/domain/findings/finding_steps.h"
#include "services/policy/domain/waivers/waiver_book.h"
#include "services/replica/view.h"

namespace linchpin::policy {

// All of it at one revision of the policy store. Immutable.
struct Dispositions {
  using Acknowledgements =
      std::map<std::string, std::shared_ptr<const v1::Acknowledgement>, std::less<>>;  // By finding.

  WaiverBook waivers;
  Acknowledgements acknowledgements;
};

// "acknowledgements/..." of "findings/...", and back.
std::string AcknowledgementOf(std::string_view finding);
std::string FindingOfAcknowledgement(std::string_view acknowledgement);

// Why an acknowledgement does not count for a finding at `now`, in words; empty: it counts.
std::string Objection(const v1::Acknowledgement& acknowledgement, const FindingRecord& finding,
                      absl::Time now);

// What Dispose works with. References must outlive the call.
struct DispositionInput {
  const Dispositions& dispositions;
  const PolicySet& policies;
  const replica::View& view;           // By which the findings were computed.
  const engine::Knowledge& knowledge;  // Of its graph.
  ComputedAt at;                       // Its time is the instant.
  absl::Duration last_seen_every = absl::Hours(1);
};

// What is remembered from one call of Dispose to the next, so that a part can be done.
struct DispositionMemory {
  std::map<std::string, std::set<std::string>> covered;  // Names of findings by waiver.
  std::set<std::string> expiring;                        // Names of the findings WAIVER_EXPIRING.
};

// Brings the state of every finding of `step` that holds to what people have decided: WAIVED, ACKNOWLEDGED or
// OPEN, and finds waivers that end soon. Returns the next instant at which that changes by time alone.
//
// Cost: linear in the findings, and in the waivers of each; nothing of the rules.
std::optional<absl::Time> Dispose(const DispositionInput& input, LifecycleStep& step);
// The same, remembering.
std::optional<absl::Time> Dispose(const DispositionInput& input, LifecycleStep& step,
                                  DispositionMemory& memory);
// The same of the findings `names` alone, since for all others nothing differs from the call before: neither
// the dispositions, nor the finding, nor its subject, and no instant has come that that call returned. Cost:
// linear in those, in the waivers, and in the acknowledgements.
std::optional<absl::Time> DisposePart(const DispositionInput& input, const std::vector<std::string>& names,
                                      LifecycleStep& step, DispositionMemory& memory);

// Sets `state` WAIVED and `waiver` of findings without a life, of an evaluation of that world, that a waiver
// covers.
void MarkWaived(const WaiverBook& waivers, const PolicySet& policies, const World& world,
                std::vector<v1::Finding>& findings);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_DISPOSITION_H_
