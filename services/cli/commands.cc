#include "services/cli/commands.h"

#include <map>

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
      {"diff", {"table"}},
      {"export", {"yaml", "json", "jsonl"}},
      {"get", {"yaml", "table", "wide", "json", "jsonl", "csv", "name"}},
      {"list", list},
      {"delete", outcomes},
      {"tree", tree},
      {"dependents", tree},
      {"why", {"table", "json", "jsonl", "yaml"}},
      {"import", {"table", "json", "jsonl", "yaml"}},
      {"catalogue search", list},
      {"catalogue show", {"table", "json", "jsonl", "yaml", "name"}},
      {"policy apply", outcomes},
      {"policy check", list},
      {"finding list", list},
      {"finding show", {"table", "json", "jsonl", "yaml"}},
      {"risk concentration", {"table", "wide", "json", "jsonl", "yaml", "csv"}},
      {"risk compare", {"table", "wide", "csv"}},
      {"risk hazards", {"table", "wide", "json", "jsonl", "yaml", "csv"}},
      {"risk history", {"table", "wide", "json", "jsonl", "yaml", "csv"}},
      {"risk loss", {"table", "wide", "json", "jsonl", "yaml", "csv"}},
      {"risk presets", list},
      {"risk cut-sets", {"table", "wide", "json", "jsonl", "yaml", "csv"}},
      {"risk explain", {"table", "wide", "json", "jsonl", "yaml", "csv"}},
      {"risk importance", {"table", "wide", "json", "jsonl", "yaml", "csv"}},
      {"risk score", list},
      {"risk simulate", list},
      {"risk single-points", list},
      {"risk sweep", list},
  };
  return *outputs;
}

// By the whole path, else by its first word.
std::vector<std::string> OutputsOf(const std::string& path) {
  for (const std::string& key : {path, path.substr(0, path.find(' '))}) {
    if (const auto found = Outputs().find(key); found != Outputs().end()) return found->second;
  }
  return {};
}

}  // namespace

Flag FileFlag() {
  return {"file", 'f', "FILE", "File or folder of resources; `-` is the standard input. May be given again.",
          "",     {}};
}

Flag DryRunFlag() {
  return {"dry-run", 0, "", "Let the server check everything and change nothing.", "", {}};
}

const std::vector<Command>& Commands() {
  static const auto* const commands = [] {
    auto* all = new std::vector<Command>;
    for (auto part : {OverviewCommands(),      InitCommands(),        ApplyCommands(),  ResourceCommands(),
                      TraceCommands(),         ImportCommands(),      PolicyCommands(), FindingCommands(),
                      ConcentrationCommands(), SimulateCommands(),    ScoreCommands(),  ExplainCommands(),
                      HistoryCommands(),       LossCommands(),        HazardCommands(), PresetCommands(),
                      SweepCommands(),         SinglePointCommands(), CutSetCommands(), ImportanceCommands(),
                      ReportCommands(),        CatalogueCommands(),   HelpCommands()}) {
      all->insert(all->end(), part.begin(), part.end());
    }
    for (Command& command : *all) command.outputs = OutputsOf(command.path);
    return all;
  }();
  return *commands;
}

}  // namespace linchpin::cli
