// report: the whole on one page.
#include <cstdlib>
#include <fstream>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/commands/risk/kept_policies.h"
#include "services/cli/context.h"
#include "services/cli/home.h"
#include "services/cli/print/output.h"
#include "services/cli/report/pdf.h"
#include "services/cli/report/report_page.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

constexpr int64_t kTrialsMax = 1'000'000;  // of the service
constexpr int64_t kRowsMax = 100;          // of the service
constexpr int kRemedies = 3;               // that the service puts on the report

absl::StatusOr<risk::GetReportRequest> Request(const Context& context) {
  risk::GetReportRequest request;
  absl::StatusOr<std::vector<std::string>> home = HomeCountries(context);
  if (!home.ok()) return home.status();
  request.mutable_home()->Add(home->begin(), home->end());
  request.set_hazard_table(context.arguments.Get("hazards"));
  for (const auto& [flag, max] : {std::pair{"trials", kTrialsMax}, std::pair{"rows", kRowsMax}}) {
    if (!context.arguments.Has(flag)) continue;
    absl::StatusOr<int64_t> number = context.arguments.Number(flag);
    if (!number.ok()) return number.status();
    if (*number < 1 || *number > max)
      return UsageError(Cat({"--", flag, " must be from 1 to ", std::to_string(max)}));
    std::string_view(flag) == "trials" ? request.set_trials(*number)
                                       : request.set_max_rows(static_cast<int>(*number));
  }
  return request;
}

// The report recommends nothing that would open a finding: such remedies are found first, and left out.
absl::Status LeaveOutForbidden(Client& client, risk::GetReportRequest& request) {
  risk::SuggestRemediesRequest remedies;
  remedies.set_max_remedies(kRemedies);
  remedies.set_trials(1);
  *remedies.mutable_home() = request.home();
  remedies.set_hazard_table(request.hazard_table());
  const absl::StatusOr<KeptRemedies> kept = KeepPolicies(
      client, remedies,
      [&client](const risk::SuggestRemediesRequest& ask) { return AskForRemedies(client, ask); });
  if (absl::IsUnimplemented(kept.status())) return absl::OkStatus();
  if (!kept.ok()) return kept.status();
  for (const auto& [title, finding] : kept->forbidden) request.add_without_remedies(title);
  return absl::OkStatus();
}

absl::StatusOr<ReportData> Read(Context& context) {
  absl::StatusOr<risk::GetReportRequest> request = Request(context);
  if (!request.ok()) return request.status();
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  if (absl::Status status = LeaveOutForbidden(**client, *request); !status.ok()) return status;
  const bool progress = context.err_terminal && !context.quiet();
  absl::StatusOr<ReportData> data = ReadReport(**client, *request, [&](std::string_view part) {
    if (progress) context.err << "\r" << part << "\x1b[K" << std::flush;
  });
  if (progress) context.err << "\r\x1b[K";
  return data;
}

absl::StatusOr<std::string> Rendered(const Context& context, const ReportData& data) {
  std::string page = ReportPage(data);
  if (context.Output("html") != "pdf") return page;
  const char* path = std::getenv("PATH");
  return PrintToPdf(page, path == nullptr ? "" : path);
}

absl::StatusOr<int> Report(Context& context) {
  const std::string path = context.arguments.Get("file");
  const bool to_out = path.empty() || path == "-";
  if (context.Output("html") == "pdf" && to_out && context.out_terminal)
    return UsageError("a PDF cannot be shown in a terminal; name a file with -f");
  absl::StatusOr<ReportData> data = Read(context);
  if (!data.ok()) return data.status();
  if (PrintMessage(context, data->risk)) return kOk;
  absl::StatusOr<std::string> page = Rendered(context, *data);
  if (!page.ok()) return page.status();
  if (to_out) {
    context.out << *page;
    return kOk;
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << *page;
  file.close();
  if (!file)
    return base::Error(base::reason::FileNotWritable{.file = path}, Cat({path, ": cannot be written"}));
  context.out << BoardSentence(*data) << "\n";
  context.Note(Cat({"\nwritten to ", path}));
  return kOk;
}

}  // namespace

std::vector<Command> ReportCommands() {
  return {
      {.path = "report",
       .summary =
           "Write one page for the board: decisions, worst events, score, losses, concentration, findings.",
       .flags = {{"file", 'f', "FILE", "File to write; absent or `-`: the standard output.", "", {}},
                 HomeFlag(),
                 HazardsFlag(),
                 {"rows", 0, "N", "Rows of a picture, at most 100. Absent: 12.", "", {}},
                 {"trials",
                  0,
                  "N",
                  "How many years to draw for the losses, at most 1,000,000. Absent: 10,000.",
                  "",
                  {}}},
       .outputs = {"html", "pdf", "json", "jsonl", "yaml"},
       .reads_past = true,
       .selects_consumers = true,
       .examples = {"linchpin report -f report.html", "linchpin report --home DE,FR -f report.html",
                    "linchpin report --critical -f critical.html", "linchpin report -o pdf -f report.pdf",
                    "linchpin report -o json"},
       .details = "One HTML file without scripts or outside references; it prints on A4. Every picture has "
                  "its figures below it. In PDF: printed by Chromium, which must be installed. In JSON and "
                  "YAML: the figures of RiskService.GetReport, from which the page is drawn; findings come "
                  "from PolicyService.ListFindings.",
       .run = Report}};
}

}  // namespace linchpin::cli
