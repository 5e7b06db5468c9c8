#include "services/policy/domain/trends/filled_past.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/reflection.h"
#include "google/protobuf/timestamp.pb.h"
#include "linchpin/inventory/v1/application.pb.h"
#include "linchpin/inventory/v1/business_service.pb.h"
#include "linchpin/inventory/v1/continuity.pb.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/host.pb.h"
#include "linchpin/inventory/v1/licence.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/replica/view_editor.h"

namespace linchpin::policy {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kLearntShown = 10;
// Facts have numbers from here on; what is below is the same in every kind: names, labels, evidence and the
// like.
constexpr int kFirstFact = 20;

using Descriptors = std::vector<const Descriptor*>;

// Who supplies what: documents that are there only now stand there then, too.
Descriptors SupplyKinds() {
  return {inventory::v1::Vendor::descriptor(), inventory::v1::Host::descriptor(),
          inventory::v1::Licence::descriptor(), inventory::v1::Model::descriptor(),
          inventory::v1::Deployment::descriptor()};
}
// Who uses what.
Descriptors UseKinds() {
  return {inventory::v1::Application::descriptor(), inventory::v1::BusinessService::descriptor(),
          inventory::v1::Route::descriptor(), inventory::v1::Dependency::descriptor()};
}

const FieldDescriptor* Field(const Message& message, const char* name) {
  return message.GetDescriptor()->FindFieldByName(name);
}

bool HasValue(const Message& message, const FieldDescriptor* field) {
  const Reflection& reflection = *message.GetReflection();
  return field->is_repeated() ? reflection.FieldSize(message, field) > 0
                              : reflection.HasField(message, field);
}

bool IsListed(const Message& message, const FieldDescriptor* list, const std::string& name) {
  const auto& names = message.GetReflection()->GetRepeatedFieldRef<std::string>(message, list);
  return std::find(names.begin(), names.end(), name) != names.end();
}

// What a kind knows of a field without a value.
bool IsDerivedNone(const Message& then, const FieldDescriptor* field) {
  const auto* deployment = google::protobuf::DynamicCastToGenerated<inventory::v1::Deployment>(&then);
  return deployment != nullptr && field->number() == inventory::v1::Deployment::kOperatorFieldNumber &&
         deployment->hosting_mode() == inventory::v1::Deployment::HOSTING_MODE_SELF_HOSTED;
}

// Puts `field` of `from` in place of that of `to`.
void Copy(const Message& from, const FieldDescriptor* field, Message& to) {
  std::unique_ptr<Message> one(from.New());
  one->CopyFrom(from);
  std::vector<const FieldDescriptor*> set;
  one->GetReflection()->ListFields(*one, &set);
  for (const FieldDescriptor* other : set) {
    if (other != field) one->GetReflection()->ClearField(one.get(), other);
  }
  to.GetReflection()->ClearField(&to, field);
  to.MergeFrom(*one);
}

// Fills one document, and gathers the names of the fields.
class Filler {
 public:
  Filler(const Message& now, Message& then) : now_(now), then_(then) {}

  const std::vector<std::string>& Fill() {
    FillFacts(now_, then_, "");
    FillUsage();
    FillKnowledge();
    return learnt_;
  }

 private:
  bool IsKnownNone(const Message& document, const FieldDescriptor* field) const {
    const FieldDescriptor* list = Field(document, "known_none");
    return list != nullptr && IsListed(document, list, field->name());
  }

  // Of who needs what only what is weighed: the rest of a dependency is read by nothing that looks back.
  static bool IsRead(const FieldDescriptor* field) {
    const Descriptor* kind = field->containing_type();
    const bool needs =
        kind == inventory::v1::Dependency::descriptor() || kind == inventory::v1::Route::descriptor();
    return !needs || field->name() == "usage" || field->name() == "essential";
  }

  void FillFacts(const Message& now, Message& then, const std::string& prefix) {
    const Descriptor& kind = *now.GetDescriptor();
    for (int i = 0; i < kind.field_count(); ++i) {
      const FieldDescriptor* field = kind.field(i);
      if (prefix.empty() && (field->number() < kFirstFact || !IsRead(field))) continue;
      const bool message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated();
      if (message && field->message_type() == google::protobuf::Timestamp::descriptor()) continue;
      if (!HasValue(now, field)) continue;
      if (message && field->message_type() == inventory::v1::Continuity::descriptor() &&
          HasValue(then, field)) {
        FillFacts(now.GetReflection()->GetMessage(now, field),
                  *then.GetReflection()->MutableMessage(&then, field), field->name() + ".");
        continue;
      }
      if (HasValue(then, field) || IsKnownNone(then, field) || IsDerivedNone(then, field)) continue;
      Copy(now, field, then);
      learnt_.push_back(prefix + field->name());
    }
  }

  // Of an alternative, what was observed; what it is set to is no knowledge.
  void FillUsage() {
    const FieldDescriptor* list = Field(then_, "alternatives");
    if (list == nullptr) return;
    const Reflection& reflection = *then_.GetReflection();
    for (int i = 0; i < reflection.FieldSize(then_, list); ++i) {
      auto& then = static_cast<inventory::v1::Dependency::Alternative&>(
          *reflection.MutableRepeatedMessage(&then_, list, i));
      if (then.has_usage()) continue;
      for (int k = 0; k < reflection.FieldSize(now_, list); ++k) {
        const auto& now = static_cast<const inventory::v1::Dependency::Alternative&>(
            reflection.GetRepeatedMessage(now_, list, k));
        if (now.target() != then.target() || !now.has_usage()) continue;
        *then.mutable_usage() = now.usage();
        learnt_.push_back(absl::StrCat("alternatives[", i, "].usage"));
      }
    }
  }

  // What is known to be none, what it can be and what it probably is: of fields that have no value.
  void FillKnowledge() {
    for (const char* name : {"bounds", "likely"}) {
      const FieldDescriptor* list = Field(then_, name);
      if (list != nullptr) Copy(now_, list, then_);
    }
    const FieldDescriptor* list = Field(then_, "known_none");
    if (list == nullptr) return;
    const Reflection& reflection = *then_.GetReflection();
    for (const std::string& name : reflection.GetRepeatedFieldRef<std::string>(now_, list)) {
      const FieldDescriptor* field = Field(then_, name.c_str());
      if (field == nullptr || HasValue(then_, field) || IsListed(then_, list, name)) continue;
      reflection.AddString(&then_, list, name);
      learnt_.push_back(name);
    }
  }

  const Message& now_;
  Message& then_;
  std::vector<std::string> learnt_;
};

struct Filled {
  std::string name, body;
  const resource::KindInfo* kind = nullptr;
  int64_t revision = 0;
  std::vector<std::string> learnt;
};

bool IsWhoNeeds(const resource::KindInfo& kind) {
  return kind.descriptor == inventory::v1::Application::descriptor() ||
         kind.descriptor == inventory::v1::BusinessService::descriptor();
}

// Nothing: there is nothing to fill in.
std::optional<Filled> FillOne(const replica::DocumentRef& then, const replica::DocumentRef& now) {
  if (then.body == now.body) return std::nullopt;
  const std::unique_ptr<Message> before = then.kind->New(), after = then.kind->New();
  if (!before->ParseFromArray(then.body.data(), static_cast<int>(then.body.size())) ||
      !after->ParseFromArray(now.body.data(), static_cast<int>(now.body.size())))
    return std::nullopt;
  Filled filled{std::string(then.name), "", then.kind, then.revision, Filler(*after, *before).Fill()};
  // Who is counted is no fact about supply.
  if (IsWhoNeeds(*then.kind)) filled.learnt.clear();
  filled.body = before->SerializeAsString();
  if (filled.body == then.body) return std::nullopt;
  return filled;
}

class Past {
 public:
  Past(const std::shared_ptr<const replica::View>& past, const replica::View& now) : past_(past), now_(now) {}

  FilledPast Fill() {
    for (const Descriptor* kind : SupplyKinds()) Gather(*resource::FindKindOf(kind), /*added=*/true);
    for (const Descriptor* kind : UseKinds()) Gather(*resource::FindKindOf(kind), /*added=*/false);
    FilledPast result{past_, {}, 0};
    if (filled_.empty()) return result;
    result.view = Edit({});
    if (!result.view->quarantine()->empty()) {
      std::set<std::string, std::less<>> refused;
      for (const auto& [name, why] : *result.view->quarantine()) refused.insert(std::string(name));
      result.view = Edit(refused);
    }
    for (const Filled& filled : filled_) {
      for (const std::string& field : filled.learnt) {
        if (result.learnt.size() < kLearntShown)
          result.learnt.push_back(absl::StrCat(filled.name, " ", field));
        ++result.learnt_count;
      }
    }
    return result;
  }

 private:
  // `added`: what is there only now, too.
  void Gather(const resource::KindInfo& kind, bool added) {
    replica::Cursor then = past_->Seek(kind), now = now_.Seek(kind);
    for (; now.valid(); now.Next()) {
      while (then.valid() && then.name() < now.name()) then.Next();
      const bool both = then.valid() && then.name() == now.name();
      const replica::DocumentRef document = now.document();
      if (!both && added)
        filled_.push_back(
            {std::string(document.name), std::string(document.body), document.kind, document.revision, {}});
      if (!both) continue;
      if (auto filled = FillOne(then.document(), document)) filled_.push_back(*std::move(filled));
    }
  }

  std::shared_ptr<const replica::View> Edit(const std::set<std::string, std::less<>>& but) const {
    std::vector<replica::DocumentEdit> edits;
    for (const Filled& filled : filled_) {
      if (but.contains(filled.name)) continue;
      replica::DocumentEdit edit;
      edit.document.name = filled.name;
      edit.document.kind = filled.kind;
      edit.document.revision = filled.revision;
      edit.document.body = filled.body;
      edits.push_back(edit);
    }
    replica::ViewEditor editor(*past_);
    editor.Suppose(edits);
    return editor.Finish();
  }

  const std::shared_ptr<const replica::View>& past_;
  const replica::View& now_;
  std::vector<Filled> filled_;
};

}  // namespace

FilledPast FillPast(const std::shared_ptr<const replica::View>& past, const replica::View& now) {
  return Past(past, now).Fill();
}

}  // namespace linchpin::policy
