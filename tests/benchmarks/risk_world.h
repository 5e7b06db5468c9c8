// The inventory of the benchmarks of Risk.
#ifndef LINCHPIN_TESTS_BENCHMARKS_RISK_WORLD_H_
#define LINCHPIN_TESTS_BENCHMARKS_RISK_WORLD_H_

#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "linchpin/inventory/v1/application.pb.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/host.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/replica/view_editor.h"

namespace linchpin::risk {

class DocumentList {
 public:
  template <typename Document>
  void Add(const std::string& text) {
    auto document = std::make_unique<Document>();
    if (!google::protobuf::TextFormat::ParseFromString(text, document.get()))
      std::fprintf(stderr, "%s\n", text.c_str());
    documents_.push_back(std::move(document));
  }

  std::shared_ptr<const replica::View> View() const {
    std::vector<std::string> bodies;
    std::vector<replica::DocumentEdit> edits;
    bodies.reserve(documents_.size());
    for (const auto& document : documents_) {
      bodies.push_back(document->SerializeAsString());
      replica::DocumentEdit edit;
      edit.document = {.name = resource::NameOf(*document),
                       .kind = resource::FindKindOf(document->GetDescriptor()),
                       .revision = 1,
                       .body = bodies.back()};
      edits.push_back(edit);
    }
    const replica::View empty;
    replica::ViewEditor editor(empty);
    editor.Apply(edits, 1, absl::UnixEpoch());
    return editor.Finish();
  }

 private:
  std::vector<std::unique_ptr<google::protobuf::Message>> documents_;
};

// Two needs each, on `deployments` of 40 vendors, of which some have a fallback; one in ten is priced.
inline std::shared_ptr<const replica::View> BuildRiskWorld(int applications, int deployments) {
  namespace inventory = ::linchpin::inventory::v1;
  constexpr int kVendors = 40;
  std::mt19937 random(1);
  const auto pick = [&random](int n) { return static_cast<int>(random() % static_cast<uint32_t>(n)); };
  DocumentList made;
  for (int v = 0; v < kVendors; ++v) {
    const char* country = v % 3 == 0 ? "US" : v % 3 == 1 ? "FR" : "DE";
    made.Add<inventory::Vendor>(
        absl::StrCat("name: 'vendors/v", v, "' country: '", country, "' known_none: 'parent'"));
    made.Add<inventory::Host>(
        absl::StrCat("name: 'hosts/h", v, "' provider: 'vendors/v", v, "' country: '", country, "'"));
    made.Add<inventory::Model>(
        absl::StrCat("name: 'models/m", v, "' developer: 'vendors/v", v,
                     "' weights: ", v % 2 == 0 ? "WEIGHTS_OPEN" : "WEIGHTS_PROPRIETARY",
                     " tasks: 'chat' known_none: 'derivations' known_none: 'licence'"));
  }
  for (int d = 0; d < deployments; ++d) {
    const int v = d % kVendors;
    made.Add<inventory::Deployment>(
        absl::StrCat("name: 'deployments/d", d, "' model: 'models/m", v,
                     "' hosting_mode: HOSTING_MODE_VENDOR_API operator: 'vendors/v", v, "' host: 'hosts/h",
                     pick(kVendors), "' known_none: 'intermediaries'"));
  }
  for (int a = 0; a < applications; ++a) {
    made.Add<inventory::Application>(
        absl::StrCat("name: 'applications/a", a, "' tier: ", 1 + a % 4,
                     a % 10 == 0 ? " continuity { loss_per_hour_minor: 1000 }" : ""));
    for (int g = 0; g < 2; ++g) {
      std::string text = absl::StrCat("name: 'applications/a", a, "/dependencies/g", g,
                                      "' purpose: PURPOSE_CHAT alternatives { target: 'deployments/d",
                                      pick(deployments), "' }");
      if (pick(2) == 0) {
        absl::StrAppend(&text, " alternatives { target: 'deployments/d", pick(deployments),
                        "' activation: ACTIVATION_REDEPLOYMENT }");
      }
      made.Add<inventory::Dependency>(text);
    }
  }
  return made.View();
}

}  // namespace linchpin::risk

#endif  // LINCHPIN_TESTS_BENCHMARKS_RISK_WORLD_H_
