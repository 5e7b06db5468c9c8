// report: the whole on one page.
#include <fstream>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/commands/home.h"
#include "services/cli/context.h"
#include "services/cli/report/report_page.h"

namespace linchpin::cli {
namespace {

using base::Cat;

absl::StatusOr<int> Report(Context& context) {
  absl::StatusOr<std::vector<std::string>> home = HomeCountries(context);
  if (!home.ok()) return home.status();
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  absl::StatusOr<ReportData> data =
      ReadReport(**client, *home, absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone()));
  if (!data.ok()) return data.status();
  const std::string page = ReportPage(*data);
  const std::string path = context.arguments.Get("file");
  if (path.empty() || path == "-") {
    context.out << page;
    return kOk;
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << page;
  file.close();
  if (!file)
    return base::Error(base::reason::FileNotWritable{.file = path}, Cat({path, ": cannot be written"}));
  context.out << BoardSentence(*data) << "\n";
  context.Note(Cat({"\nwritten to ", path}));
  return kOk;
}

}  // namespace

std::vector<Command> ReportCommands() {
  return {{"report",
           "Write one page for the board: score, worst events, best decisions, concentration, findings.",
           "",
           0,
           0,
           {{"file", 'f', "FILE", "File to write; absent or `-`: the standard output.", "", {}}, HomeFlag()},
           {"linchpin report -f report.html", "linchpin report --home DE,FR -f report.html"},
           "One HTML file without scripts or outside references; it prints on A4. Every picture has its "
           "figures below it. Print "
           "it to PDF with any browser.",
           Report}};
}

}  // namespace linchpin::cli
