// A flow between layers.
#ifndef LINCHPIN_SERVICES_CLI_REPORT_SANKEY_H_
#define LINCHPIN_SERVICES_CLI_REPORT_SANKEY_H_

#include <string>
#include <string_view>
#include <vector>

namespace linchpin::cli {

struct FlowNode {
  std::string label;      // Cut from the left where it is long: the end of a name tells more.
  std::string style;      // Class of its fill: "n", "s", "i", "r".
  int layer = 0;          // From 0.
  std::string sign = {};  // Before the label, and never cut; may be empty.
};

struct FlowLink {
  int source = 0;  // Place of a node.
  int target = 0;  // Of a later layer.
  double size = 0;
};

struct FlowPicture {
  std::vector<std::string> layers;  // Their titles, at most 4.
  std::vector<FlowNode> nodes;      // In the order in which they stand below each other.
  std::vector<FlowLink> links;
};

// As SVG of 656 by what it needs, which scrolls sideways where less is there. No two labels overlap. A node
// is as high as the larger of what comes in and what goes out. `summary` is what a screen reader says.
std::string Sankey(const FlowPicture& flow, std::string_view summary);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REPORT_SANKEY_H_
