#include "services/policy/rpc/policy_feed.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

constexpr std::string_view kFindings = "findings/";

bool IsFinding(const std::string& name) {
  return std::string_view(name).substr(0, kFindings.size()) == kFindings;
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

PolicyFeed::PolicyFeed(replica::ViewSource& store, std::function<void()> changed)
    : store_(store), changed_(std::move(changed)) {
  subscription_ = store_.Subscribe([this](const replica::ViewChange& change) { OnView(change); });
  const auto view = store_.Current();
  absl::MutexLock lock(&mutex_);
  if (view != nullptr) revision_ = std::max(revision_, view->revision());
}

void PolicyFeed::OnView(const replica::ViewChange& change) {
  const bool all = change.everything;
  const bool findings = all || std::any_of(change.names.begin(), change.names.end(), IsFinding);
  const bool others = all || !std::all_of(change.names.begin(), change.names.end(),
                                          [](const auto& name) { return IsFinding(name); });
  {
    absl::MutexLock lock(&mutex_);
    if (others) revision_ = change.view->revision();
    if (findings) findings_revision_ = change.view->revision();
  }
  if (others) changed_();
}

int64_t PolicyFeed::revision() const {
  absl::MutexLock lock(&mutex_);
  return revision_;
}

std::shared_ptr<const PolicySet> PolicyFeed::Current() {
  // The revision is read before the view, which is then no older.
  const int64_t wanted = revision();
  const auto view = store_.Current();
  if (view == nullptr) return nullptr;
  absl::MutexLock lock(&mutex_);
  if (policies_ == nullptr || policies_->revision() != wanted) {
    policies_ = CompilePolicies(*view, wanted);
  }
  return policies_;
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
      auto record = std::make_shared<const FindingRecord>(StoredRecord(std::move(finding)));
      findings->emplace(record->name, record);
    });
  }
  findings_parsed_ = findings_revision_;
  findings_view_ = view == nullptr ? -1 : view->revision();
  findings_ = std::move(findings);
  return findings_;
}

}  // namespace linchpin::policy
