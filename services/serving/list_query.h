// The narrowing of a list: fields of the request that must equal fields of the resource, compared in the
// stored bytes.
#ifndef LINCHPIN_SERVICES_SERVING_LIST_QUERY_H_
#define LINCHPIN_SERVICES_SERVING_LIST_QUERY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/replica/view.h"
#include "services/resource/kinds.h"

namespace linchpin::serving {

// What a List request asks for, read by reflection: a request field narrows by the resource's field of the
// same name (`parent_vendor` by `parent`; `target` by the targets of alternatives). A model's
// `origin_country` is derived where it is not stated, as everywhere: the developer's country.
class ListQuery {
 public:
  // Errors: INVALID_ARGUMENT, FIELD_INVALID, for a negative page_size, an order other than by name, or a
  //   parent that is none; UNIMPLEMENTED, FILTER_UNSUPPORTED, for a filter.
  static absl::StatusOr<ListQuery> Parse(const resource::KindInfo& kind,
                                         const google::protobuf::Message& request);

  // A page ends before the document that would take its bodies above this, whatever its size in documents: a
  // message may have 16 MiB. It has at least one document.
  static constexpr size_t kPageBytesMax = size_t{8} << 20;

  struct Page {
    std::vector<replica::DocumentRef> documents;
    size_t bytes = 0;   // Of their bodies.
    bool more = false;  // There are documents behind these.
    int64_t total = 0;  // Of all pages.
  };
  // One page of `view`, after the name `after`. Cost: a walk over what the narrowing leaves: the referrers of
  // a name where one is named, else the documents of the kind (50 to 100 nanoseconds each); nothing of it
  // without narrowing.
  Page Run(const replica::View& view, const std::string& after) const;

  int page_size() const { return page_size_; }

 private:
  struct Condition {
    int field = 0;        // Number in the resource.
    int inner_field = 0;  // Of a repeated message: the field in it, of which one must match; else 0.
    std::string text;     // What a string must be.
    std::optional<uint64_t> number;  // What a number must be; else `text` counts.
    bool reference = false;
    // Where the field is absent: the same text in field `derived_field` of the document that field
    // `derived_from` names. 0: it is not derived.
    int derived_from = 0;
    int derived_field = 0;
  };

  static absl::StatusOr<std::string> PrefixOf(const std::string& parent);
  absl::Status AddCondition(const google::protobuf::Message& request,
                            const google::protobuf::FieldDescriptor* field);
  bool Matches(const replica::View& view, const replica::DocumentRef& document) const;
  void Take(const replica::DocumentRef& document, const std::string& after, Page& page) const;
  Page RunOverReferrers(const replica::View& view, const std::string& target, const std::string& after) const;

  const resource::KindInfo* kind_ = nullptr;
  int page_size_ = 0;
  std::string prefix_;  // Of names.
  std::vector<Condition> conditions_;
};

// The digest that binds a page token to its query: every field but page_size and page_token.
std::string DigestOfQuery(const google::protobuf::Message& request);

}  // namespace linchpin::serving

#endif  // LINCHPIN_SERVICES_SERVING_LIST_QUERY_H_
