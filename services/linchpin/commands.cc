#include "services/linchpin/commands.h"

namespace linchpin::cli {

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
    for (auto part :
         {OverviewCommands(), ApplyCommands(), ResourceCommands(), ImportCommands(), PolicyCommands(),
          FindingCommands(), ConcentrationCommands(), SimulateCommands(), SweepCommands(), HelpCommands()}) {
      all->insert(all->end(), part.begin(), part.end());
    }
    return all;
  }();
  return *commands;
}

}  // namespace linchpin::cli
