#include "services/cli/print/supply_tree.h"

#include <map>
#include <set>

#include "absl/strings/str_replace.h"
#include "services/base/text.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {
namespace {

namespace v1 = inventory::v1;
using base::Cat;

std::string RelationText(v1::Model::Relation relation) {
  if (relation == v1::Model::RELATION_UNSPECIFIED) return "";
  std::string text = v1::Model::Relation_Name(relation).substr(std::string("RELATION_").size());
  for (char& c : text) c = c == '_' ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return Cat({" (", text, ")"});
}

std::string AlternativeText(const v1::SupplyLink& link) {
  if (link.alternative() == 0) return link.dependency();
  return Cat({"fallback ", std::to_string(link.alternative()), " of ", link.dependency()});
}

// What a thing below is to the one above it, both ways.
std::pair<std::string, std::string> WordsOf(const v1::SupplyLink& link) {
  switch (link.kind()) {
    case v1::SupplyLink::KIND_MODEL:
      return {"serves", "served by"};
    case v1::SupplyLink::KIND_OPERATOR:
      return {"operated by", "operates"};
    case v1::SupplyLink::KIND_INTERMEDIARY:
      return {"called through", "lies before"};
    case v1::SupplyLink::KIND_HOST:
      return {"runs on", "hosts"};
    case v1::SupplyLink::KIND_PROVIDER:
      return {"provided by", "provides"};
    case v1::SupplyLink::KIND_DEVELOPER:
      return {"developed by", "developed"};
    case v1::SupplyLink::KIND_LICENCE:
      return {"licensed under", "binds"};
    case v1::SupplyLink::KIND_BASE:
      return {Cat({"made from", RelationText(link.relation())}),
              Cat({"base of", RelationText(link.relation())})};
    case v1::SupplyLink::KIND_PARENT:
      return {"controlled by", "controls"};
    default:
      return {AlternativeText(link), Cat({"used as ", AlternativeText(link), " by"})};
  }
}

// Whether each step is the last that hangs from its parent.
std::vector<bool> Lasts(const SupplyTree& tree) {
  std::vector<bool> last(tree.steps.size(), false);
  std::set<int> met;
  for (size_t i = tree.steps.size(); i-- > 0;) last[i] = met.insert(tree.steps[i].parent()).second;
  return last;
}

// Lines of the branches before a step: those of its ancestors that go on.
std::string Branches(const SupplyTree& tree, const std::vector<bool>& last, size_t at) {
  if (tree.steps[at].parent() < 0) return "";
  std::string text = last[at] ? "└─ " : "├─ ";
  for (int above = tree.steps[at].parent(); tree.steps[static_cast<size_t>(above)].parent() >= 0;
       above = tree.steps[static_cast<size_t>(above)].parent()) {
    text = (last[static_cast<size_t>(above)] ? "   " : "│  ") + text;
  }
  return text;
}

std::string StepText(const SupplyTree& tree, const v1::TraceStep& step) {
  const std::string link = step.has_link() ? LinkText(step.link(), tree.dependents) + " " : "";
  return Cat({link, step.name(), step.repeated() ? " (shown elsewhere)" : ""});
}

std::string Quoted(const std::string& text) {
  return Cat({"\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", " "}}), "\""});
}

std::string Escaped(const std::string& text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

// Things by name, with a short id each, and the links between them, each once, from what depends on to what
// it depends on.
struct Drawing {
  std::map<std::string, std::string> id_of;
  std::vector<std::pair<std::string, const v1::TraceStep*>> nodes;  // In the order of steps.
  std::vector<const v1::SupplyLink*> links;
};

Drawing DrawingOf(const SupplyTree& tree) {
  Drawing drawing;
  for (const v1::TraceStep& step : tree.steps) {
    const std::string id = Cat({"n", std::to_string(drawing.id_of.size())});
    if (drawing.id_of.emplace(step.name(), id).second) drawing.nodes.emplace_back(id, &step);
    if (step.has_link()) drawing.links.push_back(&step.link());
  }
  return drawing;
}

}  // namespace

std::string LinkText(const v1::SupplyLink& link, bool dependents) {
  const auto [down, up] = WordsOf(link);
  return dependents ? up : Cat({down, link.kind() == v1::SupplyLink::KIND_ALTERNATIVE ? ":" : ""});
}

std::string MarkText(v1::TraceStep::Mark mark) {
  switch (mark) {
    case v1::TraceStep::MARK_FOREIGN:
      return "foreign";
    case v1::TraceStep::MARK_RETIRED:
      return "retired";
    case v1::TraceStep::MARK_RETIRING:
      return "retires within 90 days";
    case v1::TraceStep::MARK_NO_FALLBACK:
      return "no fallback";
    case v1::TraceStep::MARK_SINGLE_VENDOR:
      return "all alternatives at one vendor";
    case v1::TraceStep::MARK_UNTESTED:
      return "untested fallback";
    default:
      return "";
  }
}

std::string RemarkText(const v1::TraceStep& step) {
  std::vector<std::string> remarks;
  for (int mark : step.marks()) remarks.push_back(MarkText(static_cast<v1::TraceStep::Mark>(mark)));
  if (step.unknown_fields_size() > 0) {
    remarks.push_back(
        Cat({"unknown: ", base::JoinNames({step.unknown_fields().begin(), step.unknown_fields().end()})}));
  }
  return remarks.empty() ? "" : Cat({" [", base::JoinNames(remarks, 20), "]"});
}

void PrintText(const SupplyTree& tree, bool colour, std::ostream& out) {
  const std::vector<bool> last = Lasts(tree);
  for (size_t i = 0; i < tree.steps.size(); ++i) {
    const v1::TraceStep& step = tree.steps[i];
    out << Painted(Branches(tree, last, i), Paint::kDim, colour) << StepText(tree, step)
        << Painted(RemarkText(step), step.marks_size() > 0 ? Paint::kYellow : Paint::kDim, colour) << "\n";
  }
}

void PrintDot(const SupplyTree& tree, std::ostream& out) {
  const Drawing drawing = DrawingOf(tree);
  out << "digraph supply {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n";
  for (const auto& [id, step] : drawing.nodes) {
    const std::string remark = RemarkText(*step);
    out << "  " << id << " [label=" << Quoted(step->name() + remark)
        << (step->marks_size() > 0 ? ", style=bold" : "") << "];\n";
  }
  for (const v1::SupplyLink* link : drawing.links) {
    const bool spare = link->kind() == v1::SupplyLink::KIND_ALTERNATIVE && link->alternative() > 0;
    out << "  " << drawing.id_of.at(link->from()) << " -> " << drawing.id_of.at(link->to())
        << " [label=" << Quoted(LinkText(*link, false)) << (spare ? ", style=dashed" : "") << "];\n";
  }
  out << "}\n";
}

void PrintMermaid(const SupplyTree& tree, std::ostream& out) {
  const Drawing drawing = DrawingOf(tree);
  // Mermaid has no escape for quotes but its own entity.
  auto text = [](const std::string& plain) {
    return Cat(
        {"\"",
         absl::StrReplaceAll(Escaped(plain),
                             {{"&quot;", "#quot;"}, {"&amp;", "#amp;"}, {"&lt;", "#lt;"}, {"&gt;", "#gt;"}}),
         "\""});
  };
  out << "flowchart LR\n";
  for (const auto& [id, step] : drawing.nodes)
    out << "  " << id << "[" << text(step->name() + RemarkText(*step)) << "]\n";
  for (const v1::SupplyLink* link : drawing.links) {
    const bool spare = link->kind() == v1::SupplyLink::KIND_ALTERNATIVE && link->alternative() > 0;
    out << "  " << drawing.id_of.at(link->from()) << (spare ? " -.->|" : " -->|")
        << text(LinkText(*link, false)) << "| " << drawing.id_of.at(link->to()) << "\n";
  }
}

void PrintSvg(const SupplyTree& tree, std::ostream& out) {
  constexpr int kRow = 24, kIndent = 22, kLeft = 12;
  constexpr double kLetter = 7.2;  // Of the monospaced font below, in pixels.
  size_t width = 0;
  std::vector<std::string> lines;
  for (const v1::TraceStep& step : tree.steps) {
    lines.push_back(StepText(tree, step) + RemarkText(step));
    width = std::max(width, static_cast<size_t>(step.depth() * kIndent + kLeft * 2 + 12 +
                                                static_cast<double>(lines.back().size()) * kLetter));
  }
  const size_t height = tree.steps.size() * kRow + 12;
  out << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" << width << "\" height=\"" << height
      << "\" viewBox=\"0 0 " << width << " " << height << "\" role=\"img\">\n<title>"
      << Escaped(tree.steps.empty() ? "" : tree.steps[0].name()) << "</title>\n"
      << "<style>text{font:12px "
         "monospace;fill:#1a1a1a}path{stroke:#8a8a8a;fill:none}.m{font-weight:bold;fill:#8a3b00}</style>\n"
      << "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n";
  for (size_t i = 0; i < tree.steps.size(); ++i) {
    const v1::TraceStep& step = tree.steps[i];
    const int x = kLeft + step.depth() * kIndent, y = static_cast<int>(i) * kRow + 20;
    if (step.parent() >= 0) {
      const auto& above = tree.steps[static_cast<size_t>(step.parent())];
      const int from_x = kLeft + above.depth() * kIndent + 5, from_y = step.parent() * kRow + 25;
      out << "<path d=\"M" << from_x << " " << from_y << "V" << y - 4 << "H" << x - 3 << "\"/>\n";
    }
    out << "<text x=\"" << x << "\" y=\"" << y << "\"" << (step.marks_size() > 0 ? " class=\"m\"" : "") << ">"
        << Escaped(lines[i]) << "</text>\n";
  }
  out << "</svg>\n";
}

}  // namespace linchpin::cli
