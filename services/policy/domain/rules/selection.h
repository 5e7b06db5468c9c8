// Runs the selectors of populations over the documents of a revision: each document is parsed once, whatever
// the number of rules.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SELECTION_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SELECTION_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "linchpin/policy/v1/rule.pb.h"
#include "services/engine/graph/fact.h"
#include "services/policy/domain/binding/selector.h"
#include "services/policy/domain/rules/missing_fact.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// What a selector says of one subject.
struct Selected {
  engine::Truth truth = engine::Truth::kTrue;  // On proven facts.
  MissingFacts missing;                        // Where kUnknown; in order, each once.
  // What likely facts say where proven ones leave it open, and those facts.
  engine::Truth likely = engine::Truth::kUnknown;
  LikelyFacts leaned;
};
Selected Select(const BoundSelector& selector, const Subject& subject, const World& world);

// What one selector says of each subject of its kind, in the order of Selections::Names.
struct Selection {
  std::vector<engine::Truth> truths;                   // On proven facts. Empty: all kTrue.
  std::unordered_map<uint32_t, MissingFacts> missing;  // Where kUnknown; each in order and once.

  engine::Truth at(size_t place) const { return truths.empty() ? engine::Truth::kTrue : truths[place]; }
};

// Names of subjects by kind, ascending, each once.
using SubjectNames = std::map<v1::SubjectKind, std::vector<std::string>>;

// All selectors of one evaluation. Those that are equal run once.
//
// Ownership: keeps references to the world, to the selectors that are added, and to `only`.
// Thread safety: none.
class Selections {
 public:
  // `only`: these subjects alone, as far as they exist; null: all.
  explicit Selections(const World& world, const SubjectNames* only = nullptr) : world_(world), only_(only) {}

  void Add(const BoundSelector& selector);
  // Runs what was added. Once.
  void Run();

  // Of a selector that was added.
  const Selection& Of(const BoundSelector& selector) const { return selections_.at(same_.at(&selector)); }
  // Names of the subjects of a kind that some selector has, bytewise ascending. Views into the replica's
  // view.
  const std::vector<std::string_view>& Names(v1::SubjectKind kind) const { return names_.at(kind); }

 private:
  void Ask(const BoundSelector& selector, const Subject& subject, uint32_t place);
  void RunKind(v1::SubjectKind kind, const std::vector<const BoundSelector*>& selectors);
  // Calls `visit` with the documents that are asked about, in order.
  template <typename Visit>
  void ForEachDocument(v1::SubjectKind kind, const Visit& visit) const;

  const World& world_;
  const SubjectNames* const only_;
  std::map<v1::SubjectKind, std::vector<const BoundSelector*>> by_kind_;
  std::map<v1::SubjectKind, std::vector<std::string_view>> names_;
  std::unordered_map<const BoundSelector*, const BoundSelector*> same_;  // As which it is run.
  std::unordered_map<const BoundSelector*, Selection> selections_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SELECTION_H_
