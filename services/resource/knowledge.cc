#include "services/resource/knowledge.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/api/resource.pb.h"
#include "google/protobuf/duration.pb.h"
#include "linchpin/common/v1/annotations.pb.h"
#include "linchpin/common/v1/knowledge.pb.h"
#include "services/base/text.h"
#include "services/resource/fields.h"
#include "services/resource/scalars.h"
#include "services/resource/validate.h"

namespace linchpin::resource {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using linchpin::common::v1::Bound;
using linchpin::common::v1::Likely;

constexpr double kConfidenceMin = 0.5;
constexpr size_t kFactsShown = 20;

const KindInfo* ReferredKind(const FieldDescriptor& field) {
  const std::string& type = field.options().GetExtension(google::api::resource_reference).type();
  return type.empty() ? nullptr : FindKind(std::string_view(type).substr(type.find('/') + 1));
}

// What a field leads to: the kind that it, or a message in it, refers to.
const KindInfo* KindThrough(const FieldDescriptor& field) {
  if (field.message_type() == nullptr) return ReferredKind(field);
  for (int i = 0; i < field.message_type()->field_count(); ++i) {
    if (const KindInfo* kind = ReferredKind(*field.message_type()->field(i))) return kind;
  }
  return nullptr;
}

// Whether an enum or boolean says yes or no, or a field has values that nobody can list.
bool CanBeBounded(const FieldDescriptor& field) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) return EnumShortNames(*field.enum_type()).size() > 2;
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
}

FactInfo ReadFact(const Descriptor& type, const linchpin::common::v1::Fact& fact) {
  const std::string& path = fact.path();
  const bool own = fact.through().empty();
  const FieldDescriptor* const holder = type.FindFieldByName(own ? path : fact.through());
  const FieldDescriptor* const field =
      own ? holder : KindThrough(*holder)->descriptor->FindFieldByName(path.substr(path.find('.') + 1));
  return {path, field, holder, ReferredKind(*field), fact.can_be_none(), CanBeBounded(*field)};
}

using FactTable = std::unordered_map<const Descriptor*, std::vector<FactInfo>>;

void ReadFacts(const Descriptor* type, FactTable& table) {
  auto [made, is_new] = table.try_emplace(type);
  if (!is_new) return;
  const auto& options = type->options();
  std::vector<FactInfo> facts;
  for (int i = 0; i < options.ExtensionSize(linchpin::common::v1::fact); ++i) {
    facts.push_back(ReadFact(*type, options.GetExtension(linchpin::common::v1::fact, i)));
  }
  made->second = std::move(facts);
  for (int i = 0; i < type->field_count(); ++i) {
    if (type->field(i)->message_type() != nullptr) ReadFacts(type->field(i)->message_type(), table);
  }
}

std::string PathsOf(const Descriptor& type) {
  std::vector<std::string> paths;
  for (const FactInfo& fact : FactsOf(&type)) paths.push_back(fact.path);
  return base::JoinNames(paths, kFactsShown);
}

// What the values of a fact are, for "is no ...".
std::string ValuesOf(const FactInfo& fact) {
  std::string values;
  if (fact.names != nullptr) {
    values = absl::StrCat("a name such as `", fact.names->collection, "/x`");
  } else if (fact.field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    values = absl::StrCat("one of ", base::JoinNames(EnumShortNames(*fact.field->enum_type()), kFactsShown));
  } else if (fact.field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    values = "`true` or `false`";
  } else if (fact.field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    values = "a duration of whole seconds such as 90s, 15m, 4h or 30d";
  } else {
    values = "a country of ISO 3166-1 alpha-2 such as `NO`";
  }
  return fact.can_be_none ? absl::StrCat(values, ", or `none`") : values;
}

std::optional<std::string> DurationValue(std::string_view text) {
  const auto duration = ParseDuration(text);
  if (!duration || duration->nanos() != 0 || duration->seconds() < 0 ||
      duration->seconds() > kDurationMaxSeconds) {
    return std::nullopt;
  }
  return FormatDuration(*duration);
}

bool IsSet(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.FieldSize(message, &field) > 0
                             : reflection.HasField(message, &field);
}

bool IsKnownNone(const Message& message, const FieldDescriptor& field) {
  const FieldDescriptor* const list = message.GetDescriptor()->FindFieldByName("known_none");
  if (list == nullptr) return false;
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < reflection.FieldSize(message, list); ++i) {
    if (reflection.GetRepeatedString(message, list, i) == field.name()) return true;
  }
  return false;
}

void DropEntries(const std::function<bool(const FactInfo&)>& drop, const FieldDescriptor& list,
                 Message& message) {
  const auto& reflection = *message.GetReflection();
  int kept = 0;
  for (int i = 0; i < reflection.FieldSize(message, &list); ++i) {
    const FactInfo* const fact =
        FindFact(message.GetDescriptor(), EntryKey(reflection.GetRepeatedMessage(message, &list, i)));
    if (fact != nullptr && drop(*fact)) continue;
    if (i != kept) reflection.SwapElements(&message, &list, i, kept);
    ++kept;
  }
  while (reflection.FieldSize(message, &list) > kept) reflection.RemoveLast(&message, &list);
}

// Checks the lists of one message.
class Checker {
 public:
  Checker(const Message& message, const ReportProblem& report)
      : message_(message), type_(*message.GetDescriptor()), report_(report) {}

  void Run() {
    CheckList<Bound>("bounds", &Checker::CheckBound);
    CheckList<Likely>("likely", &Checker::CheckLikely);
  }

 private:
  template <typename T>
  void CheckList(const char* name, void (Checker::*check)(const T&, const FactInfo&, const std::string&)) {
    const FieldDescriptor* const list = type_.FindFieldByName(name);
    if (list == nullptr) return;
    std::set<std::string> seen;
    for (int i = 0; i < message_.GetReflection()->FieldSize(message_, list); ++i) {
      const auto& entry =
          static_cast<const T&>(message_.GetReflection()->GetRepeatedMessage(message_, list, i));
      const std::string path = absl::StrCat(name, "[", i, "]");
      if (entry.field().empty()) continue;  // Refused for that.
      const FactInfo* const fact = CheckFact(entry.field(), path + ".field");
      if (fact == nullptr) continue;
      if (!seen.insert(fact->path).second) {
        report_(path + ".field", absl::StrCat("`", fact->path, "` stands in `", name,
                                              "` already; a fact may appear there once"));
      }
      (this->*check)(entry, *fact, path);
    }
  }

  // The fact of that name, which nobody knows; null if there is none.
  const FactInfo* CheckFact(const std::string& name, const std::string& path) {
    const FactInfo* const fact = FindFact(&type_, name);
    if (fact == nullptr) {
      report_(path, UnknownFact(name));
    } else if (IsSet(message_, *fact->holder)) {
      report_(path, Beside(*fact, "has a value"));
    } else if (IsKnownNone(message_, *fact->holder)) {
      report_(path, Beside(*fact, "is known to be none"));
    }
    return fact;
  }

  std::string UnknownFact(const std::string& name) const {
    std::vector<std::string> paths;
    for (const FactInfo& fact : FactsOf(&type_)) paths.push_back(fact.path);
    const auto nearest = base::Nearest(base::SnakeCase(name), paths);
    return absl::StrCat("`", name, "` is not a fact of ", type_.name(), " that can be bounded or likely; ",
                        nearest ? absl::StrCat("did you mean `", *nearest, "`?")
                                : absl::StrCat("these are: ", PathsOf(type_)));
  }

  static std::string Beside(const FactInfo& fact, std::string_view state) {
    const std::string& holder = fact.holder->name();
    const std::string what(state);
    if (holder == fact.path) return absl::StrCat("`", holder, "` ", what, "; remove one of the two");
    return absl::StrCat("`", fact.path, "` is read only while `", holder, "` is unknown, and that ", what,
                        "; remove one of the two");
  }

  void CheckBound(const Bound& bound, const FactInfo& fact, const std::string& path) {
    if (!fact.can_be_bounded) {
      return report_(path + ".field",
                     absl::StrCat("`", fact.path,
                                  "` has no bounds; give its value, or say in `likely` what it "
                                  "probably is"));
    }
    if (bound.one_of().empty() == bound.none_of().empty()) {
      return report_(path, bound.one_of().empty() ? "says nothing; give `one_of` or `none_of`"
                                                  : "has `one_of` and `none_of`; give one of the two");
    }
    CheckValues(bound.one_of(), fact, path + ".one_of");
    const size_t excluded = CheckValues(bound.none_of(), fact, path + ".none_of");
    if (fact.field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM &&
        excluded == EnumShortNames(*fact.field->enum_type()).size()) {
      report_(path + ".none_of", absl::StrCat("leaves no value of `", fact.path, "`; take one out"));
    }
  }

  void CheckLikely(const Likely& likely, const FactInfo& fact, const std::string& path) {
    if (!fact.can_be_bounded && likely.one_of_size() > 1) {
      report_(path + ".one_of", absl::StrCat("has ", likely.one_of_size(), " values; `", fact.path,
                                             "` can be likely with one only"));
    }
    CheckValues(likely.one_of(), fact, path + ".one_of");
    // Written so that what is not a number is refused, too.
    if (likely.has_confidence() && !(likely.confidence() >= kConfidenceMin && likely.confidence() <= 1)) {
      report_(path + ".confidence",
              absl::StrCat("is ", likely.confidence(), "; it must lie between 0.5 and 1"));
    }
  }

  // Returns how many different values there are.
  template <typename Values>
  size_t CheckValues(const Values& values, const FactInfo& fact, const std::string& path) {
    std::set<std::string> seen;
    for (int i = 0; i < values.size(); ++i) {
      const std::string place = absl::StrCat(path, "[", i, "]");
      const std::optional<std::string> value = FactValue(fact, values[i]);
      if (!value) {
        report_(place,
                absl::StrCat("`", values[i], "` is not a value of `", fact.path, "`; use ", ValuesOf(fact)));
      } else if (!seen.insert(*value).second) {
        report_(place, absl::StrCat("`", values[i], "` is listed twice; remove one"));
      }
    }
    return seen.size();
  }

  const Message& message_;
  const Descriptor& type_;
  const ReportProblem& report_;
};

}  // namespace

const std::vector<FactInfo>& FactsOf(const Descriptor* type) {
  static const auto* const table = [] {
    auto* const made = new FactTable;
    for (const KindInfo* kind : Kinds()) ReadFacts(kind->descriptor, *made);
    return made;
  }();
  static const auto* const none = new std::vector<FactInfo>;
  const auto found = table->find(type);
  return found == table->end() ? *none : found->second;
}

const FactInfo* FindFact(const Descriptor* type, std::string_view path) {
  for (const FactInfo& fact : FactsOf(type)) {
    if (fact.path == path) return &fact;
  }
  return nullptr;
}

std::optional<std::string> FactValue(const FactInfo& fact, std::string_view text) {
  std::string value(text);
  if (text == kNoneValue) return fact.can_be_none ? std::optional(std::move(value)) : std::nullopt;
  if (fact.names != nullptr)
    return KindOfName(text) == fact.names ? std::optional(std::move(value)) : std::nullopt;
  switch (fact.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* const named = FindEnumValue(*fact.field->enum_type(), text);
      if (named == nullptr || named->number() == 0) return std::nullopt;
      return EnumShortName(*named);
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return text == "true" || text == "false" ? std::optional(std::move(value)) : std::nullopt;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return DurationValue(text);
    default:
      return IsCountry(text) ? std::optional(std::move(value)) : std::nullopt;
  }
}

std::optional<std::string> StatedValue(const Message& message, const FactInfo& fact) {
  if (fact.field != fact.holder || !IsSet(message, *fact.holder)) return std::nullopt;
  const auto& reflection = *message.GetReflection();
  switch (fact.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.GetString(message, fact.field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, fact.field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* const value =
          fact.field->enum_type()->FindValueByNumber(reflection.GetEnumValue(message, fact.field));
      return value == nullptr ? std::nullopt : std::optional(EnumShortName(*value));
    }
    default:
      return FormatDuration(
          static_cast<const google::protobuf::Duration&>(reflection.GetMessage(message, fact.field)));
  }
}

bool Admits(const Bound& bound, const FactInfo& fact, std::string_view value) {
  const auto holds = [&](const std::string& text) { return FactValue(fact, text) == value; };
  const auto any = [&](const auto& values) { return std::any_of(values.begin(), values.end(), holds); };
  return bound.one_of().empty() ? !any(bound.none_of()) : any(bound.one_of());
}

void CheckKnowledge(const Message& message, const ReportProblem& report) {
  if (!FactsOf(message.GetDescriptor()).empty()) Checker(message, report).Run();
}

bool IsSettled(const Message& message, const FactInfo& fact) {
  return IsSet(message, *fact.holder) || IsKnownNone(message, *fact.holder);
}

void DropKnowledge(const std::function<bool(const FactInfo& fact)>& drop, Message& message) {
  for (const char* name : {"bounds", "likely"}) {
    const FieldDescriptor* const list = message.GetDescriptor()->FindFieldByName(name);
    if (list != nullptr) DropEntries(drop, *list, message);
  }
}

}  // namespace linchpin::resource
