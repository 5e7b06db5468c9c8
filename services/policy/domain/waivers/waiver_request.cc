#include "services/policy/domain/waivers/waiver_request.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/base/reasons.h"
#include "services/policy/domain/waivers/waiver_book.h"
#include "services/policy/domain/waivers/waiver_state.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

using v1::Waiver;

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

absl::Status NotWaivable(std::string_view name, std::string_view why) {
  return base::Error(base::reason::NotWaivable{.name = name},
                     absl::StrCat("`", std::string(name), "` ", std::string(why)));
}

absl::Status NotThere(std::string_view name, std::string_view target, std::string_view what) {
  return base::Error(base::reason::ReferenceNotFound{.name = name, .target = target}, what);
}

// Of one finding or rule.
class Judge {
 public:
  Judge(const Waiver& waiver, const WaiverContext& context) : waiver_(waiver), context_(context) {}

  absl::StatusOr<int> Run() {
    const absl::Time end = TimeOf(waiver_.expire_time());
    if (end <= context_.now) {
      return base::FieldError("waiver.expire_time",
                              absl::StrCat("is in the past (", TimeText(end), "; it is ",
                                           TimeText(context_.now), "): name a later instant"));
    }
    const v1::WaiverTarget& target = waiver_.target();
    for (const std::string& finding : target.findings()) {
      if (absl::Status status = TakeFinding(finding); !status.ok()) return status;
    }
    if (target.findings().empty()) {
      if (absl::Status status = TakeRules(target); !status.ok()) return status;
    }
    return ApprovalsNeeded(gravest_);
  }

 private:
  absl::Status TakeFinding(const std::string& name) {
    const auto found = context_.findings.find(name);
    if (found == context_.findings.end()) {
      return NotThere(
          waiver_.name(), name,
          absl::StrCat("`", name, "` does not exist; `linchpin finding list` shows those that do"));
    }
    const FindingRecord& finding = *found->second;
    if (!Holds(finding)) {
      return base::Error(base::reason::FindingResolved{.name = name},
                         absl::StrCat("`", name, "` is resolved: there is nothing to accept"));
    }
    if (!IsWaivable(finding.type))
      return NotWaivable(name, "is of a type that is not accepted but repaired: it says what to do");
    const BoundRule* rule = context_.policies.FindRule(finding.assignment, finding.rule);
    if (rule != nullptr && !rule->waivable) return NotWaivable(name, "is of a rule that may not be waived");
    if (waiver_.has_bound() && !HasMeasure(finding)) return WithoutMeasure(name);
    gravest_ = std::max(gravest_, finding.severity);
    return TakeLimit(finding.assignment);
  }

  absl::Status TakeRules(const v1::WaiverTarget& target) {
    const AssignedPolicy* assigned = context_.policies.FindActive(target.assignment());
    if (assigned == nullptr) {
      return NotThere(waiver_.name(), target.assignment(),
                      absl::StrCat("`", target.assignment(), "` does not exist, or is disabled"));
    }
    for (const std::string& id : target.rules()) {
      const BoundRule* rule = context_.policies.FindRule(target.assignment(), id);
      if (rule == nullptr) {
        return NotThere(
            waiver_.name(), id,
            absl::StrCat("`", assigned->policy, "` of `", target.assignment(), "` has no rule `", id, "`"));
      }
      if (!rule->waivable) return NotWaivable(id, "may not be waived: its policy says so");
      if (waiver_.has_bound() && !std::holds_alternative<ConcentrationSpec>(rule->spec))
        return WithoutMeasure(id);
      gravest_ = std::max(gravest_, rule->severity);
    }
    return TakeLimit(target.assignment());
  }

  absl::Status TakeLimit(const std::string& assignment) const {
    const AssignedPolicy* assigned = context_.policies.FindActive(assignment);
    const absl::Duration limit = assigned == nullptr ? kWaiverMax : assigned->waiver_max;
    const absl::Time last = context_.now + limit;
    if (TimeOf(waiver_.expire_time()) <= last) return absl::OkStatus();
    return base::FieldError("waiver.expire_time",
                            absl::StrCat("is too far ahead: `", assignment, "` allows waivers until ",
                                         TimeText(last), " (", limit / absl::Hours(24), " days)"));
  }

  static bool HasMeasure(const FindingRecord& finding) {
    v1::Finding content;
    content.ParseFromString(finding.content);
    return content.explanation().has_measure();
  }

  static absl::Status WithoutMeasure(const std::string& name) {
    return base::FieldError("waiver.bound",
                            absl::StrCat("has no effect: `", name, "` has no measure; leave it out"));
  }

  const Waiver& waiver_;
  const WaiverContext& context_;
  v1::Severity gravest_ = v1::SEVERITY_INFO;
};

void CheckTarget(const v1::WaiverTarget& target, const std::string& field,
                 std::vector<base::FieldViolation>& violations) {
  const bool by_rule = !target.assignment().empty() || !target.rules().empty() || target.has_subjects();
  if (target.findings().empty() && !by_rule) {
    violations.push_back({field, "names nothing: name `findings`, or an `assignment` and `rules`"});
  } else if (!target.findings().empty() && by_rule) {
    violations.push_back({field, "names findings and rules: make a waiver of each"});
  } else if (by_rule && (target.assignment().empty() || target.rules().empty())) {
    violations.push_back({field, "needs both `assignment` and `rules`"});
  }
  const resource::KindInfo& kind = *resource::FindKindOf(v1::Finding::descriptor());
  for (int i = 0; i < target.findings_size(); ++i) {
    const std::string path = absl::StrCat(field, ".findings[", i, "]");
    const auto details = base::DetailsOf(resource::CheckName(kind, target.findings(i), path));
    if (details) violations.insert(violations.end(), details->violations.begin(), details->violations.end());
  }
}

}  // namespace

void CheckWaiverDocument(const Waiver& waiver, std::string_view prefix,
                         std::vector<base::FieldViolation>& violations) {
  const std::string before(prefix);
  CheckTarget(waiver.target(), before + "target", violations);
  const auto selector = base::DetailsOf(BindSubjects(waiver.target()).status());
  for (const auto& violation : selector ? selector->violations : std::vector<base::FieldViolation>())
    violations.push_back({before + violation.field, violation.description});
  if (absl::StripAsciiWhitespace(waiver.reason()).size() < kWaiverReasonMin) {
    violations.push_back({before + "reason",
                          absl::StrCat("must explain the decision in ", kWaiverReasonMin, " bytes or more")});
  }
  if (waiver.has_start_time() && TimeOf(waiver.start_time()) >= TimeOf(waiver.expire_time()))
    violations.push_back({before + "expire_time", "must be later than `start_time`"});
  if (waiver.has_bound() && !std::isfinite(waiver.bound().worst_value()))
    violations.push_back({before + "bound.worst_value", "must be a number"});
}

absl::StatusOr<int> ApprovalsRequired(const Waiver& waiver, const WaiverContext& context) {
  return Judge(waiver, context).Run();
}

}  // namespace linchpin::policy
