#include "services/cli/commands.h"

#include <map>
#include <set>
#include <string>

#include "services/cli/commands/analyst.h"
#include "services/cli/commands/edit.h"
#include "services/cli/commands/risk/selector.h"
#include "services/cli/what_if.h"

namespace linchpin::cli {

namespace {

// The forms in which each command answers, the default first. What is not named here has one form only.
const std::map<std::string, std::vector<std::string>>& Outputs() {
  static const std::vector<std::string> list = {"table", "wide", "json", "jsonl", "yaml", "csv", "name"};
  static const std::vector<std::string> tree = {"table", "name", "json",    "jsonl",
                                                "yaml",  "dot",  "mermaid", "svg"};
  static const std::vector<std::string> outcomes = {"table", "json", "jsonl", "name"};
  static const auto* const outputs = new std::map<std::string, std::vector<std::string>>{
      {"overview", {"table", "wide", "json", "jsonl", "yaml"}},
      {"apply", outcomes},
      {"diff", {"table", "wide", "json", "jsonl", "yaml"}},
      {"export", {"yaml", "json", "jsonl"}},
      {"get", {"yaml", "table", "wide", "json", "jsonl", "csv", "name"}},
      {"list", list},
      {"edit", outcomes},
      {"delete", outcomes},
      {"tree", tree},
      {"dependents", tree},
      {"why", {"table", "json", "jsonl", "yaml"}},
      {"describe", {"table", "json"}},
      {"log", {"table", "wide", "json", "jsonl", "yaml", "csv"}},
      {"import", {"table", "json", "jsonl", "yaml"}},
      {"catalogue search", list},
      {"catalogue show", {"table", "json", "jsonl", "yaml", "name"}},
      {"check", {"text", "markdown", "json", "sarif", "junit"}},
      {"policy apply", outcomes},
      {"policy check", list},
      {"policy test", {"table"}},
      {"policy pack list", {"table", "wide", "csv", "name"}},
      {"policy pack show", {"table", "yaml", "json", "jsonl"}},
      {"policy pack install", {"table"}},
      {"finding list", list},
      {"finding show", {"table", "json", "jsonl", "yaml"}},
      {"finding acknowledge", {"table", "json", "jsonl", "yaml"}},
      {"finding watch", {"table", "jsonl"}},
      {"waiver", {"table", "json", "jsonl", "yaml"}},
      {"waiver list", list},
      {"report", {"html", "pdf", "json", "jsonl", "yaml"}},
      {"question list", list},
      {"register export", {"text", "json"}},
      {"attest", {"text", "markdown", "json", "jsonl", "yaml"}},
      {"risk concentration", {"table", "wide", "json", "jsonl", "yaml", "csv"}},
      {"risk compare", {"table", "wide", "csv"}},
      {"risk hazards", {"table", "wide", "json", "jsonl", "yaml", "csv"}},
      {"risk history", {"table", "wide", "json", "jsonl", "yaml", "csv"}},
      {"risk loss", {"table", "wide", "json", "jsonl", "yaml", "csv"}},
      {"risk presets", list},
      {"risk cut-sets", {"table", "wide", "json", "jsonl", "yaml", "csv"}},
      {"risk explain", {"table", "wide", "json", "jsonl", "yaml", "csv"}},
      {"risk importance", {"table", "wide", "json", "jsonl", "yaml", "csv"}},
      {"finding fix", {"table", "json", "jsonl", "yaml"}},
      {"risk remedies", {"table", "wide", "json", "jsonl", "yaml", "csv"}},
      {"risk score", list},
      {"risk shared-fate", {"table", "wide", "json", "jsonl", "yaml", "csv"}},
      {"risk simulate", list},
      {"risk single-points", list},
      {"risk sweep", list},
  };
  return *outputs;
}

// Commands that can answer from a past state.
const std::set<std::string>& ReadsPast() {
  static const auto* const paths = new std::set<std::string>{"overview",       "get",
                                                             "list",           "tree",
                                                             "dependents",     "why",
                                                             "describe",       "export",
                                                             "policy check",   "finding list",
                                                             "finding show",   "risk concentration",
                                                             "risk simulate",  "risk sweep",
                                                             "risk score",     "risk explain",
                                                             "risk loss",      "risk single-points",
                                                             "risk cut-sets",  "risk importance",
                                                             "report",         "attest",
                                                             "register export"};
  return *paths;
}

Flag AsOfFlag() {
  return {"as-of",
          0,
          "REVISION|TIME",
          "Answer from the inventory as it was: a revision, a time, a date, or how long ago, such as 7d.",
          "",
          {}};
}

// By the whole path, else by its first word.
std::vector<std::string> OutputsOf(const std::string& path) {
  for (const std::string& key : {path, path.substr(0, path.find(' '))}) {
    if (const auto found = Outputs().find(key); found != Outputs().end()) return found->second;
  }
  return {};
}

// Commands that look up what is stored. All others may make a server compute over the whole graph: a new
// command waits long until it is named here.
bool IsLookup(const std::string& path) {
  static const auto* const lookups = new std::set<std::string>{
      "get",          "list",         "edit",         "delete",       "finding list",
      "finding show", "risk hazards", "risk presets", "risk history",
  };
  return lookups->contains(path);
}

constexpr int kLookupSeconds = 30;

// Whether the command's requests may carry proposed changes.
bool AsksWhatIf(const std::string& path) {
  static const auto* const paths = new std::set<std::string>{
      "question list",    "risk compare",    "risk concentration", "risk cut-sets",      "risk explain",
      "risk hazards",     "risk importance", "risk loss",          "risk remedies",      "risk score",
      "risk shared-fate", "risk simulate",   "risk sweep",         "risk single-points",
  };
  return paths->contains(path);
}

}  // namespace

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
         {OverviewCommands(),   InitCommands(),          ApplyCommands(),       ResourceCommands(),
          EditCommands(),       TraceCommands(),         DescribeCommands(),    LogCommands(),
          FieldCommands(),      ImportCommands(),        PolicyCommands(),      PolicyTestCommands(),
          PackCommands(),       CheckCommands(),         FindingCommands(),     FindingFixCommands(),
          WaiverCommands(),     ConcentrationCommands(), SimulateCommands(),    ScoreCommands(),
          ExplainCommands(),    HistoryCommands(),       LossCommands(),        HazardCommands(),
          PresetCommands(),     SweepCommands(),         SinglePointCommands(), CutSetCommands(),
          ImportanceCommands(), SharedFateCommands(),    RemedyCommands(),      ReportCommands(),
          CatalogueCommands(),  QuestionCommands(),      AttestCommands(),      RegisterCommands(),
          HelpCommands()}) {
      all->insert(all->end(), part.begin(), part.end());
    }
    AddSelectorFlags(*all);
    for (Command& command : *all) {
      if (ReadsPast().count(command.path) > 0) command.flags.push_back(AsOfFlag());
      if (AsksWhatIf(command.path)) command.flags.push_back(WhatIfFlag());
      command.outputs = OutputsOf(command.path);
      if (IsLookup(command.path)) command.timeout_seconds = kLookupSeconds;
    }
    return all;
  }();
  return *commands;
}

}  // namespace linchpin::cli
