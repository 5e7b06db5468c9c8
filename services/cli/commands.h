// The commands. One function makes the table that parsing, help, the reference page and completion go by.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_H_

#include <string>
#include <vector>

#include "services/cli/flags/arguments.h"

namespace linchpin::cli {

// All commands, in the order of the help.
const std::vector<Command>& Commands();

// Each group's part of the table, defined in the file of its name.
std::vector<Command> OverviewCommands();
std::vector<Command> ApplyCommands();          // apply, diff, export
std::vector<Command> ResourceCommands();       // get, list, delete
std::vector<Command> TraceCommands();          // tree, dependents, why
std::vector<Command> DescribeCommands();       // describe
std::vector<Command> LogCommands();            // log
std::vector<Command> FieldCommands();          // explain
std::vector<Command> ImportCommands();         // import litellm
std::vector<Command> InitCommands();           // init
std::vector<Command> CatalogueCommands();      // catalogue search, show, coverage
std::vector<Command> CheckCommands();          // check
std::vector<Command> PolicyCommands();         // policy apply, policy check
std::vector<Command> PolicyTestCommands();     // policy test
std::vector<Command> PackCommands();           // policy pack list, show, install
std::vector<Command> FindingCommands();        // finding list, show, acknowledge, watch
std::vector<Command> WaiverCommands();         // waiver request, approve, revoke, list, show
std::vector<Command> QuestionCommands();       // question list
std::vector<Command> ConcentrationCommands();  // risk concentration
std::vector<Command> SimulateCommands();       // risk simulate
std::vector<Command> SweepCommands();          // risk sweep
std::vector<Command> ScoreCommands();          // risk score
std::vector<Command> ExplainCommands();        // risk explain
std::vector<Command> ReportCommands();         // report
std::vector<Command> HazardCommands();         // risk hazards
std::vector<Command> LossCommands();           // risk loss
std::vector<Command> PresetCommands();         // risk presets
std::vector<Command> CompareCommands();        // risk compare
std::vector<Command> HistoryCommands();        // risk history
std::vector<Command> SinglePointCommands();    // risk single-points
std::vector<Command> CutSetCommands();         // risk cut-sets
std::vector<Command> ImportanceCommands();     // risk importance
std::vector<Command> RemedyCommands();         // risk remedies
std::vector<Command> FindingFixCommands();     // finding fix
std::vector<Command> SharedFateCommands();     // risk shared-fate
std::vector<Command> AttestCommands();         // attest
std::vector<Command> RegisterCommands();       // register export
std::vector<Command> HelpCommands();           // help, completion, version

// Forms of answers that several commands share (Command::outputs): of a list of things, of figures, of one
// thing, of writes, and of a graph.
std::vector<std::string> ListOutputs();
std::vector<std::string> FigureOutputs();
std::vector<std::string> DocumentOutputs();
std::vector<std::string> OutcomeOutputs();
std::vector<std::string> TreeOutputs();

// Flags that several commands share.
Flag FileFlag();
Flag DryRunFlag();
Flag HazardsFlag();
// --check and --override-check: of commands that write the inventory (client/checked_client.h).
Flag CheckFlag();
Flag OverrideCheckFlag();

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_H_
