// What `linchpin check` found, gathered for its printers.
#ifndef LINCHPIN_SERVICES_CLI_CHECK_CHECK_REPORT_H_
#define LINCHPIN_SERVICES_CLI_CHECK_CHECK_REPORT_H_

#include <string>
#include <string_view>
#include <vector>

#include "linchpin/policy/v1/change_check.pb.h"
#include "linchpin/risk/v1/change_assessment.pb.h"
#include "services/cli/files.h"

namespace linchpin::cli {

// A place in the files that were given.
struct FilePlace {
  std::string file;  // Empty: nothing of the finding stands in the files.
  int line = 0;      // From 1.
};

// What becomes of a finding.
enum class FindingSort { kIntroduced, kWorsened, kObscured, kImproved, kResolved };

// "introduced".
std::string_view NameOf(FindingSort sort);

// A finding that the change touches.
struct CheckedFinding {
  FindingSort sort;
  linchpin::policy::v1::CheckChangeResponse::FindingChange change;
  FilePlace place;

  const linchpin::policy::v1::Finding& finding() const { return change.finding(); }
  bool denies() const { return change.effect() == linchpin::policy::v1::VERDICT_DENY; }
};

// One figure before and after, as text. Empty: there is none on that side.
struct FigureMove {
  std::string name;
  std::string before;
  std::string after;
};

struct CheckReport {
  linchpin::policy::v1::CheckChangeResponse answer;  // Without the lists of findings.
  linchpin::risk::v1::AssessChangeResponse assessment;
  std::vector<CheckedFinding> findings;  // By sort, each gravest first.
  std::vector<FigureMove> figures;
  bool fails = false;  // Whether the exit code says so.

  // "DENY".
  std::string Verdict() const;
  // The verdict in one sentence: "1 of 2 new or worse findings must not be introduced".
  std::string Sentence() const;
  // What the change does: "3 resources created, 1 changed, 0 deleted; 12 unchanged".
  std::string ChangeText() const;
  // What it was checked against: "inventory revision 41, policy revision 7".
  std::string BasisText() const;
};

// `answer` and `assessment` are of the documents of `loaded`. `fail_on_warn`: a WARN fails, too.
CheckReport MakeCheckReport(const Loaded& loaded, linchpin::policy::v1::CheckChangeResponse answer,
                            linchpin::risk::v1::AssessChangeResponse assessment, bool fail_on_warn);

// Texts of a finding that all printers share.
// "fallback/second-vendor", "data gap".
std::string RuleText(const linchpin::policy::v1::Finding& finding);
// What led to it: the shortest path, "applications/a -> vendors/b"; else why no candidate did; else the
// measure and its limit; empty if there is none of them.
std::string WhyText(const linchpin::policy::v1::Finding& finding);
// What is different of one that is worse or better: "HIGH before", "41.7% before"; empty of others.
std::string BeforeText(const CheckedFinding& finding);
// "inventory.yaml:12"; empty if nothing of it stands in the files.
std::string PlaceText(const FilePlace& place);
// "assignments/bank (ENFORCE)", "assignments/bank (ENFORCE, waived by waivers/until-june)".
std::string AssignmentText(const CheckedFinding& finding);
// "fixed", "subject deleted" of one that is resolved, "indeterminate" of one that is obscured.
std::string ReasonText(const CheckedFinding& finding);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_CHECK_CHECK_REPORT_H_
