#include "services/inventory/importers/litellm/proposals.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "linchpin/common/v1/provenance.pb.h"

namespace linchpin::importers {
namespace {

using common::v1::Evidence;
using inventory::v1::Application;
using inventory::v1::Dependency;
using inventory::v1::Deployment;
using inventory::v1::Model;

template <typename Resource>
void AddEvidence(Resource& resource, const char* path, Evidence::Source source, double confidence,
                 const std::string& note, const ReadAt& at) {
  Evidence& evidence = *resource.add_evidence();
  evidence.set_field_path(path);
  evidence.set_source(source);
  evidence.set_uri(at.file);
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

}  // namespace

Deployment DeploymentOf(const std::string& name, const std::string& gateway, const LiteLlmEntry& entry,
                        const Resolution& resolution, const std::string& model, const ReadAt& at) {
  Deployment deployment;
  deployment.set_name(name);
  deployment.set_display_name(entry.model);
  (*deployment.mutable_labels())["linchpin.dev/gateway"] = gateway;
  AddUpstream(deployment, "litellm", entry.model);
  if (!entry.id.empty()) AddUpstream(deployment, "litellm-model-info", entry.id);
  if (!model.empty()) {
    deployment.set_model(model);
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
  if (!resolution.host.value.empty()) {
    deployment.set_host(resolution.host.value);
    AddEvidence(deployment, "host", kRead, resolution.host.confidence, resolution.host.note, at);
  }
  if (!entry.address.kept.empty()) {
    deployment.set_api_base(entry.address.kept);
    AddEvidence(deployment, "api_base", kRead, 1, "", at);
  }
  if (resolution.pinning != Deployment::PINNING_UNSPECIFIED) {
    deployment.set_pinning(resolution.pinning);
    AddEvidence(deployment, "pinning", kConcluded, 0.9, "the name of the model", at);
  }
  return deployment;
}

Model UnlistedModelOf(const std::string& name, const LiteLlmEntry& entry, const Resolution& resolution,
                      const ReadAt& at) {
  Model model;
  model.set_name(name);
  model.set_display_name(resolution.unlisted);
  model.set_description("Not in the catalogue. State its developer, weights, licence and base models here.");
  AddUpstream(model, "litellm", entry.model);
  if (const Resolved& developer = resolution.unlisted_developer; !developer.value.empty()) {
    model.set_developer(developer.value);
    AddEvidence(model, "developer", kConcluded, developer.confidence, developer.note, at);
  }
  return model;
}

Application ApplicationOf(const std::string& name, const std::string& gateway, const Route& route,
                          const ReadAt& at) {
  Application application;
  application.set_name(name);
  application.set_display_name(absl::StrCat("Gateway ", gateway, ", group ", route.name));
  auto& labels = *application.mutable_labels();
  labels["linchpin.dev/gateway"] = gateway;
  labels["linchpin.dev/gateway-group"] = route.name;
  labels["linchpin.dev/role"] = "gateway-group";
  AddUpstream(application, "litellm-group", route.name);
  auto& annotations = *application.mutable_annotations();
  if (!route.alias_of.empty()) annotations["linchpin.dev/alias-of"] = route.alias_of;
  if (!route.context_window.empty()) {
    annotations["linchpin.dev/context-window-fallbacks"] = Listed(route.context_window);
  }
  if (!route.content_policy.empty()) {
    annotations["linchpin.dev/content-policy-fallbacks"] = Listed(route.content_policy);
  }
  AddEvidence(application, "display_name", kRead, 1, "a name that callers use", at);
  return application;
}

Dependency DependencyOf(const std::string& application, const std::vector<std::string>& targets,
                        Dependency::Purpose purpose, const Route& route, const ReadAt& at) {
  Dependency dependency;
  dependency.set_name(application + "/dependencies/route");
  dependency.set_purpose(purpose);
  dependency.set_essential(true);
  dependency.set_origin(Dependency::ORIGIN_IMPORTED);
  for (const std::string& target : targets) {
    auto& alternative = *dependency.add_alternatives();
    alternative.set_target(target);
    if (dependency.alternatives_size() > 1) alternative.set_activation(Dependency::ACTIVATION_AUTOMATIC);
  }
  const size_t own = std::min(route.replicas, targets.size());
  AddEvidence(
      dependency, "alternatives", kRead, 1,
      absl::StrCat(own, " of the group, ", targets.size() - own, " of its fallbacks, in the router's order"),
      at);
  return dependency;
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
