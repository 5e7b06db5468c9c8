// Reads the document of a subject, and of its consumer where a rule asks for it.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SUBJECT_DOCUMENT_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SUBJECT_DOCUMENT_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "google/protobuf/message.h"
#include "services/policy/domain/binding/selector.h"
#include "services/replica/view.h"

namespace linchpin::policy {

// Parses a document once for all that ask for it one after another.
//
// Ownership: keeps a reference to the view; what Read returns lives until the next subject.
// Thread safety: none.
class SubjectDocument {
 public:
  explicit SubjectDocument(const replica::View& view) : view_(view) {}

  // `document` is null for a name that does not exist. Dependencies of one consumer follow each other: its
  // document is parsed once for them.
  Subject Read(std::string_view name, bool with_consumer) {
    if (!own_.Is(name)) Parse(view_.Find(name), name, own_);
    return SubjectOf(name, with_consumer);
  }
  // Of a document that is at hand.
  Subject Read(const replica::DocumentRef& ref, bool with_consumer) {
    if (!own_.Is(ref.name)) Parse(ref, ref.name, own_);
    return SubjectOf(ref.name, with_consumer);
  }

 private:
  struct Parsed {
    bool Is(std::string_view other) const { return is_read && name == other; }
    const google::protobuf::Message* document() const { return exists ? message.get() : nullptr; }

    bool is_read = false;
    std::string name;
    std::unique_ptr<google::protobuf::Message> message;
    bool exists = false;
  };

  Subject SubjectOf(std::string_view name, bool with_consumer) {
    Subject subject;
    subject.name = name;
    subject.document = own_.document();
    if (!with_consumer) return subject;
    subject.consumer_name = resource::ParentName(name);
    if (!consumer_.Is(subject.consumer_name))
      Parse(view_.Find(subject.consumer_name), subject.consumer_name, consumer_);
    subject.consumer = consumer_.document();
    return subject;
  }
  static void Parse(const std::optional<replica::DocumentRef>& ref, std::string_view name, Parsed& into) {
    into.is_read = true;
    into.name = std::string(name);
    into.exists = false;
    if (!ref) return;
    if (into.message == nullptr || into.message->GetDescriptor() != ref->kind->descriptor)
      into.message = ref->kind->New();
    into.exists = replica::ParseInto(*ref, *into.message);
  }

  const replica::View& view_;
  Parsed own_, consumer_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SUBJECT_DOCUMENT_H_
