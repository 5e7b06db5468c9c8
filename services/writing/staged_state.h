// A store as it would stand after a write: its state with the write's own documents laid
// over it.
#ifndef LINCHPIN_SERVICES_WRITING_STAGED_STATE_H_
#define LINCHPIN_SERVICES_WRITING_STAGED_STATE_H_

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "services/store/port/head.h"
#include "services/writing/proposal.h"

namespace linchpin::writing {

// Ownership: keeps references to the state and to what is staged.
// Thread safety: none; lives for one decision.
class StagedState {
 public:
  explicit StagedState(const store::StateReader& state) : state_(state) {}

  void Stage(const Proposal& proposal);
  // A name that is there.
  void StageDelete(std::string_view name);

  const store::StateReader& before() const { return state_; }
  const std::vector<const Proposal*>& proposals() const { return proposals_; }
  // Names that were there and that the write deletes.
  const std::unordered_set<std::string_view>& deleted() const { return deleted_; }

  bool Contains(std::string_view name) const;

  // The document after the write; null if there is none or it is of another kind. Parsed at most once.
  template <typename T>
  const T* Find(std::string_view name) {
    return static_cast<const T*>(FindMessage(name, T::descriptor()));
  }
  // The document before the write.
  template <typename T>
  std::unique_ptr<T> FindBefore(std::string_view name) const {
    const std::optional<store::StoredResource> stored = state_.Find(name);
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

  const store::StateReader& state_;
  std::vector<const Proposal*> proposals_;
  std::unordered_map<std::string_view, const Proposal*> by_name_;
  std::unordered_map<std::string_view, std::vector<std::string_view>>
      sources_;  // Of staged documents, by target.
  std::unordered_set<std::string_view> deleted_;
  std::unordered_map<std::string, std::unique_ptr<google::protobuf::Message>> parsed_;
};

}  // namespace linchpin::writing

#endif  // LINCHPIN_SERVICES_WRITING_STAGED_STATE_H_
