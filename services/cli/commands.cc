#include "services/cli/commands.h"

#include <string>
#include <utility>

#include "services/cli/commands/edit.h"
#include "services/cli/selector.h"
#include "services/cli/what_if.h"

namespace linchpin::cli {

namespace {

Flag AsOfFlag() {
  return {"as-of",
          0,
          "REVISION|TIME",
          "Answer from the inventory as it was: a revision, a time, a date, or how long ago, such as 7d.",
          "",
          {}};
}

void AddSharedFlags(Command& command) {
  if (command.selects_consumers) {
    for (Flag& flag : SelectorFlags()) command.flags.push_back(std::move(flag));
  }
  if (command.reads_past) command.flags.push_back(AsOfFlag());
  if (command.asks_what_if) command.flags.push_back(WhatIfFlag());
}

}  // namespace

std::vector<std::string> ListOutputs() { return {"table", "wide", "json", "jsonl", "yaml", "csv", "name"}; }
std::vector<std::string> FigureOutputs() { return {"table", "wide", "json", "jsonl", "yaml", "csv"}; }
std::vector<std::string> DocumentOutputs() { return {"table", "json", "jsonl", "yaml"}; }
std::vector<std::string> OutcomeOutputs() { return {"table", "json", "jsonl", "name"}; }
std::vector<std::string> TreeOutputs() {
  return {"table", "name", "json", "jsonl", "yaml", "dot", "mermaid", "svg"};
}

Flag FileFlag() {
  return {"file", 'f', "FILE", "File or folder of resources; `-` is the standard input. Repeatable.", "", {}};
}

Flag CheckFlag() {
  return {"check",
          0,
          "",
          "Check each write against the policies first, and write only what they allow, also where the "
          "server does not ask for it.",
          "",
          {}};
}

Flag OverrideCheckFlag() {
  return {
      "override-check",
      0,
      "REASON",
      "Write without the check that the server asks for. Needs the role admin; the audit keeps the reason.",
      "",
      {}};
}

Flag DryRunFlag() {
  return {"dry-run", 0, "", "Let the server check everything and change nothing.", "", {}};
}

const std::vector<Command>& Commands() {
  static const auto* const commands = [] {
    auto* all = new std::vector<Command>;
    for (auto part :
         {OverviewCommands(), InitCommands(),          ApplyCommands(),      ResourceCommands(),
          EditCommands(),     TraceCommands(),         DescribeCommands(),   LogCommands(),
          FieldCommands(),    ImportCommands(),        PolicyCommands(),     PolicyTestCommands(),
          PackCommands(),     CheckCommands(),         FindingCommands(),    FindingFixCommands(),
          WaiverCommands(),   ConcentrationCommands(), SimulateCommands(),   ScoreCommands(),
          ExplainCommands(),  HistoryCommands(),       LossCommands(),       HazardCommands(),
          PresetCommands(),   CompareCommands(),       SweepCommands(),      SinglePointCommands(),
          CutSetCommands(),   ImportanceCommands(),    SharedFateCommands(), RemedyCommands(),
          ReportCommands(),   CatalogueCommands(),     QuestionCommands(),   AttestCommands(),
          RegisterCommands(), HelpCommands()}) {
      all->insert(all->end(), part.begin(), part.end());
    }
    for (Command& command : *all) AddSharedFlags(command);
    return all;
  }();
  return *commands;
}

}  // namespace linchpin::cli
