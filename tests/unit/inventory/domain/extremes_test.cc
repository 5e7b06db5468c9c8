// Whatever the inventory accepts, the supply graph accepts: documents with values at the edges of their
// types.
#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/engine/graph/graph.h"
#include "services/inventory/domain/inventory_rules.h"
#include "services/replica/view_holder.h"
#include "services/writing/batch.h"
#include "tests/support/decide.h"

namespace linchpin::inventory {
namespace {

namespace v1 = ::linchpin::inventory::v1;

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// One resource of each kind and then some, all of which can refer to each other.
constexpr std::string_view kResources[] = {
    "vendor { name: 'vendors/a' country: 'US' known_none: 'parent' }",
    "vendor { name: 'vendors/b' parent: 'vendors/a' }",
    "vendor { name: 'vendors/c' known_none: 'parent' }",
    "host { name: 'hosts/h' provider: 'vendors/a' country: 'DE' }",
    "licence { name: 'licences/l' irrevocable: true }",
    "model { name: 'models/m' developer: 'vendors/a' weights: WEIGHTS_OPEN licence: 'licences/l' }",
    "model { name: 'models/n' developer: 'vendors/b' derivations { base_model: 'models/m' } }",
    "deployment { name: 'deployments/d' model: 'models/m' host: 'hosts/h' capacity_units: 5 operator: "
    "'vendors/a' hosting_mode: HOSTING_MODE_VENDOR_API intermediaries: 'vendors/c' }",
    "deployment { name: 'deployments/e' model: 'models/n' hosting_mode: HOSTING_MODE_SELF_HOSTED }",
    "application { name: 'applications/a' tier: 1 continuity { priority: 1 weight: 2 min_viable_ppm: 3 "
    "loss_per_hour_minor: 4 penalty_minor: 5 recovery_time_objective { seconds: 6 } "
    "max_tolerable_downtime { seconds: 7 } } }",
    "application { name: 'applications/b' }",
    "business_service { name: 'businessServices/s' tier: 4 continuity { weight: 1 } }",
    "dependency { name: 'applications/a/dependencies/d' weight_ppm: 1 units: 2 bridge { seconds: 3 } "
    "alternatives { target: 'deployments/d' quality_ppm: 1000000 share_ppm: 1000000 } "
    "alternatives { target: 'applications/b' quality_ppm: 5 switch_duration { seconds: 6 } usage { requests: "
    "1 input_tokens: 2 output_tokens: 3 spend_minor: 4 window { seconds: 5 } } } "
    "usage { requests: 1 input_tokens: 2 output_tokens: 3 spend_minor: 4 window { seconds: 5 } } }",
    "dependency { name: 'applications/b/dependencies/d' essential: false alternatives { target: "
    "'applications/a' } }",
    "dependency { name: 'businessServices/s/dependencies/d' alternatives { target: 'applications/a' "
    "activation: ACTIVATION_AUTOMATIC } }",
};

// Puts extreme values into fields chosen at random.
class Extremes {
 public:
  explicit Extremes(uint64_t seed) : random_(seed) {}

  template <typename T>
  T OneOf(const std::vector<T>& values) {
    return values[random_() % values.size()];
  }

  void Change(Message& message, int depth = 0) {
    const auto* descriptor = message.GetDescriptor();
    const FieldDescriptor* field =
        descriptor->field(static_cast<int>(random_() % static_cast<uint64_t>(descriptor->field_count())));
    if (field->is_map() || (depth == 0 && field->name() == "name")) return;
    const auto* reflection = message.GetReflection();
    if (random_() % 8 == 0) return reflection->ClearField(&message, field);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return ChangeInside(message, field, depth);
    field->is_repeated() ? Add(message, field) : Set(message, field);
  }

 private:
  void ChangeInside(Message& message, const FieldDescriptor* field, int depth) {
    const auto* reflection = message.GetReflection();
    if (!field->is_repeated()) return Change(*reflection->MutableMessage(&message, field), depth + 1);
    const int size = reflection->FieldSize(message, field);
    Message* const inner =
        size == 0 || random_() % 4 == 0
            ? reflection->AddMessage(&message, field)
            : reflection->MutableRepeatedMessage(&message, field,
                                                 static_cast<int>(random_() % static_cast<uint64_t>(size)));
    Change(*inner, depth + 1);
  }
  void Set(Message& message, const FieldDescriptor* field) {
    const auto* reflection = message.GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return reflection->SetInt32(&message, field, static_cast<int32_t>(OneOf(kSmall)));
      case FieldDescriptor::CPPTYPE_INT64:
        return reflection->SetInt64(&message, field, OneOf(random_() % 2 == 0 ? kSmall : kLarge));
      case FieldDescriptor::CPPTYPE_BOOL:
        return reflection->SetBool(&message, field, random_() % 2 == 0);
      case FieldDescriptor::CPPTYPE_ENUM:
        return reflection->SetEnumValue(&message, field, static_cast<int>(random_() % 13));
      case FieldDescriptor::CPPTYPE_STRING:
        return reflection->SetString(&message, field, Text());
      default:
        return;
    }
  }
  void Add(Message& message, const FieldDescriptor* field) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING)
      message.GetReflection()->AddString(&message, field, Text());
  }
  std::string Text() {
    static const std::vector<std::string> kTexts = {"",
                                                    "vendors/a",
                                                    "vendors/b",
                                                    "vendors/c",
                                                    "hosts/h",
                                                    "licences/l",
                                                    "models/m",
                                                    "models/n",
                                                    "deployments/d",
                                                    "deployments/e",
                                                    "applications/a",
                                                    "applications/b",
                                                    "businessServices/s",
                                                    "US",
                                                    "XX",
                                                    "ZZ",
                                                    "parent",
                                                    "provider",
                                                    "derivations",
                                                    "licence",
                                                    "capacity_units",
                                                    "intermediaries"};
    return OneOf(kTexts);
  }

  static constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  const std::vector<int64_t> kSmall = {0,         1,         2,  4,         5,        999'999,
                                       1'000'000, 1'000'001, -1, INT32_MAX, INT32_MIN};
  const std::vector<int64_t> kLarge = {
      1LL << 32,       (1LL << 32) + 1,          1LL << 40,       (1LL << 40) + 1, 100LL * 366 * 86'400,
      (1LL << 62) - 1, 100LL * 366 * 86'400 + 1, 315'576'000'000, kMax - 1,        kMax};
  std::mt19937_64 random_;
};

class ExtremesTest : public ::testing::Test {
 protected:
  // Whether the inventory takes it; if so, it is applied.
  bool Write(const v1::Resource& resource) {
    v1::BatchWriteRequest request;
    *request.add_operations()->mutable_upsert() = resource;
    writing::WriteSettings settings;
    settings.rules = InventoryRules();
    const auto plan = writing::PlanBatch(request.operations(), settings);
    if (!plan.ok()) return false;
    const absl::StatusOr<store::Decision> decision = linchpin::Decide(*plan, holder_);
    if (!decision.ok()) return false;
    std::vector<store::Change> changes;
    for (const store::Upsert& upsert : decision->upserts) {
      changes.push_back({{upsert.name, upsert.kind, ++revision_, {}, {}, upsert.body}});
    }
    holder_.Apply(changes);
    return true;
  }

  replica::ViewHolder holder_;
  int64_t revision_ = 0;
};

TEST_F(ExtremesTest, WhatTheInventoryAcceptsTheGraphAccepts) {
  std::vector<v1::Resource> resources(std::size(kResources));
  // Twice, since they refer to each other in both directions.
  for (size_t i = 0; i < resources.size(); ++i) {
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(std::string(kResources[i]), &resources[i]));
    ASSERT_TRUE(Write(resources[i])) << kResources[i];
  }
  Extremes extremes(7);
  int accepted = 0;
  for (int step = 0; step < 30'000; ++step) {
    const size_t at = static_cast<size_t>(step) % resources.size();
    v1::Resource changed = resources[at];
    const auto* reflection = changed.GetReflection();
    const FieldDescriptor* kind = reflection->GetOneofFieldDescriptor(
        changed, changed.GetDescriptor()->FindOneofByName(changed.GetDescriptor()->oneof_decl(0)->name()));
    for (int i = 0; i < 1 + step % 3; ++i) extremes.Change(*reflection->MutableMessage(&changed, kind));
    if (!Write(changed)) continue;
    ++accepted;
    // Some of what was accepted is built upon, so that documents grow strange together.
    if (step % 4 == 0) resources[at] = changed;
    const replica::Quarantine& quarantine = *holder_.Current()->quarantine();
    ASSERT_TRUE(quarantine.empty()) << quarantine.begin()->second << "\n" << changed.DebugString();
  }
  EXPECT_GT(accepted, 5'000);
}

}  // namespace
}  // namespace linchpin::inventory
