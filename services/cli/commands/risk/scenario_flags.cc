#include "services/cli/commands/risk/scenario_flags.h"

#include "linchpin/risk/v1/preset.pb.h"
#include "services/base/text.h"
#include "services/cli/files.h"
#include "services/cli/names.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/figures.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using linchpin::risk::v1::Cutoff;
using linchpin::risk::v1::Scenario;

// A flag that names a cutoff.
struct CutoffFlag {
  const char* flag;
  Cutoff::Type type;
  const char* kind;  // of the target; null: a country
  const char* value;
  const char* help;
};

constexpr CutoffFlag kCutoffFlags[] = {
    {"exit", Cutoff::TYPE_VENDOR_EXIT, "Vendor", "VENDOR",
     "A vendor is gone: insolvency, sanction, withdrawal."},
    {"api-cutoff", Cutoff::TYPE_VENDOR_API_CUTOFF, "Vendor", "VENDOR",
     "A vendor's interface stops, or is throttled with --severity."},
    {"services-cutoff", Cutoff::TYPE_COUNTRY_SERVICE_CUTOFF, nullptr, "CC", "Services from a country stop."},
    {"weights-ban", Cutoff::TYPE_COUNTRY_WEIGHTS_BAN, nullptr, "CC",
     "The use of weights from a country is prohibited."},
    {"licence-revocation", Cutoff::TYPE_LICENCE_REVOCATION, "Licence", "LICENCE", "A licence is revoked."},
    {"model-withdrawal", Cutoff::TYPE_MODEL_WITHDRAWAL, "Model", "MODEL", "Its developer withdraws a model."},
    {"host-failure", Cutoff::TYPE_CLOUD_FAILURE, "Host", "HOST|VENDOR",
     "A host fails, or with `vendors/x` all hosts of a provider."},
    {"outage", Cutoff::TYPE_DEPLOYMENT_OUTAGE, "Deployment", "DEPLOYMENT", "A deployment fails."},
};

const CutoffFlag* FindCutoffFlag(const std::string& name) {
  for (const CutoffFlag& flag : kCutoffFlags) {
    if (name == flag.flag) return &flag;
  }
  return nullptr;
}

absl::Status SetTarget(const Context& context, const CutoffFlag& flag, const std::string& value,
                       Cutoff& cutoff) {
  cutoff.set_type(flag.type);
  if (flag.kind == nullptr) {
    cutoff.set_country(CountryOf(value).value_or(value));
    return absl::OkStatus();
  }
  const bool vendor = flag.type == Cutoff::TYPE_CLOUD_FAILURE && value.rfind("vendors/", 0) == 0;
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  absl::StatusOr<std::string> name = ResolveName(**client, *resource::FindKind(vendor ? "Vendor" : flag.kind),
                                                 value, [&](std::string_view text) { context.Note(text); });
  if (!name.ok()) return name.status();
  cutoff.set_target(*name);
  return absl::OkStatus();
}

// "70%", "0.7" of all, to parts per million. A whole number could be either, so it is neither.
absl::StatusOr<int> SeverityPpm(const std::string& text) {
  const bool percent = !text.empty() && text.back() == '%';
  if (!percent && resource::ParseInt(text))
    return UsageError(Cat({"--severity ", text, " may be a percentage or a ratio; write ", text,
                           "%, or a ratio with a point such as 0.7"}));
  const auto number = resource::ParseNumber(percent ? text.substr(0, text.size() - 1) : text);
  const double ratio = !number ? -1 : percent ? *number / 100 : *number;
  if (ratio < 0 || ratio > 1)
    return UsageError(Cat(
        {"--severity expects a percentage up to 100%, such as 70%, or a ratio up to 1.0, such as 0.7, not `",
         text, "`"}));
  return static_cast<int>(ratio * 1e6 + 0.5);
}

bool IsCircumstance(const std::string& flag) {
  return flag == "severity" || flag == "start" || flag == "notice" || flag == "duration" || flag == "reach";
}

absl::Status SetCircumstance(const std::string& flag, const std::string& value, Cutoff& cutoff) {
  if (flag == "severity") {
    absl::StatusOr<int> ppm = SeverityPpm(value);
    if (!ppm.ok()) return ppm.status();
    cutoff.set_severity_ppm(*ppm);
    return absl::OkStatus();
  }
  if (flag == "reach") {
    absl::StatusOr<int> reach = FlagEnum(*Cutoff::Reach_descriptor(), flag, value);
    if (!reach.ok()) return reach.status();
    cutoff.set_reach(static_cast<Cutoff::Reach>(*reach));
    return absl::OkStatus();
  }
  const auto duration = resource::ParseDuration(value);
  if (!duration)
    return UsageError(
        Cat({"--", flag, " expects a duration such as 90s, 15m, 4h or 30d, not `", value, "`"}));
  (flag == "start"    ? *cutoff.mutable_start()
   : flag == "notice" ? *cutoff.mutable_notice()
                      : *cutoff.mutable_duration()) = *duration;
  return absl::OkStatus();
}

absl::Status ReadFile(const Context& context, Scenario& scenario) {
  const std::vector<std::string> paths = context.arguments.All("file");
  if (paths.empty()) return absl::OkStatus();
  absl::StatusOr<Loaded> loaded = LoadFiles(paths, context.in);
  if (!loaded.ok()) return loaded.status();
  int found = 0;
  for (const resource::Document& document : loaded->documents) {
    if (document.kind->kind != "Scenario" || ++found > 1) continue;
    scenario = static_cast<const Scenario&>(*document.resource);
  }
  if (found == 1) return absl::OkStatus();
  return UsageError(found == 0 ? "the file holds no Scenario"
                               : "the file holds more than one Scenario; one is simulated at a time");
}

// What --preset or --scenario name, in place of a file.
absl::Status ReadNamed(const Context& context, Scenario& scenario) {
  const bool preset = context.arguments.Has("preset"), stored = context.arguments.Has("scenario");
  if (!preset && !stored) {
    return context.arguments.Has("target") ? UsageError("--target goes with --preset") : absl::OkStatus();
  }
  if ((preset && stored) || !context.arguments.All("file").empty()) {
    return UsageError("give one of --preset, --scenario and -f");
  }
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  std::string name = context.arguments.Get(preset ? "preset" : "scenario");
  if (stored && name.find('/') == std::string::npos) name = Cat({"scenarios/", name});
  absl::StatusOr<Scenario> found = FindScenario(context, **client, name, context.arguments.Get("target"));
  if (!found.ok()) return found.status();
  scenario = *std::move(found);
  return absl::OkStatus();
}

}  // namespace

std::vector<Flag> ScenarioFlags() {
  std::vector<Flag> flags;
  for (const CutoffFlag& flag : kCutoffFlags) flags.push_back({flag.flag, 0, flag.value, flag.help, "", {}});
  flags.push_back({"severity",
                   0,
                   "PERCENT",
                   "How much is lost: 70%, or as a ratio with a point, 0.7. Absent: all.",
                   "",
                   {}});
  flags.push_back({"start", 0, "DURATION", "From when. Absent: at once.", "", {}});
  flags.push_back({"notice", 0, "DURATION", "How long before it was announced. Absent: not at all.", "", {}});
  flags.push_back({"duration", 0, "DURATION", "For how long. Absent: for good.", "", {}});
  flags.push_back({"reach", 0, "REACH", "Which derivations of models it follows.", "",
                   FlagWords(*Cutoff::Reach_descriptor())});
  flags.push_back({"horizon", 0, "DURATION", "How far to look. Absent: 24h.", "", {}});
  flags.push_back({"file", 'f', "FILE", "File with a Scenario; flags add to it.", "", {}});
  flags.push_back({"scenario", 0, "NAME", "A stored Scenario; flags add to it.", "", {}});
  flags.push_back(
      {"preset", 0, "PRESET", "A shipped incident (`linchpin risk presets`); flags add to it.", "", {}});
  flags.push_back(
      {"target", 0, "NAME|CC", "With --preset: what is lost in place of what the incident names.", "", {}});
  return flags;
}

absl::StatusOr<Scenario> FindScenario(const Context& context, Client& client, const std::string& name,
                                      const std::string& target) {
  Scenario scenario;
  if (name.rfind("scenarios/", 0) == 0) {
    linchpin::risk::v1::GetScenarioRequest request;
    request.set_name(name);
    if (absl::Status status = client.Call(kRisk, "GetScenario", request, scenario); !status.ok())
      return status;
    return scenario;
  }
  linchpin::risk::v1::GetScenarioPresetRequest request;
  request.set_id(name);
  request.set_target(target);
  linchpin::risk::v1::GetScenarioPresetResponse response;
  if (absl::Status status = client.Call(kRisk, "GetScenarioPreset", request, response); !status.ok())
    return status;
  context.Note(Cat({response.preset().display_name(), ", after ", response.preset().incident_date(), " (",
                    response.preset().source(), ")"}));
  for (const std::string& note : response.notes()) context.Note(note);
  return response.preset().scenario();
}

absl::StatusOr<Scenario> ReadScenario(const Context& context) {
  Scenario scenario;
  if (absl::Status status = ReadFile(context, scenario); !status.ok()) return status;
  if (absl::Status status = ReadNamed(context, scenario); !status.ok()) return status;
  Cutoff defaults;
  const int from_file = scenario.cutoffs_size();
  for (const auto& [flag, value] : context.arguments.flags) {
    absl::Status status;
    if (const CutoffFlag* cutoff = FindCutoffFlag(flag)) {
      Cutoff& added = *scenario.add_cutoffs();
      added = defaults;
      status = SetTarget(context, *cutoff, value, added);
    } else if (IsCircumstance(flag)) {
      const bool after_one = scenario.cutoffs_size() > from_file;
      status = SetCircumstance(flag, value,
                               after_one ? *scenario.mutable_cutoffs(scenario.cutoffs_size() - 1) : defaults);
    }
    if (!status.ok()) return status;
  }
  if (scenario.cutoffs_size() == 0)
    return UsageError(
        "say what is cut off, such as --exit vendors/openai or --weights-ban CN, or give --preset, "
        "--scenario or -f FILE");
  if (context.arguments.Has("horizon")) {
    const auto horizon = resource::ParseDuration(context.arguments.Get("horizon"));
    if (!horizon || horizon->seconds() <= 0)
      return UsageError("--horizon expects a duration above 0, such as 24h or 30d");
    *scenario.mutable_horizon() = *horizon;
  }
  if (scenario.name().empty()) scenario.set_name("scenarios/command-line");
  return scenario;
}

std::string FlagOfCutoffField(const Context& context, const std::string& field) {
  static constexpr std::string_view kBegin = "scenario.cutoffs[";
  if (field.rfind(kBegin, 0) != 0 || !context.arguments.All("file").empty() ||
      context.arguments.Has("preset") || context.arguments.Has("scenario")) {
    return field;
  }
  const auto index = resource::ParseInt(field.substr(kBegin.size(), field.find(']') - kBegin.size()));
  const std::string last = field.substr(field.rfind('.') + 1);
  int64_t at = 0;
  for (const auto& [flag, value] : context.arguments.flags) {
    if (FindCutoffFlag(flag) != nullptr && index && at++ == *index)
      return Cat({"--", last == "target" || last == "country" ? flag
                        : last == "severity_ppm"              ? "severity"
                                                              : last});
  }
  return field;
}

std::string CutoffText(const Cutoff& cutoff) {
  std::string text;
  const std::string share = cutoff.has_severity_ppm() && cutoff.severity_ppm() < 1'000'000
                                ? PercentOfPpm(cutoff.severity_ppm())
                                : "";
  switch (cutoff.type()) {
    case Cutoff::TYPE_VENDOR_EXIT:
      text = Cat({cutoff.target(), " exits"});
      break;
    case Cutoff::TYPE_VENDOR_API_CUTOFF:
      text = Cat({"the interface of ", cutoff.target(), share.empty() ? " stops" : " is throttled"});
      break;
    case Cutoff::TYPE_COUNTRY_SERVICE_CUTOFF:
      text = Cat({"services from ", cutoff.country(), " stop"});
      break;
    case Cutoff::TYPE_COUNTRY_WEIGHTS_BAN:
      text = Cat({"weights from ", cutoff.country(), " are banned"});
      break;
    case Cutoff::TYPE_LICENCE_REVOCATION:
      text = Cat({cutoff.target(), " is revoked"});
      break;
    case Cutoff::TYPE_MODEL_WITHDRAWAL:
      text = Cat({cutoff.target(), " is withdrawn"});
      break;
    case Cutoff::TYPE_CLOUD_FAILURE:
      text = cutoff.target().rfind("vendors/", 0) == 0 ? Cat({"all hosts of ", cutoff.target(), " fail"})
                                                       : Cat({cutoff.target(), " fails"});
      break;
    default:
      text = Cat({cutoff.target(), " fails"});
  }
  if (!share.empty()) text += Cat({" by ", share});
  if (cutoff.start().seconds() > 0) text += Cat({", from ", Span(cutoff.start()), " on"});
  if (cutoff.has_duration()) text += Cat({", for ", Span(cutoff.duration())});
  if (cutoff.notice().seconds() > 0) text += Cat({", announced ", Span(cutoff.notice()), " before"});
  return text;
}

}  // namespace linchpin::cli
