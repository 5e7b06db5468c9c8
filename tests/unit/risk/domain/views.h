// Documents of a test as a view of the replica, and changed ones in their place.
#ifndef LINCHPIN_TESTS_UNIT_RISK_DOMAIN_VIEWS_H_
#define LINCHPIN_TESTS_UNIT_RISK_DOMAIN_VIEWS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "linchpin/inventory/v1/route.pb.h"
#include "services/replica/view_editor.h"
#include "services/resource/kinds.h"
#include "tests/unit/risk/domain/documents.h"

namespace linchpin::risk {

// The document stands in for one of its name that was added before: of several the last one counts, here and
// in Documents::Graph.
inline void Put(const google::protobuf::Message& document, Documents& documents) {
  namespace v1 = ::linchpin::inventory::v1;
  const std::string text = document.DebugString();
  const auto* kind = document.GetDescriptor();
  if (kind == v1::Vendor::descriptor()) documents.Add<v1::Vendor>(text);
  if (kind == v1::Model::descriptor()) documents.Add<v1::Model>(text);
  if (kind == v1::Deployment::descriptor()) documents.Add<v1::Deployment>(text);
  if (kind == v1::Route::descriptor()) documents.Add<v1::Route>(text);
  if (kind == v1::Dependency::descriptor()) documents.Add<v1::Dependency>(text);
}

inline std::shared_ptr<const replica::View> ViewOf(const Documents& documents, int64_t revision) {
  std::map<std::string, const google::protobuf::Message*> last;
  for (const auto& document : documents.all()) last[resource::NameOf(*document)] = document.get();
  std::vector<std::string> bodies;
  std::vector<replica::DocumentEdit> edits;
  bodies.reserve(last.size());
  for (const auto& [name, document] : last) {
    bodies.push_back(document->SerializeAsString());
    replica::DocumentEdit edit;
    edit.document = {.name = name,
                     .kind = resource::FindKindOf(document->GetDescriptor()),
                     .revision = revision,
                     .body = bodies.back()};
    edits.push_back(edit);
  }
  const replica::View empty;
  replica::ViewEditor editor(empty);
  editor.Apply(edits, revision, absl::UnixEpoch());
  return editor.Finish();
}

}  // namespace linchpin::risk

#endif  // LINCHPIN_TESTS_UNIT_RISK_DOMAIN_VIEWS_H_
