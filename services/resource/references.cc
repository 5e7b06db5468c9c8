// References and the fields that every resource has, by reflection.
#include <algorithm>
#include <memory>
#include <string>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "google/api/resource.pb.h"
#include "linchpin/common/v1/annotations.pb.h"
#include "services/resource/kinds.h"

namespace linchpin::resource {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr std::string_view kTypePrefix = "linchpin.dev/";

// The fields of a message type that hold references, themselves or further down; options are looked up
// slowly, so they are read once.
struct Plan {
  struct Step {
    const FieldDescriptor* field;
    const KindInfo* expected = nullptr;  // Of a reference; null: any.
    const Plan* inner = nullptr;         // Of a message.
  };
  std::vector<Step> steps;  // In order of numbers.
};

const KindInfo* ExpectedKind(const FieldDescriptor* field) {
  const std::string& type = field->options().GetExtension(google::api::resource_reference).type();
  return type.size() > kTypePrefix.size() ? FindKind(std::string_view(type).substr(kTypePrefix.size()))
                                          : nullptr;
}

// The plans of all kinds.
class Plans {
 public:
  Plans() {
    for (const KindInfo* kind : Kinds()) Make(kind->descriptor);
  }
  const Plan& Of(const KindInfo& kind) const { return *plans_.at(kind.descriptor); }

 private:
  // There before it is whole: a message may hold its own type.
  const Plan* Make(const Descriptor* descriptor) {
    auto [made, is_new] = plans_.try_emplace(descriptor);
    if (!is_new) return made->second.get();
    Plan* const plan = (made->second = std::make_unique<Plan>()).get();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const FieldDescriptor* const field = descriptor->field(i);
      if (field->message_type() != nullptr) {
        plan->steps.push_back({field, nullptr, Make(field->message_type())});
      } else if (MayRefer(*field)) {
        plan->steps.push_back({field, ExpectedKind(field)});
      }
    }
    std::sort(plan->steps.begin(), plan->steps.end(),
              [](const Plan::Step& a, const Plan::Step& b) { return a.field->number() < b.field->number(); });
    return plan;
  }

  std::unordered_map<const Descriptor*, std::unique_ptr<Plan>> plans_;
};

// Where a value stands. Text is only made of it when there is a reference.
struct Path {
  const Path* parent;  // Null: a field of the document.
  const FieldDescriptor* field;
  int index;  // -1: not repeated.

  std::string Text() const {
    std::string text = parent == nullptr ? std::string() : absl::StrCat(parent->Text(), ".");
    text += field->name();
    if (index >= 0) absl::StrAppend(&text, "[", index, "]");
    return text;
  }
};

class Walk {
 public:
  Walk(Area area, std::vector<Reference>& found) : area_(area), found_(found) {}

  void Visit(const Plan& plan, const Message& message, const Path* parent) {
    const Reflection& reflection = *message.GetReflection();
    for (const Plan::Step& step : plan.steps) {
      if (step.field->is_repeated()) {
        const int size = reflection.FieldSize(message, step.field);
        for (int i = 0; i < size; ++i) VisitValue(step, message, {parent, step.field, i});
      } else if (reflection.HasField(message, step.field)) {
        VisitValue(step, message, {parent, step.field, -1});
      }
    }
  }

 private:
  // The value of a singular field or one element of a repeated one.
  void VisitValue(const Plan::Step& step, const Message& message, const Path& path) {
    const Reflection& reflection = *message.GetReflection();
    const int i = path.index;
    if (step.inner != nullptr) {
      return Visit(*step.inner,
                   i < 0 ? reflection.GetMessage(message, step.field)
                         : reflection.GetRepeatedMessage(message, step.field, i),
                   &path);
    }
    std::string scratch;
    const std::string& target = i < 0
                                    ? reflection.GetStringReference(message, step.field, &scratch)
                                    : reflection.GetRepeatedStringReference(message, step.field, i, &scratch);
    const KindInfo* const kind = KindOfName(target);
    if (kind == nullptr || kind->area != area_) return;
    found_.push_back({path.Text(), target, step.expected});
  }

  const Area area_;
  std::vector<Reference>& found_;
};

}  // namespace

bool MayRefer(const FieldDescriptor& field) {
  const auto& options = field.options();
  return options.HasExtension(google::api::resource_reference) ||
         options.GetExtension(linchpin::common::v1::constraint).format() ==
             linchpin::common::v1::FORMAT_FACT_VALUE;
}

std::vector<Reference> References(const Message& document) {
  std::vector<Reference> found;
  const KindInfo* const kind = FindKindOf(document.GetDescriptor());
  if (kind == nullptr) return found;
  if (kind->nested) {
    const std::string parent(ParentName(NameOf(document)));
    if (!parent.empty()) found.push_back({"name", parent, KindOfName(parent)});
  }
  static const auto* const plans = new Plans;
  Walk(kind->area, found).Visit(plans->Of(*kind), document, nullptr);
  return found;
}

const std::string& NameOf(const Message& document) {
  static const auto* const none = new std::string;
  const FieldDescriptor* const field = document.GetDescriptor()->FindFieldByName("name");
  if (field == nullptr) return *none;
  // Singular strings of generated messages are returned by reference; the scratch string stays unused.
  return document.GetReflection()->GetStringReference(document, field, const_cast<std::string*>(none));
}

void ClearOutputOnly(Message& document) {
  for (const char* name : {"create_time", "update_time", "revision", "etag"}) {
    const FieldDescriptor* const field = document.GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) document.GetReflection()->ClearField(&document, field);
  }
}

}  // namespace linchpin::resource
