#include "services/policy/rpc/policy_feed.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

bool IsFinding(std::string_view name) { return name.rfind("findings/", 0) == 0; }

bool IsDisposition(std::string_view name) {
  return name.rfind("waivers/", 0) == 0 || name.rfind("acknowledgements/", 0) == 0;
}

bool IsRule(std::string_view name) { return !IsFinding(name) && !IsDisposition(name); }

bool Touches(const replica::ViewChange& change, bool (*is)(std::string_view)) {
  return change.everything || std::any_of(change.names.begin(), change.names.end(), is);
}

template <typename T>
std::vector<T> All(const replica::View& view) {
  std::vector<T> documents;
  view.ForEach(*resource::FindKindOf(T::descriptor()), [&](const replica::DocumentRef& ref) {
    T document;
    if (replica::ParseInto(ref, document)) documents.push_back(std::move(document));
  });
  return documents;
}

}  // namespace

std::shared_ptr<const PolicySet> CompilePolicies(const replica::View& view, int64_t revision) {
  return std::make_shared<const PolicySet>(revision, All<v1::Policy>(view), All<v1::Assignment>(view),
                                           All<v1::JurisdictionSet>(view));
}

PolicyFeed::PolicyFeed(replica::ViewSource& store, std::function<void(Part)> changed)
    : store_(store), changed_(std::move(changed)) {
  subscription_ = store_.Subscribe([this](const replica::ViewChange& change) { OnView(change); });
  const auto view = store_.Current();
  absl::MutexLock lock(&mutex_);
  if (view == nullptr) return;
  rules_revision_ = std::max(rules_revision_, view->revision());
  dispositions_revision_ = std::max(dispositions_revision_, view->revision());
}

void PolicyFeed::OnView(const replica::ViewChange& change) {
  const bool findings = Touches(change, IsFinding);
  const bool dispositions = Touches(change, IsDisposition);
  const bool rules = Touches(change, IsRule);
  {
    absl::MutexLock lock(&mutex_);
    if (rules) rules_revision_ = change.view->revision();
    if (dispositions) dispositions_revision_ = change.view->revision();
    if (findings) findings_revision_ = change.view->revision();
  }
  if (dispositions) changed_(Part::kDispositions);
  if (rules) changed_(Part::kRules);
}

int64_t PolicyFeed::revision() const {
  absl::MutexLock lock(&mutex_);
  return std::max(rules_revision_, dispositions_revision_);
}

std::shared_ptr<const PolicySet> PolicyFeed::Current() {
  int64_t wanted = 0;
  {
    absl::MutexLock lock(&mutex_);
    wanted = rules_revision_;
  }
  // The revision is read before the view, which is then no older.
  const auto view = store_.Current();
  if (view == nullptr) return nullptr;
  absl::MutexLock lock(&mutex_);
  if (policies_ == nullptr || policies_->revision() != wanted) {
    policies_ = CompilePolicies(*view, wanted);
  }
  return policies_;
}

std::shared_ptr<const Dispositions> PolicyFeed::CurrentDispositions() {
  int64_t wanted = 0;
  {
    absl::MutexLock lock(&mutex_);
    wanted = dispositions_revision_;
  }
  const auto view = store_.Current();
  if (view == nullptr) return nullptr;
  absl::MutexLock lock(&mutex_);
  if (dispositions_ == nullptr || dispositions_parsed_ != wanted) {
    auto dispositions = std::make_shared<Dispositions>();
    dispositions->waivers = WaiverBook(All<v1::Waiver>(*view));
    for (v1::Acknowledgement& acknowledgement : All<v1::Acknowledgement>(*view)) {
      std::string finding = FindingOfAcknowledgement(acknowledgement.name());
      dispositions->acknowledgements[std::move(finding)] =
          std::make_shared<const v1::Acknowledgement>(std::move(acknowledgement));
    }
    dispositions_ = std::move(dispositions);
    dispositions_parsed_ = wanted;
  }
  return dispositions_;
}

absl::StatusOr<Rehearsed> PolicyFeed::Rehearse(const v1::PolicyChange& change) const {
  const int64_t wanted = revision();
  const auto view = store_.Current();
  return policy::Rehearse(
      wanted, {All<v1::Policy>(*view), All<v1::Assignment>(*view), All<v1::JurisdictionSet>(*view)}, change);
}

std::shared_ptr<const FindingMap> PolicyFeed::StoredFindings(int64_t revision) {
  absl::MutexLock lock(&mutex_);
  // A view may be there before its change has been told.
  const bool newest = findings_parsed_ == findings_revision_ && findings_view_ >= revision;
  if (findings_ != nullptr && newest) return findings_;
  const auto view = store_.Current();
  auto findings = std::make_shared<FindingMap>();
  if (view != nullptr) {
    // A finding has its own life in place of the fields that other documents get from the store.
    view->ForEach(*resource::FindKindOf(v1::Finding::descriptor()), [&](const replica::DocumentRef& ref) {
      v1::Finding finding;
      if (!finding.ParseFromArray(ref.body.data(), static_cast<int>(ref.body.size()))) return;
      findings->Put(std::make_shared<const FindingRecord>(StoredRecord(std::move(finding))));
    });
  }
  findings_parsed_ = findings_revision_;
  findings_view_ = view == nullptr ? -1 : view->revision();
  findings_ = std::move(findings);
  return findings_;
}

}  // namespace linchpin::policy
