// Reads the document of a subject, and of its consumer where a rule asks for it.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SUBJECT_DOCUMENT_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SUBJECT_DOCUMENT_H_

#include <memory>
#include <string_view>

#include "google/protobuf/message.h"
#include "services/policy/domain/binding/selector.h"
#include "services/replica/view.h"

namespace linchpin::policy {

// Ownership: keeps a reference to the view; what Read returns lives until the next Read.
// Thread safety: none.
class SubjectDocument {
 public:
  SubjectDocument(const replica::View& view, bool with_consumer)
      : view_(view), with_consumer_(with_consumer) {}

  // `document` is null for a name that does not exist.
  Subject Read(std::string_view name) {
    Subject subject;
    subject.name = name;
    subject.document = Parse(name, document_);
    if (!with_consumer_) return subject;
    subject.consumer_name = resource::ParentName(name);
    subject.consumer = Parse(subject.consumer_name, consumer_);
    return subject;
  }

 private:
  const google::protobuf::Message* Parse(std::string_view name,
                                         std::unique_ptr<google::protobuf::Message>& into) const {
    const auto ref = view_.Find(name);
    if (!ref) return nullptr;
    if (into == nullptr || into->GetDescriptor() != ref->kind->descriptor) into = ref->kind->New();
    return replica::ParseInto(*ref, *into) ? into.get() : nullptr;
  }

  const replica::View& view_;
  const bool with_consumer_;
  std::unique_ptr<google::protobuf::Message> document_;
  std::unique_ptr<google::protobuf::Message> consumer_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SUBJECT_DOCUMENT_H_
