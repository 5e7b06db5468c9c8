// The alternatives of dependencies as their documents state them.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_STATED_ALTERNATIVES_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_STATED_ALTERNATIVES_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "linchpin/inventory/v1/dependency.pb.h"
#include "services/policy/domain/rules/supply_walk.h"
#include "services/replica/view.h"

namespace linchpin::policy {

// Reads the documents of the dependencies of one consumer, each once, whatever the number of rules that ask
// for them before they ask for those of another consumer.
//
// Ownership: keeps a reference to the view, which must be that of the graph. Thread safety: none.
class StatedAlternatives {
 public:
  explicit StatedAlternatives(const replica::View& view) : view_(view) {}

  // Of a dependency that is no route's, until another consumer is asked for. Null: it has no document.
  const inventory::v1::Dependency* Of(DependencyPlace place);

 private:
  enum class State : uint8_t { kNew, kRead, kNone };
  struct Stated {
    State state = State::kNew;
    inventory::v1::Dependency document;  // Reused from one consumer to the next.
  };

  bool Read(const std::string& name, inventory::v1::Dependency& document);

  const replica::View& view_;
  std::optional<engine::ConsumerIndex> consumer_;
  std::deque<Stated> groups_;
  // Where the last document was found: subjects come in order of names, and so do most documents.
  std::optional<replica::Cursor> cursor_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_STATED_ALTERNATIVES_H_
