// Documents for tests of the replica: the fewest fields that make references.
#ifndef LINCHPIN_TESTS_UNIT_REPLICA_DOCUMENTS_H_
#define LINCHPIN_TESTS_UNIT_REPLICA_DOCUMENTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "linchpin/inventory/v1/application.pb.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/replica/document_table.h"

namespace linchpin::replica {

inline std::string VendorBody(const std::string& name, const std::string& parent = "",
                              const std::string& text = "") {
  inventory::v1::Vendor vendor;
  vendor.set_name(name);
  vendor.set_parent(parent);
  vendor.set_display_name(text);
  return vendor.SerializeAsString();
}

inline std::string DeploymentBody(const std::string& name) {
  inventory::v1::Deployment deployment;
  deployment.set_name(name);
  return deployment.SerializeAsString();
}

inline std::string ApplicationBody(const std::string& name) {
  inventory::v1::Application application;
  application.set_name(name);
  return application.SerializeAsString();
}

inline std::string DependencyBody(const std::string& name, const std::vector<std::string>& targets) {
  inventory::v1::Dependency dependency;
  dependency.set_name(name);
  for (const std::string& target : targets) dependency.add_alternatives()->set_target(target);
  return dependency.SerializeAsString();
}

// `name` and `body` must live as long as the edit.
inline DocumentEdit Put(std::string_view name, std::string_view body, int64_t revision = 1) {
  DocumentEdit edit;
  edit.document.name = name;
  edit.document.body = body;
  edit.document.revision = revision;
  return edit;
}

inline DocumentEdit Remove(std::string_view name) {
  DocumentEdit edit;
  edit.document.name = name;
  edit.deleted = true;
  return edit;
}

}  // namespace linchpin::replica

#endif  // LINCHPIN_TESTS_UNIT_REPLICA_DOCUMENTS_H_
