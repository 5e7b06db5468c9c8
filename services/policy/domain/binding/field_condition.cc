#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/engine/knowledge/ownership.h"
#include "services/policy/domain/binding/selector.h"
#include "services/resource/scalars.h"

namespace linchpin::policy {
namespace {

using engine::Truth;
using v1::Test;

constexpr std::string_view kConsumerPrefix = "consumer.";

bool IsOverList(Test::Op op) {
  return op == Test::OP_ANY_IN || op == Test::OP_ALL_IN || op == Test::OP_NONE_IN;
}
bool IsPresence(Test::Op op) { return op == Test::OP_EXISTS || op == Test::OP_MISSING; }
bool IsOrdering(Test::Op op) {
  return op == Test::OP_LT || op == Test::OP_LE || op == Test::OP_GT || op == Test::OP_GE;
}
bool TakesMany(Test::Op op) { return IsOverList(op) || op == Test::OP_IN || op == Test::OP_NOT_IN; }

const char* WordsOf(Test::Op op) {
  switch (op) {
    case Test::OP_EQ:
      return " is ";
    case Test::OP_NE:
      return " is not ";
    case Test::OP_LT:
      return " is below ";
    case Test::OP_LE:
      return " is at most ";
    case Test::OP_GT:
      return " is above ";
    case Test::OP_GE:
      return " is at least ";
    case Test::OP_IN:
      return " is one of ";
    case Test::OP_NOT_IN:
      return " is none of ";
    case Test::OP_ANY_IN:
      return " has one of ";
    case Test::OP_ALL_IN:
      return " has only ";
    case Test::OP_NONE_IN:
      return " has none of ";
    case Test::OP_EXISTS:
      return " is set";
    case Test::OP_MISSING:
      return " is missing";
    default:
      return " begins with ";
  }
}

// A parameter is shown by what the assignment gives it.
std::string TextOf(const Test& test, const Binder& binder) {
  std::vector<std::string> values;
  for (const v1::Value& value : test.values()) {
    const auto parameter = ParameterName(value.string_value());
    std::string text = ValueText(value);
    if (parameter && !binder.checks_only()) {
      const std::map<std::string, std::string> texts = binder.ParameterTexts();
      const auto given = texts.find(*parameter);
      if (given != texts.end()) text = given->second;
    }
    values.push_back(std::move(text));
  }
  return absl::StrCat("`", test.path(), "`", WordsOf(test.op()), absl::StrJoin(values, ", "));
}

// What is wrong with comparing a field of this type by this operator; empty if nothing is.
std::string Mismatch(const FieldPath& path, Test::Op op) {
  const std::string word = Test::Op_Name(op).substr(3);
  if (IsPresence(op)) return "";
  if (path.is_list() != IsOverList(op)) {
    return path.is_list() ? "`" + path.text() + "` is a list: use ANY_IN, ALL_IN or NONE_IN"
                          : word + " is for lists, and `" + path.text() + "` is none: use IN or NOT_IN";
  }
  if (path.type() == FieldType::kMessage || path.type() == FieldType::kTime) {
    return "`" + path.text() + "` can only be tested by EXISTS and MISSING";
  }
  const bool ordered = path.type() == FieldType::kInt || path.type() == FieldType::kNumber ||
                       path.type() == FieldType::kDuration;
  if (IsOrdering(op) && !ordered) return "`" + path.text() + "` has no order: " + word + " does not apply";
  if (op == Test::OP_PREFIX && path.type() != FieldType::kString) return "PREFIX is for strings";
  return "";
}

std::string CountMismatch(Test::Op op, int count) {
  if (IsPresence(op)) return count == 0 ? "" : "EXISTS and MISSING take no value";
  if (TakesMany(op)) return count > 0 ? "" : "give at least one value";
  return count == 1 ? "" : "give exactly one value";
}

}  // namespace

FieldTest FieldTest::Bind(const Test& test, v1::SubjectKind kind, const std::string& field, Binder& binder) {
  FieldTest bound;
  bound.op_ = test.op();
  bound.text_ = TextOf(test, binder);
  bound.path_text_ = test.path();
  if (kind == v1::SUBJECT_KIND_DEPENDENCY && absl::StartsWith(test.path(), "consumer.")) {
    bound.reads_consumer_ = true;
    bound.path_text_ = test.path().substr(kConsumerPrefix.size());
    bound.types_ = {resource::FindKind("Application")->descriptor,
                    resource::FindKind("BusinessService")->descriptor};
  } else {
    bound.types_ = {ResourceKindOf(kind)->descriptor};
  }
  // A field that only one kind of consumer has is a known none of the other.
  absl::Status first_error;
  std::vector<const google::protobuf::Descriptor*> types;
  for (const auto* type : bound.types_) {
    absl::StatusOr<FieldPath> path = FieldPath::Compile(*type, bound.path_text_);
    if (path.ok()) {
      bound.paths_.push_back(*std::move(path));
      types.push_back(type);
    } else if (first_error.ok()) {
      first_error = path.status();
    }
  }
  bound.types_ = types;
  if (bound.paths_.empty()) {
    binder.Complain(field + ".path", std::string(first_error.message()));
    return bound;
  }
  if (test.op() == Test::OP_UNSPECIFIED) {
    binder.Complain(field + ".op", "say how to compare");
    return bound;
  }
  const FieldPath& path = bound.paths_.front();
  const std::string mismatch = Mismatch(path, test.op());
  if (!mismatch.empty()) binder.Complain(field + ".op", mismatch);
  const std::string count = CountMismatch(test.op(), test.values_size());
  if (!count.empty()) binder.Complain(field + ".values", count);
  if (!mismatch.empty() || !count.empty()) return bound;
  for (int i = 0; i < test.values_size(); ++i) {
    const std::string at = absl::StrCat(field, ".values[", i, "]");
    if (!TakesMany(test.op()) && test.values(i).has_list_value()) {
      binder.Complain(at, "must be one value, not a list");
      continue;
    }
    for (Scalar& scalar : binder.Comparands(test.values(i), path, TakesMany(test.op()), at)) {
      bound.comparands_.push_back(std::move(scalar));
    }
  }
  return bound;
}

Truth FieldTest::Holds(const Subject& subject, const Derivations& derivations, bool likely,
                       SelectionFacts& facts) const {
  const google::protobuf::Message* document = reads_consumer_ ? subject.consumer : subject.document;
  const std::string_view name = reads_consumer_ ? subject.consumer_name : subject.name;
  const auto type =
      document == nullptr ? types_.end() : std::find(types_.begin(), types_.end(), document->GetDescriptor());
  Reading reading;
  if (type == types_.end()) {
    reading.state = Reading::State::kNone;
  } else {
    reading = paths_[type - types_.begin()].Read(*document);
  }
  MissingFact lacking{std::string(name), path_text_};
  std::optional<PartlyKnown> partly;
  if (reading.state == Reading::State::kUnknown) {
    if (auto derived = derivations.Derive(name, path_text_)) {
      partly = std::move(derived->partly);
      if (derived->is_none) {
        reading.state = Reading::State::kNone;
      } else if (derived->missing) {
        lacking = *derived->missing;
      } else if (!IsPresence(op_) && !partly) {
        reading.state = Reading::State::kValue;
        reading.unknown_element = false;
        reading.values = {derived->value};
      }
    }
  }
  bool by_unknown = false;
  Truth truth = Compare(reading, by_unknown);
  if (by_unknown && partly && !IsOverList(op_)) truth = ComparePartly(*partly, likely, facts);
  if (truth == Truth::kUnknown) facts.missing.push_back(std::move(lacking));
  return truth;
}

Truth FieldTest::ComparePartly(const PartlyKnown& partly, bool likely, SelectionFacts& facts) const {
  const Truth proven = ComparePossible(partly.proven);
  if (proven != Truth::kUnknown || !likely || !partly.likely) return proven;
  const Truth on_likely = ComparePossible(*partly.likely);
  if (on_likely != Truth::kUnknown) AddLikely(partly.fact, facts.leaned);
  return on_likely;
}

// True if it holds of all that is possible, false if of nothing.
Truth FieldTest::ComparePossible(const PossibleValues& possible) const {
  engine::OverMembers members;
  if (possible.none) members.Add(CompareNone());
  if (possible.listed) {
    for (const std::string& text : possible.values) {
      const std::optional<Scalar> scalar = ScalarOf(text);
      members.Add(scalar ? CompareOne(*scalar) : Truth::kUnknown);
    }
    return members.truth();
  }
  // Anything but these: equal to one of the comparands only if some comparand is not taken out.
  const bool equality =
      op_ == Test::OP_EQ || op_ == Test::OP_IN || op_ == Test::OP_NE || op_ == Test::OP_NOT_IN;
  if (!equality) return Truth::kUnknown;
  const auto taken_out = [&](const Scalar& comparand) {
    return std::any_of(possible.values.begin(), possible.values.end(),
                       [&](const std::string& text) { return ScalarOf(text) == comparand; });
  };
  const bool unequal = std::all_of(comparands_.begin(), comparands_.end(), taken_out);
  members.Add(!unequal ? Truth::kUnknown : engine::Known(op_ == Test::OP_NE || op_ == Test::OP_NOT_IN));
  return members.truth();
}

std::optional<Scalar> FieldTest::ScalarOf(const std::string& text) const {
  const FieldPath& path = paths_.front();
  if (path.type() == FieldType::kString) return Scalar(text);
  if (path.type() == FieldType::kBool) return Scalar(text == "true");
  if (path.type() != FieldType::kEnum) return std::nullopt;
  const auto* value = resource::FindEnumValue(path.enum_type(), text);
  if (value == nullptr) return std::nullopt;
  return Scalar(static_cast<int64_t>(value->number()));
}

// `by_unknown` is set when an absent fact leaves the answer open.
Truth FieldTest::Compare(const Reading& reading, bool& by_unknown) const {
  const bool unknown = reading.state == Reading::State::kUnknown;
  if (op_ == Test::OP_EXISTS) return engine::Known(!unknown);
  if (op_ == Test::OP_MISSING) return engine::Known(unknown);
  Truth truth = Truth::kUnknown;
  if (IsOverList(op_)) {
    Truth any = reading.unknown_element || unknown ? Truth::kUnknown : Truth::kFalse;
    Truth all = reading.unknown_element || unknown ? Truth::kUnknown : Truth::kTrue;
    for (const Scalar& scalar : reading.values) {
      const Truth one = engine::Known(IsAmong(scalar));
      any = engine::Or(any, one);
      all = engine::And(all, one);
    }
    if (op_ == Test::OP_ANY_IN) truth = any;
    if (op_ == Test::OP_ALL_IN) truth = all;
    if (op_ == Test::OP_NONE_IN && any != Truth::kUnknown) truth = engine::Known(any == Truth::kFalse);
  } else if (reading.state == Reading::State::kNone) {
    truth = CompareNone();
  } else if (!unknown) {
    truth = CompareOne(reading.values.front());
  }
  by_unknown = truth == Truth::kUnknown;
  return truth;
}

// A known none equals nothing.
Truth FieldTest::CompareNone() const { return engine::Known(op_ == Test::OP_NE || op_ == Test::OP_NOT_IN); }

bool FieldTest::IsAmong(const Scalar& scalar) const {
  return std::find(comparands_.begin(), comparands_.end(), scalar) != comparands_.end();
}

Truth FieldTest::CompareOne(const Scalar& scalar) const {
  switch (op_) {
    case Test::OP_EQ:
    case Test::OP_IN:
      return engine::Known(IsAmong(scalar));
    case Test::OP_NE:
    case Test::OP_NOT_IN:
      return engine::Known(!IsAmong(scalar));
    case Test::OP_LT:
      return engine::Known(scalar < comparands_.front());
    case Test::OP_LE:
      return engine::Known(scalar <= comparands_.front());
    case Test::OP_GT:
      return engine::Known(scalar > comparands_.front());
    case Test::OP_GE:
      return engine::Known(scalar >= comparands_.front());
    case Test::OP_PREFIX:
      return engine::Known(
          absl::StartsWith(std::get<std::string>(scalar), std::get<std::string>(comparands_.front())));
    default:
      return Truth::kUnknown;
  }
}

}  // namespace linchpin::policy
