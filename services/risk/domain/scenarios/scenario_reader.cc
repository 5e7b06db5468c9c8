#include "services/risk/domain/scenarios/scenario_reader.h"

#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/resource/kinds.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using base::FieldViolation;

std::optional<engine::CutoffKind> KindOf(v1::Cutoff::Type type) {
  switch (type) {
    case v1::Cutoff::TYPE_VENDOR_API_CUTOFF:
      return engine::CutoffKind::kVendorApiCutoff;
    case v1::Cutoff::TYPE_VENDOR_EXIT:
      return engine::CutoffKind::kVendorExit;
    case v1::Cutoff::TYPE_COUNTRY_SERVICE_CUTOFF:
      return engine::CutoffKind::kCountryServiceCutoff;
    case v1::Cutoff::TYPE_COUNTRY_WEIGHTS_BAN:
      return engine::CutoffKind::kCountryWeightsBan;
    case v1::Cutoff::TYPE_LICENCE_REVOCATION:
      return engine::CutoffKind::kLicenceRevocation;
    case v1::Cutoff::TYPE_MODEL_WITHDRAWAL:
      return engine::CutoffKind::kModelWithdrawal;
    case v1::Cutoff::TYPE_CLOUD_FAILURE:
      return engine::CutoffKind::kCloudFailure;
    case v1::Cutoff::TYPE_DEPLOYMENT_OUTAGE:
      return engine::CutoffKind::kDeploymentOutage;
    default:
      return std::nullopt;
  }
}

// What the target of each kind may be; empty for a country.
std::vector<std::string_view> TargetKinds(engine::CutoffKind kind) {
  switch (kind) {
    case engine::CutoffKind::kVendorApiCutoff:
    case engine::CutoffKind::kVendorExit:
      return {"Vendor"};
    case engine::CutoffKind::kLicenceRevocation:
      return {"Licence"};
    case engine::CutoffKind::kModelWithdrawal:
      return {"Model"};
    case engine::CutoffKind::kCloudFailure:
      return {"Host", "Vendor"};
    case engine::CutoffKind::kDeploymentOutage:
      return {"Deployment"};
    default:
      return {};
  }
}

bool FollowsLineage(engine::CutoffKind kind) {
  return kind == engine::CutoffKind::kCountryWeightsBan || kind == engine::CutoffKind::kLicenceRevocation ||
         kind == engine::CutoffKind::kModelWithdrawal;
}

bool Holds(const engine::Graph& graph, std::string_view name, std::string_view kind) {
  if (kind == "Vendor") return graph.vendors().Find(name).has_value();
  if (kind == "Host") return graph.hosts().Find(name).has_value();
  if (kind == "Licence") return graph.licences().Find(name).has_value();
  if (kind == "Model") return graph.models().Find(name).has_value();
  return graph.deployments().Find(name).has_value();
}

class Reader {
 public:
  Reader(const engine::Graph& graph, std::string_view prefix) : graph_(graph), prefix_(prefix) {}

  absl::StatusOr<ReadScenario> Run(const v1::Scenario& message) {
    result_.scenario.horizon_seconds = kHorizonDefaultSeconds;
    if (message.has_horizon())
      result_.scenario.horizon_seconds = Seconds(message.horizon(), absl::StrCat(prefix_, ".horizon"), 1);
    const std::string list = absl::StrCat(prefix_, ".cutoffs");
    if (message.cutoffs().empty()) Refuse(list, "name at least one cutoff");
    if (message.cutoffs_size() > kScenarioCutoffsMax)
      Refuse(list, absl::StrCat("at most ", kScenarioCutoffsMax, " cutoffs"));
    for (int i = 0; i < message.cutoffs_size() && i < kScenarioCutoffsMax; ++i) {
      ReadCutoff(message.cutoffs(i), i, absl::StrCat(list, "[", i, "]"));
    }
    if (!violations_.empty()) return base::FieldErrors(violations_);
    if (!missing_.empty()) {
      return base::Error(base::reason::TargetNotFound{.target = missing_},
                         absl::StrCat(missing_, " is not in the inventory; name a resource that is"));
    }
    return std::move(result_);
  }

 private:
  void Refuse(std::string field, std::string what) {
    violations_.push_back({std::move(field), std::move(what)});
  }

  int64_t Seconds(const google::protobuf::Duration& duration, const std::string& field, int64_t least) {
    if (duration.nanos() != 0 || duration.seconds() < least || duration.seconds() > engine::kSecondsMax) {
      Refuse(field,
             absl::StrCat("must be a whole number of seconds from ", least, " to ", engine::kSecondsMax));
      return least;
    }
    return duration.seconds();
  }

  void ReadCutoff(const v1::Cutoff& message, int index, const std::string& path) {
    engine::Cutoff cutoff;
    cutoff.id = message.id().empty() ? absl::StrCat(index + 1) : message.id();
    if (!ids_.insert(cutoff.id).second)
      Refuse(path + ".id", absl::StrCat("\"", cutoff.id, "\" is already the id of another cutoff"));
    const std::optional<engine::CutoffKind> kind = KindOf(message.type());
    if (!kind.has_value()) {
      Refuse(path + ".type", "say how it is lost");
      return;
    }
    cutoff.kind = *kind;
    ReadObject(message, path, cutoff);
    ReadReach(message, path, cutoff);
    ReadSeverityAndTimes(message, path, cutoff);
    result_.scenario.cutoffs.push_back(std::move(cutoff));
  }

  void ReadObject(const v1::Cutoff& message, const std::string& path, engine::Cutoff& cutoff) {
    const std::vector<std::string_view> kinds = TargetKinds(cutoff.kind);
    if (kinds.empty()) {
      cutoff.country = engine::Country::Parse(message.country());
      if (!cutoff.country.has_value()) Refuse(path + ".country", "name the country, ISO 3166-1 alpha-2");
      if (!message.target().empty()) Refuse(path + ".target", "must be absent: a country is cut off");
      return;
    }
    if (!message.country().empty()) Refuse(path + ".country", "must be absent: a resource is cut off");
    const resource::KindInfo* kind = resource::KindOfName(message.target());
    bool fits = false;
    for (std::string_view allowed : kinds) fits |= kind != nullptr && kind->kind == allowed;
    if (!fits) {
      std::string what(kinds[0]);
      for (size_t i = 1; i < kinds.size(); ++i) what += absl::StrCat(" or ", std::string(kinds[i]));
      Refuse(path + ".target", absl::StrCat("name a ", what, "; \"", message.target(), "\" is none"));
      return;
    }
    cutoff.target = message.target();
    if (missing_.empty() && !Holds(graph_, cutoff.target, kind->kind)) missing_ = cutoff.target;
  }

  void ReadReach(const v1::Cutoff& message, const std::string& path, engine::Cutoff& cutoff) {
    if (message.reach() == v1::Cutoff::REACH_UNSPECIFIED) return;
    if (!FollowsLineage(cutoff.kind))
      Refuse(path + ".reach", "must be absent: this cutoff follows no lineage");
    if (message.reach() == v1::Cutoff::REACH_DIRECT) cutoff.reach = engine::Reach::kDirect;
    if (message.reach() == v1::Cutoff::REACH_DISTILLED) cutoff.reach = engine::Reach::kDistilled;
  }

  void ReadSeverityAndTimes(const v1::Cutoff& message, const std::string& path, engine::Cutoff& cutoff) {
    const std::string subject = absl::StrCat("Cutoff ", cutoff.id, ": ");
    if (message.has_severity_ppm()) {
      cutoff.severity_ppm = message.severity_ppm();
      if (cutoff.severity_ppm < 0 || cutoff.severity_ppm > engine::kOne) {
        Refuse(path + ".severity_ppm", absl::StrCat("must be from 0 to ", engine::kOne));
      }
    } else {
      result_.assumptions.push_back(subject + "no severity is given; a total loss is assumed.");
    }
    if (message.has_start()) cutoff.start_seconds = Seconds(message.start(), path + ".start", 0);
    if (message.has_notice()) {
      cutoff.notice_seconds = Seconds(message.notice(), path + ".notice", 0);
    } else {
      result_.assumptions.push_back(subject + "no notice is given; zero is assumed.");
    }
    if (message.has_duration()) {
      cutoff.duration_seconds = Seconds(message.duration(), path + ".duration", 1);
    } else {
      result_.assumptions.push_back(subject + "no duration is given; it is assumed to be permanent.");
    }
  }

  const engine::Graph& graph_;
  const std::string prefix_;
  ReadScenario result_;
  std::vector<FieldViolation> violations_;
  std::set<std::string> ids_;
  std::string missing_;
};

}  // namespace

absl::StatusOr<ReadScenario> Read(const engine::Graph& graph, const v1::Scenario& message,
                                  std::string_view prefix) {
  return Reader(graph, prefix).Run(message);
}

}  // namespace linchpin::risk
