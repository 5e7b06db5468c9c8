#include "services/policy/domain/binding/jurisdictions.h"

#include <set>

#include "linchpin/policy/v1/value.pb.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {

std::vector<std::string> CountrySet::Codes() const {
  std::vector<std::string> codes;
  for (size_t place = 0; place < bits_.size(); ++place) {
    if (!bits_.test(place)) continue;
    codes.push_back({static_cast<char>('A' + place / 26), static_cast<char>('A' + place % 26)});
  }
  return codes;
}

JurisdictionSets::JurisdictionSets(const std::vector<v1::JurisdictionSet>& sets) {
  for (const v1::JurisdictionSet& set : sets) {
    Set& entry = sets_[set.name()];
    for (const std::string& code : set.countries()) {
      if (auto country = engine::Country::Parse(code)) entry.own.Add(*country);
    }
    entry.includes.assign(set.includes().begin(), set.includes().end());
  }
}

absl::StatusOr<CountrySet> JurisdictionSets::Resolve(std::string_view name) const {
  CountrySet all;
  std::set<std::string, std::less<>> seen = {std::string(name)};
  std::vector<std::string> open = {std::string(name)};
  while (!open.empty()) {
    const std::string next = std::move(open.back());
    open.pop_back();
    const auto found = sets_.find(next);
    if (found == sets_.end()) {
      return base::Error(base::reason::ResourceNotFound{.name = next}, next + " does not exist");
    }
    all.Add(found->second.own);
    for (const std::string& include : found->second.includes) {
      if (seen.insert(include).second) open.push_back(include);
    }
  }
  return all;
}

namespace {

void CollectSets(const google::protobuf::Message& message, std::set<std::string>& names) {
  if (message.GetDescriptor() == v1::Value::descriptor()) {
    const auto& value = static_cast<const v1::Value&>(message);
    if (IsJurisdictionSetName(value.string_value())) names.insert(value.string_value());
    for (const std::string& element : value.list_value().values()) {
      if (IsJurisdictionSetName(element)) names.insert(element);
    }
    return;
  }
  const auto& reflection = *message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      CollectSets(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                       : reflection.GetMessage(message, field),
                  names);
    }
  }
}

}  // namespace

std::set<std::string> SetsNamedIn(const google::protobuf::Message& message) {
  std::set<std::string> names;
  CollectSets(message, names);
  return names;
}

bool IsJurisdictionSetName(std::string_view text) {
  const resource::KindInfo* kind = resource::KindOfName(text);
  return kind != nullptr && kind->kind == "JurisdictionSet";
}

}  // namespace linchpin::policy
