// A store as it would stand after a write, as documents.
#ifndef LINCHPIN_SERVICES_WRITING_STAGED_STATE_H_
#define LINCHPIN_SERVICES_WRITING_STAGED_STATE_H_

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/store/port/head.h"
#include "services/writing/proposal.h"

namespace linchpin::writing {

// What rules read: the states before and after the write (store/port/overlay.h), and between them the
// documents that are written, with the paths of their fields.
//
// Ownership: keeps references to the states and to the proposals.
// Thread safety: none; lives for one decision.
class StagedState {
 public:
  // `deleted`: names that `before` has and `after` has not.
  StagedState(const store::StateReader& before, const store::StateReader& after,
              const std::vector<const Proposal*>& proposals, const std::vector<std::string>& deleted);

  const store::StateReader& before() const { return before_; }
  const std::vector<const Proposal*>& proposals() const { return proposals_; }
  const std::vector<std::string>& deleted() const { return deleted_; }

  bool Contains(std::string_view name) const { return after_.Contains(name); }

  // The document after the write; null if there is none or it is of another kind. Parsed at most once.
  template <typename T>
  const T* Find(std::string_view name) {
    return static_cast<const T*>(FindMessage(name, T::descriptor()));
  }
  // The document before the write.
  template <typename T>
  std::unique_ptr<T> FindBefore(std::string_view name) const {
    const std::optional<store::StoredResource> stored = before_.Find(name);
    auto document = std::make_unique<T>();
    if (!stored || stored->kind != T::descriptor()->name() || !document->ParseFromString(stored->body))
      return nullptr;
    return document;
  }

  // Names of all that refers to `name` after the write, any order.
  std::vector<std::string> Referrers(std::string_view name) const;

 private:
  const google::protobuf::Message* FindMessage(std::string_view name,
                                               const google::protobuf::Descriptor* descriptor);

  const store::StateReader& before_;
  const store::StateReader& after_;
  const std::vector<const Proposal*>& proposals_;
  const std::vector<std::string>& deleted_;
  std::unordered_map<std::string_view, const Proposal*> by_name_;
  std::unordered_map<std::string, std::unique_ptr<google::protobuf::Message>> parsed_;
};

}  // namespace linchpin::writing

#endif  // LINCHPIN_SERVICES_WRITING_STAGED_STATE_H_
