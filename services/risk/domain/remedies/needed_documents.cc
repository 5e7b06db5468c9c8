#include "services/risk/domain/remedies/needed_documents.h"

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "services/resource/kinds.h"

namespace linchpin::risk {
namespace {

// A document whose references are being followed.
struct Open {
  std::unique_ptr<google::protobuf::Message> message;  // null for the one that is asked about
  std::vector<resource::Reference> references;
  size_t next = 0;
};

class Walk {
 public:
  Walk(const replica::View& offered, const DraftInventory& draft) : offered_(offered), draft_(draft) {}

  std::vector<v1::RemedyDocument> From(const google::protobuf::Message& document) {
    open_.push_back({nullptr, resource::References(document)});
    while (!open_.empty()) {
      if (open_.back().next < open_.back().references.size()) {
        Enter(std::string(open_.back().references[open_.back().next++].target));
      } else {
        Leave();
      }
    }
    return std::move(needed_);
  }

 private:
  void Enter(const std::string& target) {
    const auto found = offered_.Find(target);
    if (!found.has_value() || draft_.Contains(target) || !entered_.insert(target).second) return;
    std::unique_ptr<google::protobuf::Message> message(found->kind->prototype->New());
    if (!replica::ParseInto(*found, *message)) return;
    resource::ClearOutputOnly(*message);
    std::vector<resource::Reference> references = resource::References(*message);
    open_.push_back({std::move(message), std::move(references)});
  }

  void Leave() {
    if (open_.back().message != nullptr)
      PutInto(*open_.back().message, *needed_.emplace_back().mutable_resource());
    open_.pop_back();
  }

  const replica::View& offered_;
  const DraftInventory& draft_;
  std::vector<Open> open_;  // From the document asked about down to the one that is followed now.
  std::set<std::string> entered_;
  std::vector<v1::RemedyDocument> needed_;
};

}  // namespace

std::vector<v1::RemedyDocument> NeededBy(const google::protobuf::Message& document,
                                         const replica::View& offered, const DraftInventory& draft) {
  return Walk(offered, draft).From(document);
}

}  // namespace linchpin::risk
