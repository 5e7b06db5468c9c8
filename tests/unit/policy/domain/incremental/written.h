// A view with one document more, or another one in its place.
#ifndef LINCHPIN_TESTS_UNIT_POLICY_DOMAIN_INCREMENTAL_WRITTEN_H_
#define LINCHPIN_TESTS_UNIT_POLICY_DOMAIN_INCREMENTAL_WRITTEN_H_

#include <memory>
#include <string>

#include "services/replica/view_editor.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {

// The view after `document` was written to `before`, which it shares all else with.
template <typename T>
std::shared_ptr<const replica::View> Written(const replica::View& before, const T& document) {
  const std::string body = document.SerializeAsString();
  replica::DocumentEdit edit;
  edit.document.name = document.name();
  edit.document.kind = resource::FindKindOf(T::descriptor());
  edit.document.revision = before.revision() + 1;
  edit.document.body = body;
  replica::ViewEditor editor(before);
  editor.Apply({&edit, 1}, before.revision() + 1, before.time());
  return editor.Finish();
}

}  // namespace linchpin::policy

#endif  // LINCHPIN_TESTS_UNIT_POLICY_DOMAIN_INCREMENTAL_WRITTEN_H_
