#include "services/cli/report/sankey.h"

#include <algorithm>

#include "services/base/text.h"
#include "services/cli/report/html.h"

namespace linchpin::cli {
namespace {

using base::Cat;

constexpr double kWidth = 656, kHead = 22, kNodeWidth = 10, kLabelGap = 5;
constexpr double kSlot = 18;         // The least that a node takes, so that its label has room.
constexpr double kFlowHeight = 220;  // Of the layer through which most flows.
constexpr double kCharacter = 6.7;   // Of 12 pixel text, generously.

size_t CountCharacters(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string CutLeft(const std::string& text, size_t characters) {
  const size_t count = CountCharacters(text);
  if (count <= characters) return text;
  size_t skip = count - characters + 1, at = 0;
  while (skip > 0) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
    --skip;
  }
  return Cat({"…", text.substr(at)});
}

// Where everything stands.
class Layout {
 public:
  explicit Layout(const FlowPicture& flow) : flow_(flow), in_(flow.nodes.size()), out_(in_), y_(in_) {
    for (const FlowLink& link : flow.links) {
      out_[static_cast<size_t>(link.source)] += link.size;
      in_[static_cast<size_t>(link.target)] += link.size;
    }
    double most = 0;
    for (int layer = 0; layer < LayerCount(); ++layer) most = std::max(most, SizeOf(layer));
    scale_ = most > 0 ? kFlowHeight / most : 0;
    std::vector<double> below(static_cast<size_t>(LayerCount()), kHead);
    for (size_t i = 0; i < flow.nodes.size(); ++i) {
      double& y = below[static_cast<size_t>(flow.nodes[i].layer)];
      y_[i] = y;
      y += std::max(HeightOf(i), kSlot - 4) + 4;
      height_ = std::max(height_, y);
    }
  }

  int LayerCount() const { return static_cast<int>(flow_.layers.size()); }
  double height() const { return height_; }
  double XOf(int layer) const { return layer * Step(); }
  double YOf(size_t node) const { return y_[node]; }
  double HeightOf(size_t node) const { return std::max(1.0, std::max(in_[node], out_[node]) * scale_); }
  double scale() const { return scale_; }
  size_t LabelCharacters() const {
    return static_cast<size_t>((Step() - kNodeWidth - 2 * kLabelGap) / kCharacter);
  }

 private:
  double Step() const { return kWidth / LayerCount(); }
  double SizeOf(int layer) const {
    double size = 0;
    for (size_t i = 0; i < flow_.nodes.size(); ++i) {
      if (flow_.nodes[i].layer == layer) size += std::max(in_[i], out_[i]);
    }
    return size;
  }

  const FlowPicture& flow_;
  std::vector<double> in_, out_, y_;
  double scale_ = 0;
  double height_ = kHead;
};

class Drawer {
 public:
  explicit Drawer(const FlowPicture& flow)
      : flow_(flow), layout_(flow), left_(flow.nodes.size()), entered_(flow.nodes.size()) {}

  std::string Draw(std::string_view summary) {
    const std::string size = Cat({Number(kWidth), " ", Number(layout_.height())});
    std::string svg =
        Cat({"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"", Escaped(summary),
             "\"><svg role=\"img\" aria-label=\"", Escaped(summary), "\" viewBox=\"0 0 ", size, "\">\n"});
    std::vector<FlowLink> links = flow_.links;
    std::sort(links.begin(), links.end(), [](const FlowLink& a, const FlowLink& b) {
      return a.source != b.source ? a.source < b.source : a.target < b.target;
    });
    for (const FlowLink& link : links) svg += Band(link);
    for (size_t i = 0; i < flow_.nodes.size(); ++i) svg += Node(i);
    for (int layer = 0; layer < layout_.LayerCount(); ++layer) {
      svg += Cat({"<text class=\"head\" x=\"", Number(layout_.XOf(layer)), "\" y=\"12\">",
                  Escaped(flow_.layers[static_cast<size_t>(layer)]), "</text>\n"});
    }
    return svg + "</svg></div>\n";
  }

 private:
  std::string Band(const FlowLink& link) {
    const auto source = static_cast<size_t>(link.source), target = static_cast<size_t>(link.target);
    const double size = link.size * layout_.scale();
    const double x1 = layout_.XOf(flow_.nodes[source].layer) + kNodeWidth,
                 x2 = layout_.XOf(flow_.nodes[target].layer), middle = (x1 + x2) / 2;
    const double y1 = layout_.YOf(source) + left_[source], y2 = layout_.YOf(target) + entered_[target];
    left_[source] += size;
    entered_[target] += size;
    const auto curve = [&](double from_x, double from_y, double to_x, double to_y) {
      return Cat({"L", Number(from_x), " ", Number(from_y), "C", Number(middle), " ", Number(from_y), " ",
                  Number(middle), " ", Number(to_y), " ", Number(to_x), " ", Number(to_y)});
    };
    std::string path = curve(x1, y1, x2, y2) + curve(x2, y2 + size, x1, y1 + size);
    path[0] = 'M';
    return Cat({"<path class=\"flow ", flow_.nodes[target].style, "\" d=\"", path, "Z\"/>\n"});
  }

  std::string Node(size_t i) const {
    const FlowNode& node = flow_.nodes[i];
    const double x = layout_.XOf(node.layer), y = layout_.YOf(i), height = layout_.HeightOf(i);
    return Cat(
        {"<rect class=\"", node.style, "\" x=\"", Number(x), "\" y=\"", Number(y), "\" width=\"",
         Number(kNodeWidth), "\" height=\"", Number(height), "\"/><text x=\"",
         Number(x + kNodeWidth + kLabelGap), "\" y=\"", Number(y + std::max(height, kSlot - 4) / 2 + 4),
         "\">", Escaped(node.sign), node.sign.empty() ? "" : " ",
         Escaped(CutLeft(node.label, layout_.LabelCharacters() - (node.sign.empty() ? 0 : 2))), "</text>\n"});
  }

  const FlowPicture& flow_;
  const Layout layout_;
  std::vector<double> left_, entered_;  // How much of each node's height is taken.
};

}  // namespace

std::string Sankey(const FlowPicture& flow, std::string_view summary) { return Drawer(flow).Draw(summary); }

}  // namespace linchpin::cli
