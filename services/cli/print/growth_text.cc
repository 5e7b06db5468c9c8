#include "services/cli/print/growth_text.h"

#include <string>

#include "services/base/text.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/finding_text.h"
#include "services/cli/print/output.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
using base::Cat;

std::string ChangeText(policy::Growth::Change change) {
  switch (change) {
    case policy::Growth::CHANGE_CAME:
      return "new in the inventory";
    case policy::Growth::CHANGE_WENT:
      return "gone: the rest weighs more";
    case policy::Growth::CHANGE_COUNTED:
      return "counted since";
    case policy::Growth::CHANGE_NO_LONGER_COUNTED:
      return "no longer counted: the rest weighs more";
    default:
      return "depends on something else, or weighs more";
  }
}

void PrintEnds(Context& context, const policy::Explanation& explanation) {
  const policy::Growth& growth = explanation.growth();
  const std::string& metric = explanation.measure().metric();
  Table table({{""}, {"WHEN"}, {"REVISION", true}, {"MEASURE", true}, {"CONSUMERS", true}});
  table.Add({"then", InstantText(growth.past_time()), Grouped(growth.past_revision()),
             MeasureText(metric, growth.past_value()), Grouped(growth.past_population())});
  table.Add({"now", InstantText(explanation.evaluated_time()), Grouped(explanation.inventory_revision()),
             MeasureText(metric, growth.value()), Grouped(explanation.measure().population())});
  table.Print(context.out, true, context.colour, 0, 2);
}

void PrintContributors(Context& context, const policy::Growth& growth) {
  if (growth.contributors_size() == 0) return;
  context.out << "\nWho accounts for it";
  if (!growth.group().empty()) context.out << ", by the weight of " << growth.group();
  context.out << ":\n";
  Table table({{"POINTS", true}, {"CONSUMER"}, {"THEN", true}, {"NOW", true}, {"WHAT", false, true}});
  for (const auto& one : growth.contributors())
    table.Add({Cat({"+", Percent(one.points())}), one.consumer(), Percent(one.past_part()),
               Percent(one.part()), ChangeText(one.change())});
  table.Print(context.out, true, context.colour, 0, 2);
  const int64_t more = growth.contributor_count() - growth.contributors_size();
  if (more > 0) context.out << "  ... and " << Grouped(more) << " more\n";
}

}  // namespace

void PrintGrowth(Context& context, const policy::Explanation& explanation) {
  const policy::Growth& growth = explanation.growth();
  context.out << "\nBoth ends of the window:\n";
  PrintEnds(context, explanation);
  PrintContributors(context, growth);
  if (growth.moves_size() > 0) {
    context.out << "\nFacts that changed:\n";
    Table table({{"DEPLOYMENT"}, {"THEN"}, {"NOW"}});
    for (const auto& move : growth.moves()) table.Add({move.deployment(), move.from(), move.to()});
    table.Print(context.out, true, context.colour, 0, 2);
  }
  if (growth.learnt_count() == 0) return;
  context.out << "\nKnown since, and read so at both ends: "
              << Counted(growth.learnt_count(), "fact", "facts") << "\n";
  for (const std::string& learnt : growth.learnt()) context.out << "  " << learnt << "\n";
}

}  // namespace linchpin::cli
