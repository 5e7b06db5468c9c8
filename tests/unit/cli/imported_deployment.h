// A deployment as an import writes it.
#ifndef LINCHPIN_TESTS_UNIT_CLI_IMPORTED_DEPLOYMENT_H_
#define LINCHPIN_TESTS_UNIT_CLI_IMPORTED_DEPLOYMENT_H_

#include <string>

#include "linchpin/common/v1/provenance.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "services/inventory/importers/import_record.h"

namespace linchpin::cli {

inline common::v1::Evidence EvidenceOf(const char* field, common::v1::Evidence::Source source) {
  common::v1::Evidence evidence;
  evidence.set_field_path(field);
  evidence.set_source(source);
  return evidence;
}

// What a file says: a model and an operator, with evidence and record.
inline inventory::v1::Deployment Imported(const std::string& model, const std::string& operator_vendor) {
  inventory::v1::Deployment deployment;
  deployment.set_name("deployments/d");
  deployment.set_model(model);
  *deployment.add_evidence() = EvidenceOf("model", common::v1::Evidence::SOURCE_IMPORTED);
  if (!operator_vendor.empty()) {
    deployment.set_operator_(operator_vendor);
    *deployment.add_evidence() = EvidenceOf("operator", common::v1::Evidence::SOURCE_INFERRED);
  }
  (*deployment.mutable_labels())["linchpin.dev/gateway"] = "g";
  importers::StoreRecord(importers::RecordOf(deployment), deployment);
  return deployment;
}

}  // namespace linchpin::cli

#endif  // LINCHPIN_TESTS_UNIT_CLI_IMPORTED_DEPLOYMENT_H_
