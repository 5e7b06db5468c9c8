#include "services/cli/client/api.h"

#include "google/protobuf/descriptor.h"
#include "google/protobuf/empty.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "linchpin/risk/v1/risk_service.pb.h"
#include "services/base/text.h"
#include "services/cli/flags/arguments.h"
#include "services/cli/listing/narrowing.h"
#include "services/cli/names.h"
#include "services/resource/results.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using resource::KindInfo;

constexpr int kPageSize = 1000;

std::string ServiceOf(const KindInfo& kind) {
  if (kind.area == resource::Area::kRisk) return kRisk;
  return kind.area == resource::Area::kPolicy ? kPolicy : kInventory;
}

std::string Capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

// A request or response message by method and side.
std::unique_ptr<Message> NewMessage(const Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

// One standard method of a kind with an empty request.
struct Method {
  std::string service;
  std::string name;
  std::unique_ptr<Message> request;
  std::unique_ptr<Message> response;

  const FieldDescriptor* Field(const std::string& field) const {
    return request->GetDescriptor()->FindFieldByName(field);
  }
  void Set(const std::string& field, const std::string& value) {
    if (const auto* f = Field(field)) request->GetReflection()->SetString(request.get(), f, value);
  }
  void Set(const std::string& field, bool value) {
    if (const auto* f = Field(field)) request->GetReflection()->SetBool(request.get(), f, value);
  }
  absl::Status Call(Client& client) { return client.Call(service, name, *request, *response); }
};

absl::StatusOr<Method> FindMethod(const KindInfo& kind, const std::string& verb) {
  // A static library drops files that nothing refers to, and their descriptors with them.
  (void)linchpin::inventory::v1::BatchGetRequest::descriptor();
  (void)linchpin::policy::v1::GetFindingRequest::descriptor();
  (void)linchpin::risk::v1::GetHazardTableRequest::descriptor();
  const std::string noun = verb == "List" ? Capitalised(kind.collection) : kind.kind;
  Method method{ServiceOf(kind), verb + noun, nullptr, nullptr};
  const MethodDescriptor* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      method.service + "." + method.name);
  if (descriptor == nullptr || !IsStored(kind)) {
    const char* shown = kind.area == resource::Area::kRisk ? ": `linchpin risk history` shows them"
                                                           : ": `linchpin finding show` shows them";
    return UsageError(Cat({kind.kind, " has no `", verb, "`", IsStored(kind) ? "" : shown}));
  }
  method.request = NewMessage(descriptor->input_type());
  method.response = NewMessage(descriptor->output_type());
  return method;
}

// What people are used to call a kind, and the other spelling of English.
std::string_view LongWord(std::string_view word) {
  static constexpr std::pair<std::string_view, std::string_view> kShort[] = {
      {"app", "application"}, {"apps", "application"}, {"svc", "business-service"}, {"deploy", "deployment"},
      {"dep", "dependency"},  {"deps", "dependency"},  {"license", "licence"},      {"licenses", "licence"}};
  for (const auto& [given, meant] : kShort) {
    if (given == word) return meant;
  }
  return word;
}

// Sets parent and narrowing fields; the names that they give are added to `names`.
absl::Status SetQuery(const ListQuery& query, Method& method, std::vector<std::string>& names) {
  if (method.Field("parent") != nullptr) {
    method.Set("parent", query.parent);
    names.push_back(query.parent);
  } else if (!query.parent.empty()) {
    return UsageError(Cat({query.kind->kind, " has no parent"}));
  }
  for (const auto& [field, value] : query.only) {
    absl::Status status = Narrow(*query.kind, field, value, *method.request, names);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// Nothing of a name that does not exist is no answer.
absl::Status RequireNames(Client& client, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (absl::Status status = RequireName(client, name); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

bool IsStored(const KindInfo& kind) { return !resource::IsResult(kind) || kind.kind == "Finding"; }

absl::StatusOr<const KindInfo*> KindOfWord(std::string_view word) {
  if (const KindInfo* kind = resource::FindKindByWord(LongWord(word))) return kind;
  std::vector<std::string> words;
  for (const KindInfo* kind : resource::Kinds()) {
    if (IsStored(*kind)) words.push_back(kind->collection);
  }
  const auto nearest = base::Nearest(word, words);
  return UsageError(Cat({"unknown kind `", word, "`; ",
                         nearest ? Cat({"did you mean `", *nearest, "`?"})
                                 : Cat({"it is one of ", base::JoinNames(words, 20)})}));
}

absl::StatusOr<std::unique_ptr<Message>> GetResource(Client& client, std::string_view name) {
  const KindInfo* kind = resource::KindOfName(name);
  if (kind == nullptr)
    return UsageError(Cat({"`", name, "` is not a resource name such as `vendors/openai`"}));
  absl::StatusOr<Method> method = FindMethod(*kind, "Get");
  if (!method.ok()) return method.status();
  method->Set("name", std::string(name));
  if (absl::Status status = method->Call(client); !status.ok()) return status;
  return std::move(method->response);
}

absl::StatusOr<Listed> ListResources(Client& client, const ListQuery& query,
                                     const std::function<void(const Message&)>& sink) {
  absl::StatusOr<Method> method = FindMethod(*query.kind, "List");
  if (!method.ok()) return method.status();
  std::vector<std::string> names;
  if (absl::Status status = SetQuery(query, *method, names); !status.ok()) return status;
  method->Set("page_token", query.page_token);
  const auto& response = *method->response->GetDescriptor();
  const FieldDescriptor* items = response.FindFieldByNumber(1);
  int64_t given = 0;
  while (true) {
    const int64_t wanted = query.limit == 0 ? kPageSize : std::min<int64_t>(kPageSize, query.limit - given);
    method->request->GetReflection()->SetInt32(method->request.get(), method->Field("page_size"),
                                               static_cast<int32_t>(wanted));
    if (absl::Status status = method->Call(client); !status.ok()) return status;
    const auto& reflection = *method->response->GetReflection();
    for (int i = 0; i < reflection.FieldSize(*method->response, items); ++i, ++given) {
      sink(reflection.GetRepeatedMessage(*method->response, items, i));
    }
    const std::string token =
        reflection.GetString(*method->response, response.FindFieldByName("next_page_token"));
    const int64_t total = reflection.GetInt32(*method->response, response.FindFieldByName("total_size"));
    if (token.empty() || (query.limit > 0 && given >= query.limit)) {
      const absl::Status known = given == 0 ? RequireNames(client, names) : absl::OkStatus();
      return known.ok() ? absl::StatusOr<Listed>(Listed{std::max(total, given), token}) : known;
    }
    method->Set("page_token", token);
    method->response->Clear();
  }
}

absl::StatusOr<bool> DeleteResource(Client& client, std::string_view name, const DeleteOptions& options) {
  const KindInfo* kind = resource::KindOfName(name);
  if (kind == nullptr)
    return UsageError(Cat({"`", name, "` is not a resource name such as `vendors/openai`"}));
  absl::StatusOr<Method> method = FindMethod(*kind, "Delete");
  if (!method.ok()) return method.status();
  method->Set("name", std::string(name));
  method->Set("force", options.force);
  method->Set("allow_missing", options.allow_missing);
  method->Set("validate_only", options.validate_only);
  if (options.allow_missing) {
    // The answer does not tell whether there was something to delete.
    const absl::Status there = GetResource(client, name).status();
    if (there.code() == absl::StatusCode::kNotFound) return false;
    if (!there.ok()) return there;
  }
  if (absl::Status status = method->Call(client); !status.ok()) return status;
  return true;
}

absl::StatusOr<std::unique_ptr<Message>> PutResource(Client& client, const Message& resource,
                                                     bool validate_only) {
  const KindInfo* kind = resource::FindKindOf(resource.GetDescriptor());
  absl::StatusOr<Method> method = FindMethod(*kind, "Update");
  if (!method.ok()) return method.status();
  const auto& reflection = *method->request->GetReflection();
  reflection.MutableMessage(method->request.get(), method->Field(kind->singular))->CopyFrom(resource);
  google::protobuf::FieldMask mask;
  mask.add_paths("*");
  reflection.MutableMessage(method->request.get(), method->Field("update_mask"))->CopyFrom(mask);
  method->Set("allow_missing", true);
  method->Set("validate_only", validate_only);
  if (absl::Status status = method->Call(client); !status.ok()) return status;
  return std::move(method->response);
}

}  // namespace linchpin::cli
