#include "services/cli/print/waiver_text.h"

#include <algorithm>

#include "services/base/enum_words.h"
#include "services/base/text.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/finding_text.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
using base::Cat;
using policy::Waiver;

std::string StateWord(const Waiver& waiver) { return FlagWord(*Waiver::State_descriptor(), waiver.state()); }

Table::Cell StateCell(const Waiver& waiver) {
  const bool open = waiver.state() == Waiver::STATE_REQUESTED || waiver.state() == Waiver::STATE_SCHEDULED;
  return {StateWord(waiver), waiver.state() == Waiver::STATE_ACTIVE ? Paint::kGreen
                             : open                                 ? Paint::kYellow
                                                                    : Paint::kDim};
}

std::string TargetText(const policy::WaiverTarget& target) {
  if (target.findings_size() > 0) return Counted(target.findings_size(), "finding", "findings");
  std::string rules;
  for (const std::string& rule : target.rules()) rules += Cat({rules.empty() ? "" : ", ", rule});
  return Cat(
      {resource::IdOf(target.assignment()), ": ", rules, target.has_subjects() ? ", selected subjects" : ""});
}

std::string ApprovalText(const policy::Approval& approval) {
  return Cat({approval.principal(), ", ", InstantText(approval.time()),
              approval.note().empty() ? "" : Cat({": ", approval.note()})});
}

}  // namespace

Table WaiverTable(const std::vector<Waiver>& waivers, bool wide) {
  std::vector<Table::Column> columns = {{"WAIVER"}, {"STATE"}, {"ENDS"}, {"FINDINGS", true}};
  if (wide) columns.insert(columns.end(), {{"TARGET"}, {"REQUESTER"}, {"APPROVERS"}, {"OWNER"}, {"TICKET"}});
  columns.push_back({"WHY", false, true});
  Table table(columns);
  for (const Waiver& waiver : waivers) {
    std::vector<Table::Cell> row = {std::string(resource::IdOf(waiver.name())), StateCell(waiver),
                                    InstantText(waiver.expire_time()),
                                    Grouped(waiver.matching_finding_count())};
    if (wide) {
      std::string approvers;
      for (const auto& approval : waiver.approvals())
        approvers += Cat({approvers.empty() ? "" : ", ", approval.principal()});
      for (const std::string& text :
           {TargetText(waiver.target()), waiver.requester(), approvers, waiver.owner(), waiver.ticket()})
        row.emplace_back(text);
    }
    row.emplace_back(waiver.reason());
    table.Add(std::move(row));
  }
  return table;
}

std::string NextStep(const Waiver& waiver) {
  const int missing = waiver.approvals_required() - waiver.approvals_size();
  switch (waiver.state()) {
    case Waiver::STATE_REQUESTED:
      return Cat({"waits for ", Counted(std::max(missing, 1), "approval", "approvals"), " of ",
                  missing > 1 ? "people" : "somebody", " other than ", waiver.requester()});
    case Waiver::STATE_SCHEDULED:
      return Cat({"is approved and begins on ", InstantText(waiver.start_time())});
    case Waiver::STATE_ACTIVE:
      return Cat({"covers ", Counted(waiver.waived_finding_count(), "finding", "findings"), " until ",
                  InstantText(waiver.expire_time())});
    case Waiver::STATE_EXPIRED:
      return Cat({"ended on ", InstantText(waiver.expire_time())});
    default:
      return Cat({"was revoked by ", waiver.revocation().principal(), ": ", waiver.revocation().note()});
  }
}

void PrintWaiver(Context& context, const Waiver& waiver) {
  std::ostream& out = context.out;
  const Table::Cell state = StateCell(waiver);
  out << Painted(waiver.name(), Paint::kBold, context.colour) << " "
      << Painted(Clean(NextStep(waiver)), state.paint, context.colour) << "\n\n";
  Table table({{""}, {""}});
  table.Add({"why", waiver.reason()});
  table.Add({"category", base::EnumWords(FlagWord(*Waiver::Category_descriptor(),
                                                  waiver.category() == Waiver::CATEGORY_UNSPECIFIED
                                                      ? Waiver::CATEGORY_RISK_ACCEPTED
                                                      : waiver.category()))});
  table.Add({"about", TargetText(waiver.target())});
  for (const std::string& finding : waiver.target().findings()) table.Add({"finding", finding});
  table.Add({"matches now", Counted(waiver.matching_finding_count(), "finding", "findings")});
  if (waiver.has_bound())
    table.Add({"holds to", Cat({"a measure of ", Fixed(waiver.bound().worst_value(), 4)})});
  if (waiver.has_start_time()) table.Add({"begins", InstantText(waiver.start_time())});
  table.Add({"ends", InstantText(waiver.expire_time())});
  table.Add({"owner", waiver.owner()});
  table.Add({"requested by", waiver.requester()});
  for (const auto& approval : waiver.approvals()) table.Add({"approved by", ApprovalText(approval)});
  table.Add({"approvals", Cat({std::to_string(waiver.approvals_size()), " of ",
                               std::to_string(waiver.approvals_required())})});
  if (waiver.has_revocation()) table.Add({"revoked by", ApprovalText(waiver.revocation())});
  for (const std::string& control : waiver.compensating_controls()) table.Add({"control", control});
  if (!waiver.ticket().empty()) table.Add({"ticket", waiver.ticket()});
  table.Print(out, false, context.colour);
}

}  // namespace linchpin::cli
