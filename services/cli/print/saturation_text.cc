#include "services/cli/print/saturation_text.h"

#include <string>
#include <vector>

#include "services/base/text.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

constexpr size_t kShown = 5;
constexpr size_t kIndent = 4;

std::string Units(int64_t micro) {
  return micro % 1'000'000 == 0 ? Grouped(micro / 1'000'000) : Fixed(static_cast<double>(micro) / 1e6, 3);
}

std::string When(const risk::Saturation& one) {
  const std::string start = one.start().seconds() == 0 ? "at once" : Cat({"after ", Span(one.start())});
  return one.has_end()
             ? Cat({"from ", start == "at once" ? "the start" : Span(one.start()), " to ", Span(one.end())})
             : Cat({start, " and from then on"});
}

std::string RuleText(risk::LossRule rule) {
  switch (rule) {
    case risk::LOSS_RULE_PRIORITY:
      return "a smaller priority is served first";
    case risk::LOSS_RULE_NAME:
      return "of equal priority, served first by name";
    case risk::LOSS_RULE_CAPACITY:
      return "it asks for more than there is";
    default:
      return "";
  }
}

void Print(Context& context, const risk::Saturation& one) {
  const char* how = one.reading() == risk::READING_PROVEN   ? " runs short"
                    : one.reading() == risk::READING_LIKELY ? " probably runs short"
                                                            : " may run short, which is not excluded";
  context.out << "\n"
              << Painted(Cat({one.deployment(), how}), Paint::kBold, context.colour) << " " << When(one)
              << ": " << Units(one.asked_micro_units()) << " units are asked of it, "
              << Units(one.usual_micro_units()) << " with nothing cut; it carries "
              << Units(one.carried_micro_units()) << ". "
              << Counted(one.diverted_count(), "dependency is", "dependencies are") << " diverted to it, "
              << Grouped(one.loser_count()) << (one.loser_count() == 1 ? " gets" : " get")
              << " less than asked for.\n";
  Table table({{"DEPENDENCY"},
               {"PRIORITY", true, false, 2},
               {"USUAL", true, false, 1},
               {"ASKS", true},
               {"GETS", true},
               {"WHY LESS", false, true}});
  for (const risk::PoolDraw& draw : one.draws()) {
    const bool loses = draw.got_micro_units() < draw.asked_micro_units();
    table.Add({draw.dependency(), std::to_string(draw.priority()), Units(draw.usual_micro_units()),
               Cat({Units(draw.asked_micro_units()), draw.diverted() ? " diverted" : ""}),
               Table::Cell(Units(draw.got_micro_units()), loses ? Paint::kRed : Paint::kNone),
               RuleText(draw.rule())});
  }
  PrintTable(context, table, kIndent);
  if (one.draw_count() > one.draws_size())
    context.out << "    and " << Grouped(one.draw_count() - one.draws_size()) << " more\n";
}

}  // namespace

void PrintSaturations(Context& context, const risk::SimulateCutoffResponse& response, bool all) {
  size_t shown = 0, left = 0;
  for (const risk::Saturation& one : response.saturations()) {
    if (!all && one.reading() == risk::READING_NOT_EXCLUDED) continue;
    if (all || shown < kShown) {
      Print(context, one);
      ++shown;
    } else {
      ++left;
    }
  }
  if (left > 0)
    context.out << "\n"
                << Counted(static_cast<int64_t>(left), "more deployment runs", "more deployments run")
                << " short; --all shows them\n";
}

}  // namespace linchpin::cli
