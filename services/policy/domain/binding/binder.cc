#include "services/policy/domain/binding/binder.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/resource/validate.h"

namespace linchpin::policy {
namespace {

using v1::Parameter;
using v1::Value;

constexpr int64_t kSecondsMax = 100LL * 366 * 86'400;

bool IsParameterId(std::string_view id) {
  if (id.empty() || id.size() > 63 || id[0] < 'a' || id[0] > 'z') return false;
  return std::all_of(id.begin(), id.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

std::optional<double> NumberOf(const Value& value) {
  if (value.kind_case() == Value::kIntValue) return static_cast<double>(value.int_value());
  if (value.kind_case() == Value::kNumberValue) return value.number_value();
  return std::nullopt;
}

std::optional<int64_t> IntOf(const Value& value) {
  if (value.kind_case() == Value::kIntValue) return value.int_value();
  if (value.kind_case() != Value::kNumberValue) return std::nullopt;
  const double number = value.number_value();
  if (std::floor(number) != number || std::fabs(number) > 1e15) return std::nullopt;
  return static_cast<int64_t>(number);
}

std::optional<absl::Duration> DurationOf(const Value& value) {
  if (value.kind_case() == Value::kStringValue) return ParseShortDuration(value.string_value());
  if (value.kind_case() != Value::kDurationValue) return std::nullopt;
  const auto& duration = value.duration_value();
  if (duration.seconds() < 0 || duration.seconds() > kSecondsMax || duration.nanos() != 0)
    return std::nullopt;
  return absl::Seconds(duration.seconds());
}

const google::protobuf::EnumValueDescriptor* FindEnumValue(const google::protobuf::EnumDescriptor& type,
                                                           const std::string& text) {
  for (int i = 0; i < type.value_count(); ++i) {
    const auto* value = type.value(i);
    // Values carry their type's name as a prefix; people may leave it out.
    const std::string& zero = type.value(0)->name();
    const std::string prefix = zero.substr(0, zero.size() - std::string("UNSPECIFIED").size());
    if (value->number() != 0 && (value->name() == text || value->name() == prefix + text)) return value;
  }
  return nullptr;
}

std::vector<std::string> EnumNames(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 1; i < type.value_count(); ++i) names.push_back(type.value(i)->name());
  return names;
}

// The elements of a list, or the value itself.
std::vector<Value> Elements(const Value& value) {
  if (value.kind_case() != Value::kListValue) return {value};
  std::vector<Value> elements;
  for (const std::string& text : value.list_value().values()) elements.emplace_back().set_string_value(text);
  return elements;
}

}  // namespace

std::optional<std::string> ParameterName(std::string_view text) {
  if (text.size() < 4 || text.substr(0, 2) != "${" || text.back() != '}') return std::nullopt;
  return std::string(text.substr(2, text.size() - 3));
}

std::optional<absl::Duration> ParseShortDuration(std::string_view text) {
  if (text.size() < 2 || text.size() > 12) return std::nullopt;
  int64_t unit = 0;
  switch (text.back()) {
    case 's':
      unit = 1;
      break;
    case 'm':
      unit = 60;
      break;
    case 'h':
      unit = 3600;
      break;
    case 'd':
      unit = 86'400;
      break;
    default:
      return std::nullopt;
  }
  int64_t count = 0;
  const char* end = text.data() + text.size() - 1;
  const auto [at, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || at != end || count < 0 || count > kSecondsMax / unit) return std::nullopt;
  return absl::Seconds(count * unit);
}

std::string ValueText(const Value& value) {
  switch (value.kind_case()) {
    case Value::kBoolValue:
      return value.bool_value() ? "true" : "false";
    case Value::kIntValue:
      return absl::StrCat(value.int_value());
    case Value::kNumberValue: {
      char text[32];
      return std::string(text, std::to_chars(text, text + sizeof(text), value.number_value()).ptr);
    }
    case Value::kStringValue:
      return value.string_value();
    case Value::kDurationValue: {
      const int64_t seconds = value.duration_value().seconds();
      return seconds % 86'400 == 0 ? absl::StrCat(seconds / 86'400, "d") : absl::StrCat(seconds, "s");
    }
    case Value::kListValue:
      return absl::StrJoin(value.list_value().values(), ", ");
    case Value::KIND_NOT_SET:
      break;
  }
  return "";
}

Binder::Binder(const v1::Policy& policy, const v1::Assignment* assignment, const JurisdictionSets* sets)
    : policy_(policy), assignment_(assignment), sets_(sets) {
  for (const Parameter& parameter : policy.parameters()) declared_.emplace(parameter.id(), &parameter);
}

void Binder::Complain(std::string_view field, std::string_view what) {
  violations_.push_back({std::string(field), std::string(what)});
}

void Binder::CheckParameters() {
  std::map<std::string, int> seen;
  for (int i = 0; i < policy_.parameters_size(); ++i) {
    const Parameter& parameter = policy_.parameters(i);
    const std::string field = absl::StrCat("parameters[", i, "]");
    if (!IsParameterId(parameter.id())) Complain(field + ".id", "must be [a-z][a-z0-9_]{0,62}");
    if (++seen[parameter.id()] == 2) Complain(field + ".id", "`" + parameter.id() + "` is declared twice");
    if (parameter.type() == Parameter::TYPE_UNSPECIFIED)
      Complain(field + ".type", "say what values it takes");
    if (parameter.required() && parameter.has_default_value()) {
      Complain(field, "a required parameter has no default: remove one of the two");
    }
    if (parameter.has_default_value())
      CheckValue(parameter, parameter.default_value(), field + ".default_value");
  }
  if (assignment_ == nullptr) return;
  for (const auto& [id, value] : assignment_->parameters()) {
    const auto found = declared_.find(id);
    if (found == declared_.end()) {
      Complain("assignment.parameters." + id, "the policy declares no parameter `" + id + "`");
    } else {
      CheckValue(*found->second, value, "assignment.parameters." + id);
    }
  }
  for (const auto& [id, parameter] : declared_) {
    if (parameter->required() && !assignment_->parameters().contains(id)) {
      Complain("assignment.parameters." + id, "the policy requires a value of the parameter `" + id + "`");
    }
  }
}

void Binder::CheckValue(const Parameter& parameter, const Value& value, const std::string& field) {
  const auto complain = [&](std::string_view what) { Complain(field, what); };
  switch (parameter.type()) {
    case Parameter::TYPE_BOOL:
      if (value.kind_case() != Value::kBoolValue) complain("must be true or false");
      break;
    case Parameter::TYPE_INT:
      if (!IntOf(value)) complain("must be a whole number");
      break;
    case Parameter::TYPE_RATIO: {
      const auto number = NumberOf(value);
      if (!number || !(*number >= 0 && *number <= 1)) complain("must be a number from 0 to 1");
      break;
    }
    case Parameter::TYPE_NUMBER:
      if (!NumberOf(value)) complain("must be a number");
      break;
    case Parameter::TYPE_DURATION:
      if (!DurationOf(value)) complain("must be a duration of whole seconds, such as 90d");
      break;
    case Parameter::TYPE_STRING:
      if (value.kind_case() != Value::kStringValue) complain("must be a string");
      break;
    case Parameter::TYPE_JURISDICTION_SET:
      if (value.kind_case() != Value::kStringValue && value.kind_case() != Value::kListValue) {
        complain("must be countries or names of jurisdiction sets");
      } else {
        CountrySet unused;
        for (const Value& element : Elements(value)) AddCountry(element.string_value(), field, unused);
      }
      break;
    default:
      break;
  }
}

void Binder::AddCountry(const std::string& text, const std::string& field, CountrySet& set) {
  if (resource::IsCountry(text)) {
    set.Add(*engine::Country::Parse(text));
    return;
  }
  if (!IsJurisdictionSetName(text)) {
    Complain(field, "`" + text +
                        "` is neither a country (ISO 3166-1 alpha-2, upper case) nor jurisdictionSets/{id}");
    return;
  }
  if (sets_ == nullptr) return;
  const absl::StatusOr<CountrySet> resolved = sets_->Resolve(text);
  if (resolved.ok()) {
    set.Add(*resolved);
  } else {
    Complain(field, std::string(resolved.status().message()));
  }
}

const Value* Binder::ParameterValue(const Parameter& parameter) const {
  if (assignment_ != nullptr) {
    const auto found = assignment_->parameters().find(parameter.id());
    if (found != assignment_->parameters().end()) return &found->second;
  }
  return parameter.has_default_value() ? &parameter.default_value() : nullptr;
}

const Value* Binder::Resolve(const Value& value, const std::string& field,
                             std::vector<Parameter::Type> types) {
  if (value.kind_case() == Value::KIND_NOT_SET) {
    Complain(field, "a value is missing");
    return nullptr;
  }
  if (value.kind_case() != Value::kStringValue) return &value;
  const auto name = ParameterName(value.string_value());
  if (!name) return &value;
  const auto found = declared_.find(*name);
  if (found == declared_.end()) {
    Complain(field, "the policy declares no parameter `" + *name + "`");
    return nullptr;
  }
  const Parameter& parameter = *found->second;
  if (std::find(types.begin(), types.end(), parameter.type()) == types.end()) {
    std::string wanted;
    for (const Parameter::Type type : types) {
      absl::StrAppend(&wanted, wanted.empty() ? "" : " or ", Parameter::Type_Name(type).substr(5));
    }
    Complain(field, "`${" + *name + "}` is of type " + Parameter::Type_Name(parameter.type()).substr(5) +
                        ", needed is " + wanted);
    return nullptr;
  }
  const Value* resolved = ParameterValue(parameter);
  // A required parameter without a value has its own complaint.
  if (resolved == nullptr && !checks_only() && !parameter.required()) {
    Complain(field, "the parameter `" + *name + "` has neither a value nor a default");
  }
  return resolved;
}

CountrySet Binder::Countries(const Value& value, const std::string& field, std::string* as_written) {
  CountrySet set;
  if (value.kind_case() != Value::kStringValue && value.kind_case() != Value::kListValue) {
    Complain(field, "must be countries, names of jurisdiction sets, or a parameter such as `${home}`");
    return set;
  }
  for (const Value& element : Elements(value)) {
    const Value* resolved = Resolve(element, field, {Parameter::TYPE_JURISDICTION_SET});
    if (resolved == nullptr) continue;
    // The values of a parameter are checked with the parameter.
    for (const Value& part : Elements(*resolved)) {
      AddCountry(part.string_value(), field, set);
      if (as_written != nullptr)
        absl::StrAppend(as_written, as_written->empty() ? "" : ", ", part.string_value());
    }
  }
  return set;
}

engine::Decimal Binder::Number(const Value& value, const std::string& field) {
  const Value* resolved =
      Resolve(value, field, {Parameter::TYPE_INT, Parameter::TYPE_RATIO, Parameter::TYPE_NUMBER});
  if (resolved == nullptr) return {};
  const auto number = NumberOf(*resolved);
  if (!number) {
    Complain(field, "must be a number");
    return {};
  }
  const auto decimal = engine::Decimal::FromDouble(*number);
  if (!decimal) Complain(field, "must not be negative, be below 10^19 and have at most 19 decimals");
  return decimal.value_or(engine::Decimal());
}

absl::Duration Binder::Duration(const Value& value, const std::string& field) {
  const Value* resolved = Resolve(value, field, {Parameter::TYPE_DURATION});
  if (resolved == nullptr) return absl::ZeroDuration();
  const auto duration = DurationOf(*resolved);
  if (!duration) Complain(field, "must be a duration of whole seconds, such as 90d");
  return duration.value_or(absl::ZeroDuration());
}

absl::Duration Binder::DurationParameter(const std::string& name, const std::string& field) {
  Value reference;
  reference.set_string_value("${" + name + "}");
  return Duration(reference, field);
}

std::vector<Scalar> Binder::Comparands(const Value& value, const FieldPath& path, bool many,
                                       const std::string& field) {
  std::vector<Parameter::Type> types;
  switch (path.type()) {
    case FieldType::kBool:
      types = {Parameter::TYPE_BOOL};
      break;
    case FieldType::kInt:
      types = {Parameter::TYPE_INT};
      break;
    case FieldType::kNumber:
      types = {Parameter::TYPE_INT, Parameter::TYPE_RATIO, Parameter::TYPE_NUMBER};
      break;
    case FieldType::kDuration:
      types = {Parameter::TYPE_DURATION};
      break;
    case FieldType::kEnum:
      types = {Parameter::TYPE_STRING};
      break;
    default:
      types = {Parameter::TYPE_STRING};
      if (many) types.push_back(Parameter::TYPE_JURISDICTION_SET);
  }
  std::vector<Scalar> comparands;
  for (const Value& element : Elements(value)) {
    const Value* resolved = Resolve(element, field, types);
    if (resolved == nullptr) continue;
    for (const Value& part : Elements(*resolved)) {
      const std::string& text = part.string_value();
      if (path.type() == FieldType::kBool && part.kind_case() == Value::kBoolValue) {
        comparands.emplace_back(part.bool_value());
      } else if (path.type() == FieldType::kInt && IntOf(part)) {
        comparands.emplace_back(*IntOf(part));
      } else if (path.type() == FieldType::kNumber && NumberOf(part)) {
        comparands.emplace_back(*NumberOf(part));
      } else if (path.type() == FieldType::kDuration && DurationOf(part)) {
        comparands.emplace_back(*DurationOf(part));
      } else if (path.type() == FieldType::kEnum && FindEnumValue(path.enum_type(), text) != nullptr) {
        comparands.emplace_back(static_cast<int64_t>(FindEnumValue(path.enum_type(), text)->number()));
      } else if (path.type() == FieldType::kEnum) {
        Complain(field,
                 "`" + ValueText(part) + "` is none of " + absl::StrJoin(EnumNames(path.enum_type()), ", "));
      } else if (path.type() == FieldType::kString && many && IsJurisdictionSetName(text)) {
        CountrySet set;
        AddCountry(text, field, set);
        for (const std::string& code : set.Codes()) comparands.emplace_back(code);
      } else if (path.type() == FieldType::kString && part.kind_case() == Value::kStringValue) {
        comparands.emplace_back(text);
      } else {
        Complain(field, "`" + ValueText(part) + "` is of the wrong type for `" + path.text() + "`");
      }
    }
  }
  return comparands;
}

std::map<std::string, std::string> Binder::ParameterTexts() const {
  std::map<std::string, std::string> texts;
  for (const auto& [id, parameter] : declared_) {
    const Value* value = ParameterValue(*parameter);
    texts[id] = value == nullptr ? "" : ValueText(*value);
  }
  return texts;
}

}  // namespace linchpin::policy
