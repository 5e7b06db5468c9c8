#include "services/replica/wire/wire_references.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>

#include "google/api/resource.pb.h"
#include "services/replica/wire/wire.h"

namespace linchpin::replica {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Which fields of a message hold references, themselves or further down.
struct Plan {
  struct Step {
    bool reference = false;
    bool mixed = false;  // Some values are names, others are not.
    const Plan* inner = nullptr;
  };
  std::map<int, Step> steps;
};

// The plans of all kinds, made once.
class Plans {
 public:
  Plans() {
    for (const resource::KindInfo* kind : resource::Kinds()) by_kind_[kind] = Make(kind->descriptor);
  }
  const Plan* Of(const resource::KindInfo& kind) const {
    auto found = by_kind_.find(&kind);
    return found == by_kind_.end() ? nullptr : found->second;
  }

 private:
  // Null if nothing below `descriptor` is a reference.
  const Plan* Make(const Descriptor* descriptor) {
    auto [made, is_new] = by_descriptor_.try_emplace(descriptor, nullptr);
    if (!is_new) return made->second;
    Plan plan;
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const FieldDescriptor* field = descriptor->field(i);
      if (resource::MayRefer(*field)) {
        Plan::Step& step = plan.steps[field->number()];
        step.reference = true;
        step.mixed = !field->options().HasExtension(google::api::resource_reference);
      }
      if (field->message_type() == nullptr) continue;
      if (const Plan* inner = Make(field->message_type())) plan.steps[field->number()].inner = inner;
    }
    if (plan.steps.empty()) return nullptr;
    owned_.push_back(std::make_unique<Plan>(std::move(plan)));
    return by_descriptor_[descriptor] = owned_.back().get();
  }

  std::vector<std::unique_ptr<const Plan>> owned_;
  std::unordered_map<const Descriptor*, const Plan*> by_descriptor_;
  std::unordered_map<const resource::KindInfo*, const Plan*> by_kind_;
};

void Collect(const Plan& plan, std::string_view body, std::vector<std::string_view>& found) {
  for (WireReader reader(body); reader.Next();) {
    if (!reader.has_bytes()) continue;
    auto step = plan.steps.find(reader.field());
    if (step == plan.steps.end()) continue;
    if (step->second.reference && !reader.bytes().empty() &&
        (!step->second.mixed || resource::KindOfName(reader.bytes()) != nullptr)) {
      found.push_back(reader.bytes());
    }
    if (step->second.inner != nullptr) Collect(*step->second.inner, reader.bytes(), found);
  }
}

}  // namespace

std::vector<std::string_view> WireReferences(const resource::KindInfo& kind, std::string_view body) {
  static const auto* const plans = new Plans;
  std::vector<std::string_view> found;
  const Plan* plan = plans->Of(kind);
  if (plan == nullptr) return found;
  Collect(*plan, body, found);
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace linchpin::replica
