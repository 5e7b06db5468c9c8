// The newest state of a store, held in memory, against which the committer decides writes.
#ifndef LINCHPIN_SERVICES_STORE_PORT_HEAD_H_
#define LINCHPIN_SERVICES_STORE_PORT_HEAD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "services/store/port/resource.h"

namespace linchpin::store {

class ResourceStore;

// Read side of a state of the store at one revision: what a Decide function may ask.
//
// References of a resource are the distinct names that its body refers to, its parent included where it has
// one. Head and Decide must find them in a body by the same rule.
class StateReader {
 public:
  virtual ~StateReader() = default;

  virtual int64_t revision() const = 0;

  // Nothing if the name does not exist.
  virtual std::optional<StoredResource> Find(std::string_view name) const = 0;
  virtual bool Contains(std::string_view name) const = 0;

  // Names of the resources that refer to `name`, bytewise ascending, at most `limit`. A resource that refers
  // to itself is among them. `name` need not exist.
  virtual std::vector<std::string> Referrers(std::string_view name, int limit) const = 0;

  // Names that `name` refers to; empty if it does not exist. Any order.
  virtual std::vector<std::string> References(std::string_view name) const = 0;

  // Names beginning with `prefix`, bytewise ascending, at most `limit`. For children:
  // `applications/claims/dependencies/`.
  virtual std::vector<std::string> NamesWithPrefix(std::string_view prefix, int limit) const = 0;
  // How many names begin with `prefix`.
  virtual int64_t CountWithPrefix(std::string_view prefix) const = 0;
};

// The state itself. The replica's view holder is one; MapHead is a plain one.
//
// Thread safety: the committer calls every function of this interface from one thread at a time. What other
// threads may read meanwhile is the implementation's own affair.
class Head : public StateReader {
 public:
  // Takes whole revisions, ascending, the first above revision(); a span may hold several revisions, and they
  // may be published together. Every name occurs at most once per revision. Must not fail: what it is given
  // has been committed. Must not call the store or the committer.
  virtual void Apply(absl::Span<const Change> changes) = 0;

  // Does what Apply of these changes can do before it is known whether they are committed; nobody sees any
  // of it. ApplyPrepared follows with the same span, or it was in vain.
  virtual void Prepare(absl::Span<const Change> /*changes*/) {}
  // Apply, where Prepare of the same span was the last call before.
  virtual void ApplyPrepared(absl::Span<const Change> changes) { Apply(changes); }

  // Throws away what it holds and loads all of `store` by Scan. Called once when a committer starts, and
  // again when the changes it would need have been compacted or the history is another.
  virtual absl::Status Reload(ResourceStore& store) = 0;
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_PORT_HEAD_H_
