// A trace as text, as a graph for other programs, and as a picture.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_SUPPLY_TREE_H_
#define LINCHPIN_SERVICES_CLI_PRINT_SUPPLY_TREE_H_

#include <ostream>
#include <string>
#include <vector>

#include "linchpin/inventory/v1/trace.pb.h"

namespace linchpin::cli {

// The steps of a whole answer, and which way it went.
struct SupplyTree {
  std::vector<inventory::v1::TraceStep> steps;
  inventory::v1::TraceSummary summary;
  bool dependents = false;
};

// "serves", "fallback 1 of answer": what a link says of the thing below it; upwards when `dependents`.
std::string LinkText(const inventory::v1::SupplyLink& link, bool dependents);
// "foreign", "untested fallback".
std::string MarkText(inventory::v1::TraceStep::Mark mark);
// Marks and unknown facts in one bracket, with a space before; empty if there are none.
std::string RemarkText(const inventory::v1::TraceStep& step);

void PrintText(const SupplyTree& tree, bool colour, std::ostream& out);
// Graphviz. Names are quoted; every thing is one node.
void PrintDot(const SupplyTree& tree, std::ostream& out);
// Mermaid flowchart, as Markdown pages of code hosts show it.
void PrintMermaid(const SupplyTree& tree, std::ostream& out);
// One picture without scripts or outside references: a line for each step.
void PrintSvg(const SupplyTree& tree, std::ostream& out);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_SUPPLY_TREE_H_
