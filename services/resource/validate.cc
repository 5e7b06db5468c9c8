#include "services/resource/validate.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/api/field_behavior.pb.h"
#include "google/api/resource.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "linchpin/common/v1/annotations.pb.h"
#include "services/resource/fields.h"
#include "services/resource/kinds.h"
#include "services/resource/knowledge.h"
#include "services/resource/scalars.h"

namespace linchpin::resource {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using linchpin::common::v1::Constraint;

constexpr int kItemsMaxDefault = 64;
constexpr int kLengthMaxDefault = 2048;
constexpr int kPpm = 1000000;
constexpr std::string_view kTypePrefix = "linchpin.dev/";

// What the annotations of one field say, read once: options are looked up slowly.
struct FieldRule {
  const FieldDescriptor* field;
  const Constraint* constraint;
  bool required;
  bool holds_resource;              // The field is a resource.
  bool names_any = false;           // A string that is a name of any kind,
  const KindInfo* names = nullptr;  // or of this kind.
};
struct MessageRule {
  std::vector<FieldRule> fields;                  // Without those that nobody sends.
  const KindInfo* kind = nullptr;                 // Of a resource.
  std::vector<const FieldDescriptor*> knowledge;  // Lists of bounds and likelihoods.
  bool merges = false;                            // A request with an update mask.
  bool writes_whole = false;  // A request that writes what it holds as it is, or asks what if.
};

// "2026-10-02", a day of the calendar.
bool IsDate(const std::string& text) {
  return text.size() == 10 && ParseTime(absl::StrCat(text, "T00:00:00Z")).has_value();
}

bool HasBehavior(const FieldDescriptor* field, google::api::FieldBehavior wanted) {
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == wanted) return true;
  }
  return false;
}

FieldRule ReadFieldRule(const FieldDescriptor* field) {
  const auto& options = field->options();
  FieldRule rule{field, &options.GetExtension(linchpin::common::v1::constraint),
                 HasBehavior(field, google::api::REQUIRED),
                 field->message_type() != nullptr && FindKindOf(field->message_type()) != nullptr};
  if (!options.HasExtension(google::api::resource_reference)) return rule;
  const std::string& type = options.GetExtension(google::api::resource_reference).type();
  rule.names_any = type == "*";
  if (!rule.names_any) rule.names = FindKind(std::string_view(type).substr(kTypePrefix.size()));
  return rule;
}

MessageRule ReadRule(const google::protobuf::Descriptor* descriptor) {
  MessageRule rule;
  rule.kind = FindKindOf(descriptor);
  rule.merges = descriptor->FindFieldByName("update_mask") != nullptr;
  const bool writes = descriptor->FindFieldByName("request_id") != nullptr;
  const bool supposes = descriptor->FindFieldByName("proposed") != nullptr;
  rule.writes_whole = !rule.merges && (writes || supposes);
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* const field = descriptor->field(i);
    if (HasBehavior(field, google::api::OUTPUT_ONLY) || HasBehavior(field, google::api::IDENTIFIER)) continue;
    rule.fields.push_back(ReadFieldRule(field));
    if (IsKnowledgeList(*field)) rule.knowledge.push_back(field);
  }
  return rule;
}

// One table for each thread, so that reading it takes no lock. There are a few hundred message types.
const MessageRule& RuleOf(const google::protobuf::Descriptor* descriptor) {
  thread_local std::unordered_map<const google::protobuf::Descriptor*, MessageRule> rules;
  const auto found = rules.find(descriptor);
  return found != rules.end() ? found->second : rules.emplace(descriptor, ReadRule(descriptor)).first->second;
}

// Where a value stands. Text is only made of it when something is wrong.
struct Path {
  const Path* parent;     // Null: the name is the prefix of all.
  std::string_view name;  // Of the field.
  int index = -1;         // Of an element.

  std::string Text() const {
    if (parent == nullptr) return std::string(name);
    std::string text = parent->Text();
    if (parent->parent != nullptr) text += '.';
    absl::StrAppend(&text, absl::string_view(name.data(), name.size()));
    if (index >= 0) absl::StrAppend(&text, "[", index, "]");
    return text;
  }
};

// One pass over one message tree.
class Checker {
 public:
  // What of the message given to Run is not looked at.
  enum class Leave { kNothing, kWhatIsMissing, kDocuments };

  explicit Checker(Leave leave)
      : skip_documents_(leave == Leave::kDocuments), partial_(leave == Leave::kWhatIsMissing) {}

  std::vector<base::FieldViolation> Run(const Message& message, std::string_view prefix) {
    CheckMessage(message, Path{nullptr, prefix});
    return std::move(violations_);
  }

 private:
  void Report(const Path& path, std::string description) {
    if (violations_.size() < kViolationsMax) violations_.push_back({path.Text(), std::move(description)});
  }

  static bool IsSet(const Message& message, const FieldDescriptor* field) {
    const Reflection& reflection = *message.GetReflection();
    return field->is_repeated() ? reflection.FieldSize(message, field) > 0
                                : reflection.HasField(message, field);
  }

  void CheckMessage(const Message& message, const Path& at) {
    const MessageRule& rule = RuleOf(message.GetDescriptor());
    // What a request with a mask leaves out stays as it is; the whole is checked once the two are merged.
    const bool partial = std::exchange(partial_, false);
    for (const FieldRule& one : rule.fields) {
      if (violations_.size() >= kViolationsMax) break;
      const Path path{&at, one.field->name()};
      if (IsSet(message, one.field)) {
        if (skip_documents_ && one.holds_resource) continue;
        partial_ = rule.merges && one.holds_resource;
        CheckField(message, one, path);
      } else if (!partial && one.required) {
        Report(path, "is required");
      }
    }
    if (rule.kind != nullptr) CheckKnownNone(message, *rule.kind, at);
    const auto says_something = [&](const FieldDescriptor* list) { return IsSet(message, list); };
    if (std::any_of(rule.knowledge.begin(), rule.knowledge.end(), says_something)) {
      CheckKnowledge(message, [&](const std::string& field, std::string description) {
        Report(Path{&at, field}, std::move(description));
      });
    }
  }

  void CheckField(const Message& message, const FieldRule& rule, const Path& path) {
    const FieldDescriptor* const field = rule.field;
    const Constraint& constraint = *rule.constraint;
    if (!field->is_repeated()) return CheckValue(message, rule, -1, path);
    const int size = message.GetReflection()->FieldSize(message, field);
    const int items_max = constraint.has_max_items() ? constraint.max_items() : kItemsMaxDefault;
    if (size > items_max)
      return Report(path, absl::StrCat("has ", size, " items; at most ", items_max, " are allowed"));
    for (int i = 0; i < size; ++i) {
      CheckValue(message, rule, i, Path{path.parent, path.name, i});
    }
  }

  // The value of a singular field (`index` -1) or one element of a repeated one.
  void CheckValue(const Message& message, const FieldRule& rule, int index, const Path& path) {
    const FieldDescriptor* const field = rule.field;
    const Constraint& constraint = *rule.constraint;
    const Reflection& reflection = *message.GetReflection();
    const bool one = index < 0;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        CheckString(one ? reflection.GetStringReference(message, field, &scratch)
                        : reflection.GetRepeatedStringReference(message, field, index, &scratch),
                    rule, path);
        return;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return CheckChild(one ? reflection.GetMessage(message, field)
                              : reflection.GetRepeatedMessage(message, field, index),
                          constraint, path);
      case FieldDescriptor::CPPTYPE_INT32:
        return CheckInteger(
            one ? reflection.GetInt32(message, field) : reflection.GetRepeatedInt32(message, field, index),
            constraint, path);
      case FieldDescriptor::CPPTYPE_INT64:
        return CheckInteger(
            one ? reflection.GetInt64(message, field) : reflection.GetRepeatedInt64(message, field, index),
            constraint, path);
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return CheckDouble(
            one ? reflection.GetDouble(message, field) : reflection.GetRepeatedDouble(message, field, index),
            constraint, path);
      case FieldDescriptor::CPPTYPE_ENUM:
        return CheckEnum(field,
                         one ? reflection.GetEnumValue(message, field)
                             : reflection.GetRepeatedEnumValue(message, field, index),
                         path);
      default:
        return;
    }
  }

  void CheckString(const std::string& value, const FieldRule& rule, const Path& path) {
    const Constraint& constraint = *rule.constraint;
    const size_t length_max = constraint.has_max_length() ? constraint.max_length() : kLengthMaxDefault;
    if (value.size() > length_max) {
      return Report(path, absl::StrCat("has ", value.size(), " bytes; at most ", length_max, " are allowed"));
    }
    if (value.find('\0') != std::string::npos) return Report(path, "must not hold a NUL character");
    if (constraint.format() == linchpin::common::v1::FORMAT_COUNTRY && !IsCountry(value)) {
      return Report(
          path,
          absl::StrCat("`", value,
                       "` is not a country of ISO 3166-1 alpha-2; use two upper-case letters such as `NO`"));
    }
    if (constraint.format() == linchpin::common::v1::FORMAT_DATE && !IsDate(value)) {
      return Report(path, absl::StrCat("`", value, "` is not a calendar day; write it as 2026-10-02"));
    }
    if (rule.names_any && KindOfName(value) == nullptr)
      Report(path, absl::StrCat("`", value, "` is not a resource name such as `deployments/x`"));
    if (rule.names == nullptr) return;
    const absl::Status status = CheckName(*rule.names, value);
    if (!status.ok()) Report(path, base::DetailsOf(status)->violations.front().description);
  }

  void CheckInteger(int64_t value, const Constraint& constraint, const Path& path) {
    int64_t low = INT64_MIN, high = INT64_MAX;
    if (constraint.format() == linchpin::common::v1::FORMAT_PPM) low = 0, high = kPpm;
    if (constraint.format() == linchpin::common::v1::FORMAT_NON_NEGATIVE) low = 0;
    if (constraint.has_min()) low = std::max(low, constraint.min());
    if (constraint.has_max()) high = std::min(high, constraint.max());
    if (value < low) Report(path, absl::StrCat("is ", value, "; the smallest allowed is ", low));
    if (value > high) Report(path, absl::StrCat("is ", value, "; the largest allowed is ", high));
  }

  void CheckDouble(double value, const Constraint& constraint, const Path& path) {
    if (!std::isfinite(value)) return Report(path, "must be a finite number");
    if (constraint.format() == linchpin::common::v1::FORMAT_RATIO && (value < 0 || value > 1)) {
      Report(path, absl::StrCat("is ", value, "; it must lie between 0 and 1"));
    }
  }

  void CheckEnum(const FieldDescriptor* field, int number, const Path& path) {
    if (field->enum_type()->FindValueByNumber(number) == nullptr) {
      Report(path, absl::StrCat(number, " is not a value of ", field->enum_type()->name()));
    }
  }

  void CheckChild(const Message& child, const Constraint& constraint, const Path& path) {
    const std::string& type = child.GetDescriptor()->full_name();
    if (type == "google.protobuf.Duration") return CheckDuration(child, constraint, path);
    if (type == "google.protobuf.Timestamp") return CheckTimestamp(child, path);
    if (type.rfind("google.protobuf.", 0) == 0) return;
    CheckMessage(child, path);
  }

  void CheckDuration(const Message& message, const Constraint& constraint, const Path& path) {
    const auto& duration = static_cast<const google::protobuf::Duration&>(message);
    if (constraint.format() != linchpin::common::v1::FORMAT_WHOLE_SECONDS) return;
    if (duration.nanos() != 0) return Report(path, "must be whole seconds");
    if (duration.seconds() < 0) return Report(path, "must not be negative");
    if (duration.seconds() > kDurationMaxSeconds) return Report(path, "must be at most 100 years");
    CheckInteger(duration.seconds(), Bounds(constraint), path);
  }

  static Constraint Bounds(const Constraint& constraint) {
    Constraint bounds = constraint;
    bounds.clear_format();
    return bounds;
  }

  void CheckTimestamp(const Message& message, const Path& path) {
    const auto& time = static_cast<const google::protobuf::Timestamp&>(message);
    constexpr int64_t kYear1 = -62135596800, kYear9999 = 253402300799;
    if (time.seconds() < kYear1 || time.seconds() > kYear9999 || time.nanos() < 0 ||
        time.nanos() > 999999999) {
      Report(path, "is not an instant between the years 1 and 9999");
    }
  }

  void CheckKnownNone(const Message& message, const KindInfo& kind, const Path& at) {
    const FieldDescriptor* const list = message.GetDescriptor()->FindFieldByName("known_none");
    if (list == nullptr) return;
    for (int i = 0; i < message.GetReflection()->FieldSize(message, list); ++i) {
      const std::string name = message.GetReflection()->GetRepeatedString(message, list, i);
      CheckOneKnownNone(message, kind, name, Path{&at, list->name(), i});
    }
  }

  void CheckOneKnownNone(const Message& message, const KindInfo& kind, const std::string& name,
                         const Path& path) {
    const auto& allowed = kind.knowable_none;
    if (std::find(allowed.begin(), allowed.end(), name) == allowed.end()) {
      return Report(path, allowed.empty()
                              ? absl::StrCat("no field of ", kind.kind, " can be known to be none")
                              : absl::StrCat("`", name, "` cannot be known to be none; of ", kind.kind,
                                             " these can: ", absl::StrJoin(allowed, ", ")));
    }
    if (IsSet(message, message.GetDescriptor()->FindFieldByName(name))) {
      Report(path, absl::StrCat("`", name, "` has a value; remove one of the two"));
    }
  }

  const bool skip_documents_;
  bool partial_;  // The message that is checked next may lack required fields.
  std::vector<base::FieldViolation> violations_;
};

}  // namespace

std::vector<base::FieldViolation> Violations(const Message& message, std::string_view prefix, bool partial) {
  return Checker(partial ? Checker::Leave::kWhatIsMissing : Checker::Leave::kNothing).Run(message, prefix);
}

absl::Status ValidateRequest(const Message& request) {
  const bool whole = RuleOf(request.GetDescriptor()).writes_whole;
  return base::FieldErrors(
      Checker(whole ? Checker::Leave::kDocuments : Checker::Leave::kNothing).Run(request, ""));
}

absl::Status Validate(const Message& message, std::string_view prefix) {
  return base::FieldErrors(Violations(message, prefix));
}

}  // namespace linchpin::resource
