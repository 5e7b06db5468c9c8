// What a search for remedies costs: 1,000 applications with two needs each on 100 deployments of 40 vendors.
// Prints the time of the processor, and how many times as long it took if all scores were computed anew for
// each change that is tried. The goal is 10 s for 1,000 applications.
#include <time.h>

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
#include "services/risk/domain/remedies/remedy_report.h"

namespace linchpin::risk {
namespace {

namespace inventory = ::linchpin::inventory::v1;
namespace v1 = ::linchpin::risk::v1;

constexpr int kVendors = 40;
constexpr int kDeployments = 100;
constexpr int kApplications = 1000;

class Inventory {
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

std::shared_ptr<const replica::View> Build() {
  std::mt19937 random(1);
  const auto pick = [&random](int n) { return static_cast<int>(random() % static_cast<uint32_t>(n)); };
  Inventory made;
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
  for (int d = 0; d < kDeployments; ++d) {
    const int v = d % kVendors;
    made.Add<inventory::Deployment>(
        absl::StrCat("name: 'deployments/d", d, "' model: 'models/m", v,
                     "' hosting_mode: HOSTING_MODE_VENDOR_API operator: 'vendors/v", v, "' host: 'hosts/h",
                     pick(kVendors), "' known_none: 'intermediaries'"));
  }
  for (int a = 0; a < kApplications; ++a) {
    made.Add<inventory::Application>(
        absl::StrCat("name: 'applications/a", a, "' tier: ", 1 + a % 4,
                     a % 10 == 0 ? " continuity { loss_per_hour_minor: 1000 }" : ""));
    for (int g = 0; g < 2; ++g) {
      std::string text = absl::StrCat("name: 'applications/a", a, "/dependencies/g", g,
                                      "' purpose: PURPOSE_CHAT alternatives { target: 'deployments/d",
                                      pick(kDeployments), "' }");
      if (pick(2) == 0) {
        absl::StrAppend(&text, " alternatives { target: 'deployments/d", pick(kDeployments),
                        "' activation: ACTIVATION_REDEPLOYMENT }");
      }
      made.Add<inventory::Dependency>(text);
    }
  }
  return made.View();
}

double Seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void Run() {
  const auto view = Build();
  const HazardSet hazards = MakeHazardSet(nullptr, RetirementTimesOf(*view), absl::Now());
  Analysis analysis(view->shared_graph());
  Scorer scorer;
  double begin = Seconds();
  const auto scored = *scorer.Of(analysis, hazards, nullptr);
  const double all = Seconds() - begin;
  for (const bool priced : {false, true}) {
    v1::SuggestRemediesRequest request;
    request.set_trials(priced ? 1000 : 1);
    v1::RemedyResult result;
    begin = Seconds();
    const absl::Status status = ReportRemedies(view, analysis, *scored, request, {}, result);
    const double took = Seconds() - begin;
    if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
    std::printf(
        "%d applications, %lld years drawn: %.2f s (goal 10) for %lld trials and %d picks, %.2f ms each; all "
        "scores "
        "anew for each: %.0f times as long\n",
        kApplications, static_cast<long long>(request.trials()), took,
        static_cast<long long>(result.candidate_count()), result.remedies_size(),
        1e3 * took / static_cast<double>(result.candidate_count()),
        all * static_cast<double>(result.candidate_count()) / took);
  }
}

}  // namespace
}  // namespace linchpin::risk

int main() {
  linchpin::risk::Run();
  return 0;
}
