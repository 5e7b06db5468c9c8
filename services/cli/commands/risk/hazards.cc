// risk hazards: what scores and losses assume.
#include "google/protobuf/util/message_differencer.h"
#include "linchpin/risk/v1/hazard.pb.h"
#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/context.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/table.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

std::string About(const risk::Hazard& hazard) {
  return hazard.atom().empty() ? FlagWord(*risk::HazardClass_descriptor(), hazard.hazard_class())
                               : hazard.atom();
}

std::string LastsText(const risk::Hazard& hazard) {
  const std::string lasts = hazard.has_duration() ? Span(hazard.duration()) : "for good";
  return hazard.has_severity_ppm() ? Cat({lasts, ", ", PercentOfPpm(hazard.severity_ppm()), " lost"}) : lasts;
}

// Rows of atoms that differ in the atom alone, such as those of the countries at home.
bool AssumesAlike(const risk::Hazard& a, risk::Hazard b) {
  if (a.atom().empty() || b.atom().empty()) return false;
  b.set_atom(a.atom());
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
}

void PrintHazards(Context& context, const risk::GetHazardsResponse& response) {
  const bool csv = context.Output("table") == "csv";
  Table table({{"HAZARD"},
               {"A YEAR", true},
               {"NOTICE", true},
               {"LASTS"},
               {"WHY", false, !csv},
               {"SOURCE", false, false, 1}});
  for (int i = 0; i < response.hazards_size(); ++i) {
    const risk::Hazard& hazard = response.hazards(i);
    std::string about = About(hazard);
    while (!csv && i + 1 < response.hazards_size() && AssumesAlike(hazard, response.hazards(i + 1)))
      about += Cat({", ", About(response.hazards(++i))});
    table.Add({about, resource::FormatNumber(hazard.rate_per_year()),
               hazard.notice().seconds() == 0 ? "none" : Span(hazard.notice()), LastsText(hazard),
               hazard.reason(), hazard.source()});
  }
  PrintTable(context, table);
}

absl::StatusOr<int> RiskHazards(Context& context) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  risk::GetHazardsRequest request;
  request.set_hazard_table(context.arguments.Get("hazards"));
  risk::GetHazardsResponse response;
  if (absl::Status status = (*client)->Call(kRisk, "GetHazards", request, response); !status.ok())
    return status;
  if (PrintMessage(context, response)) return kOk;
  if (context.Output("table") == "csv") {
    PrintHazards(context, response);
    return kOk;
  }
  context.out << response.hazard_table() << ", version " << response.hazard_table_version()
              << ": assumptions; a table `hazardTables/default` of your own replaces them row by row\n\n";
  PrintHazards(context, response);
  if (response.retirements_size() > 0) {
    context.out << "\nRetired on a date, which leaves nothing to chance:\n";
    Table table({{"DATE"}, {"MODEL"}});
    for (const auto& retirement : response.retirements()) {
      table.Add({resource::FormatTime(retirement.retirement_time()).substr(0, sizeof("2026-01-01") - 1),
                 retirement.model()});
    }
    PrintTable(context, table, 2);
  }
  return kOk;
}

}  // namespace

Flag HazardsFlag() {
  return {"hazards",
          0,
          "TABLE",
          "Table of hazards, such as hazardTables/strict or hazardTables/shipped. Absent: the one that "
          "holds.",
          "",
          {}};
}

std::vector<Command> HazardCommands() {
  std::vector<Command> commands;
  commands.push_back(
      {"risk hazards",
       "Show what scores and losses assume: how often what is lost, with what notice, for how long.",
       "",
       0,
       0,
       {HazardsFlag()},
       {"linchpin risk hazards", "linchpin risk hazards -o yaml",
        "linchpin risk hazards --hazards hazardTables/shipped"},
       "Rows of your own stand in a HazardTable: `linchpin apply -f hazards.yaml`.",
       RiskHazards});
  return commands;
}

}  // namespace linchpin::cli
