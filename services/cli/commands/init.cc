// init: the first files of somebody's own inventory.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_join.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/commands/policy/packs.h"
#include "services/cli/context.h"
#include "services/cli/files.h"
#include "services/cli/home.h"
#include "services/cli/import/import_files.h"
#include "services/cli/init/first_services.h"
#include "services/cli/init/interview.h"
#include "services/cli/init/starter_packs.h"
#include "services/cli/names.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/table.h"
#include "services/inventory/catalogue/catalogue.h"
#include "services/inventory/importers/litellm/import_litellm.h"
#include "services/resource/kinds.h"
#include "services/resource/yaml/yaml_writer.h"

namespace linchpin::cli {
namespace {

namespace fs = std::filesystem;
using base::Cat;
using importers::ImportFile;
using importers::ImportResult;

// What the person said.
struct Answers {
  std::vector<std::string> home;  // countries
  std::vector<std::string> gateway_files;
  ImportResult imported;  // of the gateway files; empty without any
  std::vector<FirstService> services;
  std::vector<const linchpin::policy::ShippedPack*> packs;
};

// The pack that fits everybody.
constexpr std::string_view kForEverybody = "resilience-baseline";

struct StarterFile {
  std::string name;
  std::string text;
};

absl::Status FileError(const fs::path& path, std::string_view what) {
  return base::Error(base::reason::FileNotWritable{.file = path.string()}, Cat({path.string(), ": ", what}));
}

absl::Status TakeHome(const std::string& given, std::vector<std::string>& home) {
  std::vector<std::string> countries;
  for (size_t at = 0; at <= given.size();) {
    const size_t end = std::min(given.find(',', at), given.size());
    const std::string word = given.substr(at, end - at);
    const std::optional<std::string> country = CountryOf(word);
    const std::vector<std::string> members =
        country ? std::vector<std::string>{*country} : EuropeanUnion(word);
    if (members.empty())
      return UsageError(
          Cat({"--home: `", word, "` is not a country of ISO 3166-1 alpha-2, such as DE or US, and not EU"}));
    countries.insert(countries.end(), members.begin(), members.end());
    at = end + 1;
  }
  home = std::move(countries);
  return absl::OkStatus();
}

absl::Status AskHome(Context& context, Answers& answers) {
  if (context.arguments.Has("home")) return TakeHome(context.arguments.Get("home"), answers.home);
  return Ask(context, "Home countries, such as DE,FR (what comes from elsewhere is foreign):", "--home",
             [&](const std::string& answer) { return TakeHome(answer, answers.home); });
}

absl::Status ReadGateways(Context& context, const std::vector<std::string>& paths, Answers& answers) {
  absl::StatusOr<std::vector<ImportFile>> files = ReadImportFiles(paths, {}, context.in);
  if (!files.ok()) return files.status();
  absl::StatusOr<catalogue::Catalogue> catalogue = catalogue::Catalogue::Shipped();
  if (!catalogue.ok()) return catalogue.status();
  absl::StatusOr<ImportResult> result = importers::ImportLiteLlm(*files, *catalogue);
  if (!result.ok()) return result.status();
  answers.gateway_files = paths;
  answers.imported = *std::move(result);
  return absl::OkStatus();
}

absl::Status AskGateways(Context& context, Answers& answers) {
  const std::vector<std::string> given = context.arguments.All("gateway-file");
  if (!given.empty()) return ReadGateways(context, given, answers);
  return Ask(context, "Configuration file of your LiteLLM gateway (empty: none):", "--gateway-file",
             [&](const std::string& answer) {
               return answer.empty() ? absl::OkStatus() : ReadGateways(context, {answer}, answers);
             });
}

std::vector<std::string> RoutesOf(const ImportResult& imported) {
  std::vector<std::string> routes;
  for (const importers::ProposedResource& proposal : imported.proposals) {
    std::string name = resource::NameOf(*proposal.resource);
    if (name.rfind("routes/", 0) == 0) routes.push_back(std::move(name));
  }
  return routes;
}

void ShowRoutes(Context& context, const ImportResult& imported, const std::vector<std::string>& routes) {
  constexpr size_t kShown = 20;
  context.err << Counted(imported.counts.deployments, "deployment", "deployments") << " behind "
              << Counted(routes.size(), "route", "routes") << ":\n";
  for (size_t i = 0; i < routes.size() && i < kShown; ++i) context.err << "  " << routes[i] << "\n";
  if (routes.size() > kShown) context.err << "  and " << routes.size() - kShown << " more\n";
}

absl::Status TakeService(const std::string& line, const std::vector<std::string>& routes, Answers& answers) {
  absl::StatusOr<FirstService> service = ReadFirstService(line, routes, answers.imported.gateways);
  if (!service.ok()) return service.status();
  for (const FirstService& other : answers.services) {
    if (other.id == service->id)
      return UsageError(Cat({"`", service->display_name, "` is applications/", service->id,
                             " like one before it; put its routes in one line"}));
  }
  answers.services.push_back(*std::move(service));
  return absl::OkStatus();
}

absl::Status AskServices(Context& context, Answers& answers) {
  const std::vector<std::string> routes = RoutesOf(answers.imported);
  for (const std::string& line : context.arguments.All("service")) {
    if (absl::Status status = TakeService(line, routes, answers); !status.ok()) return status;
  }
  if (routes.empty() || context.arguments.Has("service") || context.arguments.Has("gateway-file"))
    return absl::OkStatus();
  ShowRoutes(context, answers.imported, routes);
  context.err << "Your first services, one a line, such as `Claims triage (tier 1): "
              << resource::IdOf(routes[0]) << "`.\n";
  for (bool more = true; more;) {
    absl::Status status =
        Ask(context, "Service (empty: no more):", "--service", [&](const std::string& line) {
          more = !line.empty();
          return more ? TakeService(line, routes, answers) : absl::OkStatus();
        });
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// "  eu-dora  DORA, concentration and exit  for financial entities in the EU", one a line.
absl::Status ShowPacks(Context& context, const std::vector<PackChoice>& choices) {
  Table table({{"PACK"}, {"WHAT"}, {"FITS"}});
  for (const PackChoice& choice : choices) {
    absl::StatusOr<PackDocuments> documents = DocumentsOf(*choice.pack);
    if (!documents.ok()) return documents.status();
    table.Add({std::string(choice.pack->id), documents->policies.at(0).display_name(),
               Cat({choice.proposed ? "proposed, " : "", choice.why})});
  }
  context.err << "Packs of policies, an aid to reasoning, not legal advice:\n";
  table.Print(context.err, false, false, 0, 2);
  return absl::OkStatus();
}

// Somebody who answered the first question answers this one, too; flags alone take what fits everybody.
absl::Status AskPacks(Context& context, Answers& answers) {
  const std::vector<PackChoice> choices = PackChoices(answers.home);
  const auto take = [&](const std::string& answer) {
    auto packs = ReadPackAnswer(answer, choices);
    if (packs.ok()) answers.packs = *std::move(packs);
    return packs.status();
  };
  if (context.arguments.Has("pack")) return take(absl::StrJoin(context.arguments.All("pack"), ","));
  if (context.arguments.Has("home")) return take(std::string(kForEverybody));
  if (absl::Status status = ShowPacks(context, choices); !status.ok()) return status;
  return Ask(context, "Packs, separated by commas (empty: those proposed; `none`):", "--pack", take);
}

std::string GatewayText(const ImportResult& imported) {
  std::string text = "# What the gateway offers, as `linchpin import litellm` reads it.\n";
  for (const importers::ProposedResource& proposal : imported.proposals)
    text += Cat({"---\n", resource::WriteYamlDocument(*proposal.resource)});
  return text;
}

absl::StatusOr<std::vector<StarterFile>> StarterFiles(const Answers& answers) {
  std::vector<StarterFile> files;
  if (!answers.gateway_files.empty()) files.push_back({"gateway.yaml", GatewayText(answers.imported)});
  if (!answers.services.empty()) files.push_back({"services.yaml", WriteFirstServices(answers.services)});
  if (!answers.packs.empty()) {
    absl::StatusOr<std::string> policies = WriteStarterPolicies(answers.packs, answers.home);
    if (!policies.ok()) return policies.status();
    files.push_back({"policies.yaml", *std::move(policies)});
  }
  if (files.empty()) return UsageError("there is nothing to write: name a gateway's file or a pack");
  return files;
}

// All or nothing: nothing is written where one of the files is there already.
absl::Status WriteFiles(const fs::path& folder, const std::vector<StarterFile>& files) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return FileError(folder, error.message());
  for (const StarterFile& file : files) {
    if (fs::exists(folder / file.name))
      return FileError(folder / file.name, "is there already; nothing was written. Name another folder");
  }
  for (const StarterFile& file : files) {
    std::ofstream out(folder / file.name, std::ios::binary);
    out << file.text;
    if (!out.flush()) return FileError(folder / file.name, "cannot be written");
  }
  return absl::OkStatus();
}

// As a shell takes it.
std::string Word(const std::string& text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("_./-,:=@+").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

// What to type next, ready to be pasted.
void PrintNext(Context& context, const std::string& folder, const Answers& answers) {
  const std::string home = absl::StrJoin(answers.home, ",");
  context.out << "Next:\n"
              << "  linchpind --store sqlite:linchpin-data --home " << home << " 2> linchpind.log &\n"
              << "  linchpin apply -f " << Word(folder) << "\n"
              << "  linchpin overview --home " << home << "\n";
}

absl::StatusOr<int> Init(Context& context) {
  const std::string folder = context.arguments.operands.empty() ? "inventory" : context.arguments.operands[0];
  Answers answers;
  for (auto ask : {AskHome, AskGateways, AskServices, AskPacks}) {
    if (absl::Status status = ask(context, answers); !status.ok()) return status;
  }
  absl::StatusOr<std::vector<StarterFile>> files = StarterFiles(answers);
  if (!files.ok()) return files.status();
  if (absl::Status status = WriteFiles(folder, *files); !status.ok()) return status;
  for (const StarterFile& file : *files) context.out << folder << "/" << file.name << "\n";
  PrintNext(context, folder, answers);
  return kOk;
}

}  // namespace

std::vector<Command> InitCommands() {
  std::vector<Command> commands;
  commands.push_back(
      {.path = "init",
       .summary = "Write the first files of your own inventory, from a few questions.",
       .operands = "[FOLDER]",
       .operands_max = 1,
       .flags =
           {{"home",
             0,
             "COUNTRY[,COUNTRY...]",
             "Home countries, such as DE,FR, or EU for its 27 members; what comes from elsewhere is foreign.",
             "",
             {}},
            {"gateway-file", 0, "FILE", "Configuration of your LiteLLM gateway; may be given again.", "", {}},
            {"service",
             0,
             "'NAME: ROUTE[, ROUTE...]'",
             "A service and the routes that it needs, with a tier as in 'Claims triage (tier 1): gpt-4o'; "
             "may be given again.",
             "",
             {}},
            {"pack", 0, "ID", "Pack of policies to begin with, or `none`; may be given again.", "", {}}},
       .examples =
           {"linchpin init", "linchpin init inventory --home DE --gateway-file litellm_config.yaml",
            "linchpin init --home DE --gateway-file litellm_config.yaml --service 'Claims triage (tier 1): "
            "gpt-4o'"},
       .details =
           "Asks for what the flags do not say: where home is, the gateway's file, which of your services "
           "needs which of its routes, and which packs of policies fit. Writes files for `linchpin apply`, "
           "into `inventory/` unless you name another folder, ends with the three commands to go on with, "
           "and calls no server. With --home it asks nothing of packs, and takes resilience-baseline where "
           "--pack names none. Keep the files under version control; they are yours to edit.",
       .run = Init});
  return commands;
}

}  // namespace linchpin::cli
