#include "services/inventory/importers/litellm/proposals.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "linchpin/common/v1/provenance.pb.h"

namespace linchpin::importers {
namespace {

using common::v1::Evidence;
using inventory::v1::Dependency;
using inventory::v1::Deployment;
using inventory::v1::Host;
using inventory::v1::Model;
using inventory::v1::Route;

template <typename Resource>
void AddEvidence(Resource& resource, const char* path, Evidence::Source source, double confidence,
                 const std::string& note, const FileLine& at) {
  Evidence& evidence = *resource.add_evidence();
  evidence.set_field_path(path);
  evidence.set_source(source);
  evidence.set_uri(std::string(at.file));
  evidence.set_line(at.line);
  evidence.set_confidence_ratio(confidence);
  if (!note.empty()) evidence.set_note(note);
}

template <typename Resource>
void AddUpstream(Resource& resource, const char* system, const std::string& id) {
  auto& upstream = *resource.add_upstream_ids();
  upstream.set_system(system);
  upstream.set_id(id);
}

// The first of many names; an annotation holds no more.
std::string Listed(const std::vector<std::string>& names) {
  constexpr size_t kShown = 8;
  const auto end = names.begin() + static_cast<ptrdiff_t>(std::min(kShown, names.size()));
  return absl::StrCat(absl::StrJoin(names.begin(), end, ", "), names.size() > kShown ? ", ..." : "");
}

constexpr auto kRead = Evidence::SOURCE_IMPORTED;
constexpr auto kConcluded = Evidence::SOURCE_INFERRED;

// Writes what is not known for sure. A likely `host` without a value is `own_host`.
template <typename Resource>
void AddNarrowed(const std::vector<Narrowed>& narrowed, const std::string& own_host, const FileLine& at,
                 Resource& resource) {
  for (const Narrowed& fact : narrowed) {
    if (fact.confidence == 0) {
      auto& bound = *resource.add_bounds();
      bound.set_field(fact.field);
      for (const std::string& value : fact.one_of) bound.add_one_of(value);
      for (const std::string& value : fact.none_of) bound.add_none_of(value);
      AddEvidence(resource, fact.field.c_str(), kConcluded, 0.95, fact.reason, at);
      continue;
    }
    auto& likely = *resource.add_likely();
    likely.set_field(fact.field);
    for (const std::string& value : fact.one_of) likely.add_one_of(value.empty() ? own_host : value);
    likely.set_confidence(fact.confidence);
    likely.set_reason(fact.reason);
  }
}

// What it serves and who runs it.
void SetServed(const DeploymentNames& names, const LiteLlmEntry& entry, const Resolution& resolution,
               const FileLine& at, Deployment& deployment) {
  if (!names.model.empty()) {
    deployment.set_model(names.model);
    const double confidence = resolution.model.value.empty() ? 0.9 : resolution.model.confidence;
    AddEvidence(deployment, "model", kRead, confidence, resolution.model.note, at);
  }
  if (resolution.mode != Deployment::HOSTING_MODE_UNSPECIFIED) {
    deployment.set_hosting_mode(resolution.mode);
    AddEvidence(deployment, "hosting_mode", kConcluded, resolution.mode_confidence, resolution.mode_note, at);
  }
  if (const Resolved& vendor = resolution.operator_vendor; !vendor.value.empty()) {
    deployment.set_operator_(vendor.value);
    AddEvidence(deployment, "operator", kConcluded, vendor.confidence, vendor.note, at);
  }
  if (const Resolved& vendor = resolution.intermediary; !vendor.value.empty()) {
    deployment.add_intermediaries(vendor.value);
    AddEvidence(deployment, "intermediaries", kConcluded, vendor.confidence, vendor.note, at);
  }
  if (resolution.pinning != Deployment::PINNING_UNSPECIFIED) {
    deployment.set_pinning(resolution.pinning);
    AddEvidence(deployment, "pinning", kConcluded, 0.9, absl::StrCat("the name `", entry.model, "`"), at);
  }
}

// Where it runs and is called.
void SetWhere(const DeploymentNames& names, const LiteLlmEntry& entry, const Resolution& resolution,
              const FileLine& at, Deployment& deployment) {
  const bool is_likely =
      std::any_of(resolution.narrowed.begin(), resolution.narrowed.end(),
                  [](const Narrowed& fact) { return fact.field == "host" && fact.confidence > 0; });
  if (!resolution.host.value.empty()) {
    deployment.set_host(resolution.host.value);
    AddEvidence(deployment, "host", kRead, resolution.host.confidence, resolution.host.note, at);
  } else if (!names.own_host.empty() && !is_likely) {
    deployment.set_host(names.own_host);
    AddEvidence(deployment, "host", kConcluded, 0.9,
                absl::StrCat("the address `", resolution.own_server.address, "`"), at);
  }
  if (!entry.address.kept.empty()) {
    deployment.set_api_base(entry.address.kept);
    AddEvidence(deployment, "api_base", kRead, 1, entry.address_from, at);
  }
}

constexpr char kWeightsNote[] =
    "; the requests of an alternative are its weight in the router's choice, not observed";
constexpr int64_t kWeightWindowSeconds = 30 * 24 * 3600;
constexpr double kWeightUnits = 1000;  // of a weight of 1, where one is no whole number

bool HasWeights(const RoutePlan& route) {
  return std::any_of(route.steps.begin(), route.steps.end(),
                     [](const RouteStep& step) { return step.weight > 0; });
}

// What makes the weights of a route whole numbers. They are in no unit: only their shares say something.
double ScaleOf(const RoutePlan& route) {
  const bool whole = std::all_of(route.steps.begin(), route.steps.end(), [](const RouteStep& step) {
    return step.weight == std::floor(step.weight);
  });
  return whole ? 1 : kWeightUnits;
}

void AddAlternative(const std::string& target, const RouteStep& step, double scale,
                    google::protobuf::RepeatedPtrField<Dependency::Alternative>& alternatives) {
  const bool is_first = alternatives.empty();
  Dependency::Alternative& alternative = *alternatives.Add();
  alternative.set_target(target);
  if (!is_first && !step.spare) alternative.set_activation(Dependency::ACTIVATION_AUTOMATIC);
  if (step.weight <= 0) return;
  alternative.mutable_usage()->set_requests(std::llround(step.weight * scale));
  alternative.mutable_usage()->mutable_window()->set_seconds(kWeightWindowSeconds);
}

}  // namespace

Deployment DeploymentOf(const DeploymentNames& names, const std::string& gateway, const LiteLlmEntry& entry,
                        const Resolution& resolution, const FileLine& at) {
  Deployment deployment;
  deployment.set_name(names.deployment);
  deployment.set_display_name(entry.model);
  (*deployment.mutable_labels())["linchpin.dev/gateway"] = gateway;
  AddUpstream(deployment, "litellm", entry.model);
  if (!entry.id.empty()) AddUpstream(deployment, "litellm-model-info", entry.id);
  SetServed(names, entry, resolution, at, deployment);
  SetWhere(names, entry, resolution, at, deployment);
  AddNarrowed(resolution.narrowed, names.own_host, at, deployment);
  return deployment;
}

Model UnlistedModelOf(const std::string& name, const LiteLlmEntry& entry, const UnlistedModel& unlisted,
                      const FileLine& at) {
  Model model;
  model.set_name(name);
  model.set_display_name(unlisted.name);
  model.set_description("Not in the catalogue. State its developer, weights, licence and base models here.");
  AddUpstream(model, "litellm", entry.model);
  if (const Resolved& developer = unlisted.developer; !developer.value.empty()) {
    model.set_developer(developer.value);
    AddEvidence(model, "developer", kConcluded, developer.confidence, developer.note, at);
  }
  if (!unlisted.line.empty()) {
    model.set_version_of(unlisted.line);
    AddEvidence(model, "version_of", kConcluded, 0.85, "the name without its date", at);
  }
  AddNarrowed(unlisted.narrowed, "", at, model);
  return model;
}

Host OwnHostOf(const std::string& name, const std::string& gateway, const OwnServer& server,
               const FileLine& at) {
  Host host;
  host.set_name(name);
  host.set_display_name(server.address == "localhost"
                            ? absl::StrCat("The machine of gateway ", gateway)
                            : absl::StrCat("Server ", server.address, " of gateway ", gateway));
  (*host.mutable_labels())["linchpin.dev/gateway"] = gateway;
  AddUpstream(host, "address", server.address);
  AddEvidence(host, "display_name", kRead, 1, "the address of a server inside", at);
  if (server.own_premises > 0)
    AddNarrowed({{"provider", {"none"}, {}, server.own_premises, server.why}}, "", at, host);
  return host;
}

Route RouteOf(const std::string& name, const std::string& gateway, const std::vector<std::string>& targets,
              Dependency::Purpose purpose, const RoutePlan& plan) {
  Route route;
  route.set_name(name);
  route.set_display_name(absl::StrCat("Gateway ", gateway, ", group ", plan.name));
  route.set_gateway(gateway);
  route.set_purpose(purpose);
  auto& labels = *route.mutable_labels();
  labels["linchpin.dev/gateway"] = gateway;
  labels["linchpin.dev/gateway-group"] = plan.name;
  AddUpstream(route, "litellm-group", plan.name);
  auto& annotations = *route.mutable_annotations();
  if (!plan.alias_of.empty()) annotations["linchpin.dev/alias-of"] = plan.alias_of;
  if (!plan.context_window.empty())
    annotations["linchpin.dev/context-window-fallbacks"] = Listed(plan.context_window);
  if (!plan.content_policy.empty())
    annotations["linchpin.dev/content-policy-fallbacks"] = Listed(plan.content_policy);
  const double scale = ScaleOf(plan);
  for (size_t i = 0; i < plan.steps.size(); ++i)
    AddAlternative(targets[i], plan.steps[i], scale, *route.mutable_alternatives());
  AddEvidence(route, "alternatives", kRead, 1,
              absl::StrCat(plan.replicas, " of the group, ", targets.size() - plan.replicas,
                           " of its fallbacks, in the router's order", HasWeights(plan) ? kWeightsNote : ""),
              plan.at);
  return route;
}

Dependency::Purpose PurposeOf(const std::string& mode) {
  static const auto* const kPurposes = new std::map<std::string, Dependency::Purpose>{
      {"chat", Dependency::PURPOSE_CHAT},
      {"completion", Dependency::PURPOSE_CHAT},
      {"responses", Dependency::PURPOSE_CHAT},
      {"embedding", Dependency::PURPOSE_EMBEDDING},
      {"rerank", Dependency::PURPOSE_RERANK},
      {"image_generation", Dependency::PURPOSE_VISION},
      {"image-generation", Dependency::PURPOSE_VISION},
      {"video-generation", Dependency::PURPOSE_VISION},
      {"video_generation", Dependency::PURPOSE_VISION},
      {"ocr", Dependency::PURPOSE_VISION},
      {"audio_transcription", Dependency::PURPOSE_SPEECH},
      {"audio-transcription", Dependency::PURPOSE_SPEECH},
      {"audio_speech", Dependency::PURPOSE_SPEECH},
      {"audio-speech", Dependency::PURPOSE_SPEECH},
      {"realtime", Dependency::PURPOSE_SPEECH},
      {"moderation", Dependency::PURPOSE_GUARDRAIL},
      {"guardrail", Dependency::PURPOSE_GUARDRAIL},
  };
  const auto found = kPurposes->find(mode);
  return found == kPurposes->end() ? Dependency::PURPOSE_UNSPECIFIED : found->second;
}

}  // namespace linchpin::importers
