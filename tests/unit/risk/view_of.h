// A view of documents written as text.
#ifndef LINCHPIN_TESTS_UNIT_RISK_VIEW_OF_H_
#define LINCHPIN_TESTS_UNIT_RISK_VIEW_OF_H_

#include <memory>
#include <string>
#include <vector>

#include "services/replica/view_editor.h"
#include "services/resource/kinds.h"
#include "tests/unit/risk/domain/documents.h"

namespace linchpin::risk {

inline std::shared_ptr<const replica::View> ViewOf(const Documents& documents, int64_t revision) {
  std::vector<std::string> bodies;
  std::vector<replica::DocumentEdit> edits;
  bodies.reserve(documents.all().size());
  for (const auto& document : documents.all()) {
    bodies.push_back(document->SerializeAsString());
    replica::DocumentEdit edit;
    edit.document = {.name = resource::NameOf(*document),
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

#endif  // LINCHPIN_TESTS_UNIT_RISK_VIEW_OF_H_
