// Which subjects a rule is asked of: tests of fields, three-valued.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_SELECTOR_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_SELECTOR_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"
#include "linchpin/policy/v1/rule.pb.h"
#include "services/engine/graph/fact.h"
#include "services/policy/domain/binding/binder.h"
#include "services/policy/domain/binding/field_path.h"
#include "services/policy/domain/rules/decision.h"
#include "services/policy/domain/rules/missing_fact.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {

// Values as fields write them; of an enum without its prefix.
struct PossibleValues {
  bool listed = false;  // One of `values`, else any but these.
  bool none = false;    // A known none is possible.
  std::vector<std::string> values;
};

// What an absent field can only be, or probably is (docs/concepts/knowledge.md).
struct PartlyKnown {
  engine::FactRef fact;
  PossibleValues proven;
  std::optional<PossibleValues> likely;  // Absent: as `proven`.
};

// A value that an absent field has all the same, because it is derived from other facts
// (docs/concepts/policy.md).
struct DerivedValue {
  Scalar value;
  // Set instead of the value: that there is none is known.
  bool is_none = false;
  // Set instead of the value: the fact that would give it is unknown.
  std::optional<MissingFact> missing;
  // Beside `missing`, or alone: what is known of it all the same.
  std::optional<PartlyKnown> partly;
};

// What a selector looks at.
struct Subject {
  std::string_view name;
  const google::protobuf::Message* document = nullptr;
  // Of a dependency: its consumer. Null where no test asks for it.
  std::string_view consumer_name;
  const google::protobuf::Message* consumer = nullptr;
};

// Finds derived values; nothing if the field is of no derived kind. Implemented over the graph.
class Derivations {
 public:
  virtual ~Derivations() = default;
  virtual std::optional<DerivedValue> Derive(std::string_view name, std::string_view path) const = 0;
};

// What left a selection open, and the likely facts that decided one.
struct SelectionFacts {
  MissingFacts missing;
  LikelyFacts leaned;
};

// A test of one field, ready to run.
class FieldTest {
 public:
  // Complains to the binder about what is wrong with the test; the result is then of no use.
  static FieldTest Bind(const v1::Test& test, v1::SubjectKind kind, const std::string& field, Binder& binder);

  // `likely`: likely facts are read where proven ones leave it open. What leaves the answer open, and what
  // decides it so, is appended to `facts`.
  engine::Truth Holds(const Subject& subject, const Derivations& derivations, bool likely,
                      SelectionFacts& facts) const;
  bool reads_consumer() const { return reads_consumer_; }
  // The field, without `consumer.`.
  const std::string& path() const { return path_text_; }
  // The test in words: "`tier` is at most 3".
  const std::string& text() const { return text_; }

  friend bool operator==(const FieldTest&, const FieldTest&) = default;

 private:
  engine::Truth Compare(const Reading& reading, bool& by_unknown) const;
  engine::Truth CompareOne(const Scalar& scalar) const;
  engine::Truth CompareNone() const;
  engine::Truth ComparePossible(const PossibleValues& possible) const;
  engine::Truth ComparePartly(const PartlyKnown& partly, bool likely, SelectionFacts& facts) const;
  std::optional<Scalar> ScalarOf(const std::string& text) const;
  bool IsAmong(const Scalar& scalar) const;

  v1::Test::Op op_ = v1::Test::OP_UNSPECIFIED;
  bool reads_consumer_ = false;
  std::vector<FieldPath> paths_;  // One for each kind of document that the subject may be.
  std::vector<const google::protobuf::Descriptor*> types_;
  std::string path_text_;  // Without `consumer.`.
  std::string text_;
  std::vector<Scalar> comparands_;
};

// A selector, ready to run.
class BoundSelector {
 public:
  // Everything of `kind`.
  explicit BoundSelector(v1::SubjectKind kind = v1::SUBJECT_KIND_APPLICATION) : kind_(kind) {}
  static BoundSelector Bind(const v1::Selector& selector, const std::string& field, Binder& binder);

  v1::SubjectKind kind() const { return kind_; }
  // Selects everything of its kind without looking.
  bool selects_all() const { return all_.empty() && any_.empty() && none_.empty(); }
  bool reads_consumer() const;

  // As FieldTest::Holds.
  engine::Truth Selects(const Subject& subject, const Derivations& derivations, bool likely,
                        SelectionFacts& facts) const;

  friend bool operator==(const BoundSelector&, const BoundSelector&) = default;

 private:
  static BoundSelector BindAt(const v1::Selector& selector, v1::SubjectKind kind, int depth,
                              const std::string& field, Binder& binder);

  v1::SubjectKind kind_;
  std::vector<FieldTest> all_;
  std::vector<BoundSelector> any_;
  std::vector<BoundSelector> none_;  // None or one.
};

// The kind of resource of a kind of subject; null for ASSIGNMENT.
const resource::KindInfo* ResourceKindOf(v1::SubjectKind kind);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_SELECTOR_H_
