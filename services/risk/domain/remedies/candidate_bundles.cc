#include "services/risk/domain/remedies/candidate_bundles.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/resource/kinds.h"
#include "services/risk/domain/remedies/draft_inventory.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using Parts = std::vector<const Candidate*>;

// All documents and assumptions of the parts, each once.
Candidate Join(const Parts& parts, v1::RemedyKind kind, const std::string& subject, std::string title,
               const RemedyCosts& costs) {
  Candidate bundle{.kind = kind, .subject = subject, .title = std::move(title)};
  std::set<std::string> written, said;
  for (const Candidate* part : parts) {
    for (const v1::RemedyDocument& document : part->documents) {
      if (written.insert(NameIn(document.resource())).second) bundle.documents.push_back(document);
    }
    for (const std::string& assumption : part->assumptions) {
      if (said.insert(assumption).second) bundle.assumptions.push_back(assumption);
    }
  }
  const auto others = static_cast<int>(parts.size()) - 1;
  bundle.days = costs.Of(kind) + others * costs.Of(v1::REMEDY_KIND_ADD_FALLBACK);
  return bundle;
}

}  // namespace

std::vector<Candidate> BundlesOf(const Parts& single, const RemedyCosts& costs) {
  std::map<std::string, Parts> by_added, by_consumer;
  std::set<std::string> met;
  for (const Candidate* candidate : single) {
    if (candidate->kind == v1::REMEDY_KIND_NEW_DEPLOYMENT) by_added[candidate->added].push_back(candidate);
    // The first fallback made for a need is the one that shares least with what is there.
    if (candidate->kind != v1::REMEDY_KIND_ADD_FALLBACK || !met.insert(candidate->subject).second) continue;
    const std::string_view consumer = resource::ParentName(candidate->subject);
    if (!consumer.empty()) by_consumer[std::string(consumer)].push_back(candidate);
  }
  std::vector<Candidate> bundles;
  for (const auto& [added, parts] : by_added) {
    if (parts.size() < 2) continue;
    const std::string run = parts[0]->title.substr(0, parts[0]->title.find(" and add it"));
    bundles.push_back(Join(parts, v1::REMEDY_KIND_NEW_DEPLOYMENT, added,
                           absl::StrCat(run, " and add it as a fallback of ", parts.size(), " dependencies"),
                           costs));
    bundles.back().added = added;
  }
  for (const auto& [consumer, parts] : by_consumer) {
    if (parts.size() < 2) continue;
    bundles.push_back(
        Join(parts, v1::REMEDY_KIND_ADD_FALLBACK, consumer,
             absl::StrCat("Add a fallback to each of ", parts.size(), " dependencies of ", consumer), costs));
  }
  return bundles;
}

}  // namespace linchpin::risk
