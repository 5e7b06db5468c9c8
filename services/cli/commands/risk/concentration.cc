#include "services/cli/commands/risk/concentration.h"

#include "linchpin/common/v1/dimension.pb.h"
#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/home.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/stand_in_text.h"
#include "services/cli/print/table.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

namespace common = linchpin::common::v1;
using base::Cat;
using linchpin::risk::v1::Concentration;
using linchpin::risk::v1::GetConcentrationRequest;
using linchpin::risk::v1::GetConcentrationResponse;

constexpr int kGroupsShown = 20;

std::string DimensionName(common::Dimension dimension) {
  return FlagWord(*common::Dimension_descriptor(), dimension);
}
std::string BasisName(common::Basis basis) {
  return FlagWord(*common::Basis_descriptor(), basis == 0 ? common::BASIS_APPLICATIONS : basis);
}

// Weights are kept in millionths where consumers are counted.
std::string WeightText(int64_t weight, common::Basis basis) {
  const bool millionths = basis == common::BASIS_UNSPECIFIED || basis == common::BASIS_APPLICATIONS ||
                          basis == common::BASIS_CRITICALITY;
  return millionths ? Fixed(static_cast<double>(weight) / 1e6, 2) : Grouped(weight);
}

Table::Cell UnknownCell(double ratio) { return {Percent(ratio), ratio > 0 ? Paint::kYellow : Paint::kNone}; }

// A known absence in words.
std::string GroupText(common::Dimension dimension, const std::string& key) {
  if (key != "none") return key;
  switch (dimension) {
    case common::DIMENSION_OPERATOR:
    case common::DIMENSION_OPERATOR_GROUP:
      return "none (self-hosted)";
    case common::DIMENSION_HOST_PROVIDER:
    case common::DIMENSION_HOST_PROVIDER_GROUP:
      return "none (own premises)";
    default:
      return key;
  }
}

// The largest group that is known, else `unknown`.
const Concentration::Group* Largest(const Concentration& figure) {
  for (const auto& group : figure.groups()) {
    if (group.key() != "unknown") return &group;
  }
  return figure.groups_size() > 0 ? &figure.groups(0) : nullptr;
}

void PrintGroups(Context& context, const Concentration& figure, common::Basis basis, int groups_max) {
  context.out << "\n"
              << Painted(DimensionName(figure.dimension()), Paint::kBold, context.colour) << ": HHI "
              << Range(Fixed(figure.hhi_lower(), 0), Fixed(figure.hhi_upper(), 0))
              << (figure.untold() ? ", mostly unknown"
                                  : Cat({", as if ", Fixed(figure.effective_number(), 1),
                                         " equal ones shared the weight"}))
              << "\n";
  Table table({{"SHARE", true},
               {"AT LEAST", true, false, 1},
               {"AT MOST", true, false, 2},
               {"WEIGHT", true, false, 3},
               {"GROUP"},
               {"UNKNOWN THROUGH", false, true}});
  for (const auto& group : figure.groups()) {
    const bool unknown = group.key() == "unknown";
    std::vector<std::string> through(group.unknown_through().begin(), group.unknown_through().end());
    table.Add(
        {Percent(group.share_ratio()), unknown ? "" : Percent(group.share_lower_ratio()),
         unknown ? "" : Percent(group.share_upper_ratio()),
         WeightText(group.weight() + group.likely_weight(), basis),
         Table::Cell(GroupText(figure.dimension(), group.key()), unknown ? Paint::kYellow : Paint::kNone),
         base::JoinNames(through, 5)});
  }
  PrintTable(context, table, 2);
  if (figure.groups_size() == groups_max)
    context.out << "  ... there may be smaller ones; --groups shows more\n";
  if (figure.unattributed_weight() > 0) {
    context.out << "  not in these figures: weight " << WeightText(figure.unattributed_weight(), basis)
                << " of consumers without any dependency\n";
  }
  if (figure.unmeasured() > 0)
    context.out << "  not in these figures: " << Counted(figure.unmeasured(), "dependency", "dependencies")
                << " without usage\n";
}

void PrintGroupsCsv(Context& context, const GetConcentrationResponse& response) {
  Table table({{"DIMENSION"},
               {"HHI LOWER"},
               {"HHI LIKELY"},
               {"HHI UPPER"},
               {"GROUP"},
               {"WEIGHT"},
               {"WEIGHT LIKELY"},
               {"SHARE LOWER"},
               {"SHARE LIKELY"},
               {"SHARE UPPER"}});
  for (const Concentration& figure : response.concentrations()) {
    for (const auto& group : figure.groups()) {
      table.Add(
          {DimensionName(figure.dimension()), resource::FormatNumber(figure.hhi_lower()),
           resource::FormatNumber(figure.hhi()), resource::FormatNumber(figure.hhi_upper()), group.key(),
           std::to_string(group.weight()), std::to_string(group.weight() + group.likely_weight()),
           resource::FormatNumber(group.share_lower_ratio()), resource::FormatNumber(group.share_ratio()),
           resource::FormatNumber(group.share_upper_ratio())});
    }
  }
  PrintTable(context, table);
}

absl::StatusOr<int> RiskConcentration(Context& context) {
  absl::StatusOr<GetConcentrationRequest> request = ConcentrationRequest(context);
  if (!request.ok()) return request.status();
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  GetConcentrationResponse response;
  if (absl::Status status = (*client)->Call(kRisk, "GetConcentration", *request, response); !status.ok())
    return status;
  if (PrintMessage(context, response)) return kOk;
  if (context.Output("table") == "csv") {
    PrintGroupsCsv(context, response);
    return kOk;
  }
  PrintConcentrations(context, response);
  if (!context.arguments.All("dimension").empty()) {
    for (const Concentration& figure : response.concentrations())
      PrintGroups(context, figure, response.basis(), request->max_groups());
  }
  PrintForeign(context, response, 10);
  if (response.untiered_consumers() > 0) {
    context.Note(Cat({Counted(response.untiered_consumers(), "consumer has", "consumers have"),
                      " neither weight nor tier; the ranges do not cover what they may weigh."}));
  }
  PrintAssumptions(context, response.assumptions(), context.Output("table") == "wide");
  return kOk;
}

}  // namespace

std::vector<Flag> ConcentrationFlags() {
  return {{"basis",
           0,
           "BASIS",
           "What is weighed: applications, criticality, requests, tokens or spend.",
           "applications",
           {}},
          HomeFlag(),
          {"business-services", 0, "", "Count business services as consumers too.", "", {}}};
}

absl::StatusOr<GetConcentrationRequest> ConcentrationRequest(const Context& context) {
  GetConcentrationRequest request;
  for (const std::string& word : context.arguments.All("dimension")) {
    absl::StatusOr<int> dimension = FlagEnum(*common::Dimension_descriptor(), "dimension", word);
    if (!dimension.ok()) return dimension.status();
    request.add_dimensions(static_cast<common::Dimension>(*dimension));
  }
  absl::StatusOr<int> basis = FlagEnum(*common::Basis_descriptor(), "basis", context.arguments.Get("basis"));
  if (!basis.ok()) return basis.status();
  request.set_basis(static_cast<common::Basis>(*basis));
  request.set_include_business_services(context.arguments.Has("business-services"));
  absl::StatusOr<std::vector<std::string>> home = HomeCountries(context);
  if (!home.ok()) return home.status();
  request.mutable_home()->Add(home->begin(), home->end());
  request.set_max_groups(kGroupsShown);
  if (context.arguments.Has("groups")) {
    absl::StatusOr<int64_t> groups = context.arguments.Number("groups");
    if (!groups.ok()) return groups.status();
    request.set_max_groups(static_cast<int>(std::min<int64_t>(*groups, 1000)));
  }
  return request;
}

void PrintConcentrations(Context& context, const GetConcentrationResponse& response) {
  const int64_t population = response.concentrations_size() > 0 ? response.concentrations(0).population() : 0;
  context.out << "Concentration by " << BasisName(response.basis()) << " over "
              << Counted(population, "consumer", "consumers") << "; " << SnapshotText(response.inventory())
              << "\n\n";
  if (response.stand_in_route_count() > 0)
    context.out << StandInText(response.stand_in_route_count()) << "\n";
  // On a narrow terminal the figure that HHI says already goes first, then the ranges.
  Table table({{"BY"},
               {"HHI", true},
               {"[AT LEAST, AT MOST]", false, false, 2},
               {"AS IF EQUAL", true, false, 3},
               {"LARGEST", false, true},
               {"SHARE", true},
               {"[AT LEAST, AT MOST]", false, false, 1},
               {"UNKNOWN", true}});
  for (const Concentration& figure : response.concentrations()) {
    const Concentration::Group* largest = Largest(figure);
    if (largest == nullptr) {
      table.Add({DimensionName(figure.dimension()), "-", "", "-", "no data", "-", "", "-"});
      continue;
    }
    if (figure.untold()) {
      // Where most of the weight stands by itself, a single figure would say too little; only the range is
      // known.
      table.Add({DimensionName(figure.dimension()),
                 Range(Fixed(figure.hhi_lower(), 0), Fixed(figure.hhi_upper(), 0)), "", "",
                 Table::Cell("mostly unknown", Paint::kYellow), "", "",
                 UnknownCell(figure.unknown_share_ratio())});
      continue;
    }
    table.Add({DimensionName(figure.dimension()), Fixed(figure.hhi(), 0),
               Range(Fixed(figure.hhi_lower(), 0), Fixed(figure.hhi_upper(), 0)),
               Fixed(figure.effective_number(), 1), GroupText(figure.dimension(), largest->key()),
               Percent(largest->share_ratio()),
               Range(Percent(largest->share_lower_ratio()), Percent(largest->share_upper_ratio())),
               UnknownCell(figure.unknown_share_ratio())});
  }
  PrintTable(context, table);
  if (response.concentrations_size() > 0 && response.concentrations(0).unmeasured() > 0) {
    context.Note(Cat({Counted(response.concentrations(0).unmeasured(), "dependency", "dependencies"),
                      " without recorded usage left out."}));
  }
  context.Note(
      "HHI: 10000 is one single group, 2500 is like four equal ones. Figures are proven and likely facts; "
      "what is unknown stands by itself. The range is what the open facts allow.");
}

namespace {

// "31.2%", "12.5% for certain, 31.2% probably, at most 62.5%": what differs.
std::string ForeignText(const Context& context, const linchpin::risk::v1::ForeignShare& foreign) {
  const std::string lower = Percent(foreign.foreign_share_lower_ratio()),
                    likely = Percent(foreign.foreign_share_likely_ratio()),
                    upper = Percent(foreign.foreign_share_upper_ratio());
  if (lower == upper) return Painted(lower, Paint::kBold, context.colour);
  return Cat({Painted(Cat({lower, " for certain"}), Paint::kBold, context.colour),
              likely == lower ? "" : Cat({", ", likely, " probably"}),
              likely == upper ? "" : Cat({", at most ", upper}), ","});
}

}  // namespace

void PrintForeign(Context& context, const GetConcentrationResponse& response, int models_max) {
  if (!response.has_foreign()) {
    context.Note("Name your home countries with --home CC,CC to see what is foreign to them.");
    return;
  }
  const auto& foreign = response.foreign();
  std::vector<std::string> home(foreign.home().begin(), foreign.home().end());
  context.out << "\nForeign to " << HomeText(context, home) << ": " << ForeignText(context, foreign)
              << " of the weight depends on models of foreign origin\n";
  Table table(
      {{"WEIGHT", true}, {"ORIGIN"}, {"MODEL, THEN THE BASE MODELS THAT IT COMES FROM", false, true}});
  for (int i = 0; i < foreign.models_size() && i < models_max; ++i) {
    const auto& model = foreign.models(i);
    std::string path = model.model();
    for (int k = 1; k < model.path_size(); ++k) path += Cat({" <- ", model.path(k)});
    table.Add({WeightText(model.weight(), response.basis()), model.origin_country(), path});
  }
  if (!table.empty()) PrintTable(context, table, 2);
  if (foreign.models_size() > models_max)
    context.out << "  ... " << foreign.models_size() - models_max << " more; -o json lists them\n";
}

std::vector<Command> ConcentrationCommands() {
  std::vector<Command> commands;
  std::vector<Flag> flags = {
      {"dimension",
       0,
       "DIMENSION",
       "Only this one, with its groups: operator-group, developer, host-country, ... Repeatable.",
       "",
       {}}};
  for (Flag& flag : ConcentrationFlags()) flags.push_back(std::move(flag));
  flags.push_back({"groups", 0, "N", "How many groups of a dimension to show. Absent: 20.", "", {}});
  commands.push_back(
      {.path = "risk concentration",
       .summary =
           "Show how concentrated the dependencies are: by vendor, developer, host, country, base model.",
       .flags = flags,
       .outputs = FigureOutputs(),
       .reads_past = true,
       .selects_consumers = true,
       .asks_what_if = true,
       .examples =
           {"linchpin risk concentration", "linchpin risk concentration --home US,CA",
            "linchpin risk concentration --dimension operator-group --dimension root-origin-country --basis "
            "criticality",
            "linchpin risk concentration -o csv"},
       .details =
           "Figures rest on what is proven and what is likely; whatever is unknown stands by itself. The "
           "range is what open facts allow at least and at most, within their bounds; where more than "
           "half is neither proven nor likely, only the range is shown. A group `none` is a known absence, "
           "such as the operator of what is self-hosted. CSV has all three: LOWER, LIKELY, UPPER.",
       .run = RiskConcentration});
  return commands;
}

}  // namespace linchpin::cli
