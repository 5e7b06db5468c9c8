#include "services/policy/domain/findings/data_gaps.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/text.h"
#include "services/policy/domain/findings/fill_in.h"
#include "services/policy/domain/findings/finding_builder.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

constexpr size_t kSampleMax = 20;
constexpr size_t kNamed = 3;  // In a message.
constexpr size_t kFillInMax = 10'000;

// The path without places in lists: `alternatives[2].last_test` is the same kind of fact as
// `alternatives[0].last_test`.
std::string WithoutPlaces(std::string_view path) {
  std::string text;
  bool inside = false;
  for (const char c : path) {
    inside = c == '[' || (inside && c != ']');
    if (!inside || c == '[') text.push_back(c);
  }
  return text;
}

bool ConcernsAny(const NameSet& names, std::string_view name) {
  const auto at = names.LowerBound(name);
  if (at == names.end()) return false;
  if (at->name == name) return true;
  // Children follow, but for names that continue with a character before `/`.
  const std::string child = std::string(name) + "/";
  const auto first = names.LowerBound(child);
  return first != names.end() && first->name.substr(0, child.size()) == child;
}

// "business services"
std::string WordsOf(const resource::KindInfo& kind) {
  std::string words;
  for (const char c : kind.collection) {
    if (c >= 'A' && c <= 'Z') words.push_back(' ');
    words.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return words;
}

std::string Some(const NameSet& names) {
  std::string text;
  for (const std::string_view name : names.First(kNamed)) text += base::Cat({text.empty() ? "" : ", ", name});
  return names.size() > kNamed ? text + ", ..." : text;
}

Discriminators DiscriminatorsOf(const GapKey& key) {
  if (key.beyond_depth) return {{"limit", "max_depth"}};
  if (!key.past.empty()) return {{"past", key.past}};
  return {{"kind", key.kind}, {"fact", key.path}};
}

// "`tier` of 40 of 52 applications", "`country` of vendors/a"
std::string Lacking(const GapKey& key, const Gap& gap, const replica::View& view) {
  const NameSet& names = gap.members.resources;
  const std::string what =
      key.beyond_depth ? "the lineage beyond `max_depth`" : absl::StrCat("`", key.path, "`");
  if (names.size() == 1) return base::Cat({what, " of ", names.begin()->name});
  const resource::KindInfo& kind = *resource::FindKind(key.kind);
  return absl::StrCat(what, " of ", names.size(), " of ", view.Count(kind), " ", WordsOf(kind));
}

std::string MessageOf(const GapKey& key, const Gap& gap, const replica::View& view) {
  const NameSet& subjects = gap.members.subjects;
  const size_t waiting = subjects.size();
  std::string message =
      !key.past.empty() ? gap.why
                        : Lacking(key, gap, view) + (key.beyond_depth ? " is not looked at" : " is unknown");
  if (gap.members.resources.size() > 1) message += " (" + Some(gap.members.resources) + ")";
  message += ": ";
  const bool one = gap.rules.size() == 1;
  absl::StrAppend(&message, one ? "rule " : "rules ", absl::StrJoin(gap.rules, ", "),
                  one ? " is indeterminate for " : " are indeterminate for ");
  const bool itself = waiting == 1 && subjects.begin()->name.substr(0, 12) == "assignments/";
  absl::StrAppend(&message, itself         ? "the whole population"
                            : waiting == 1 ? std::string(subjects.begin()->name)
                                           : absl::StrCat(waiting, " subjects"));
  return message;
}

}  // namespace

NameSet NameSet::FromSorted(std::vector<Entry> entries) {
  NameSet set;
  set.set_ = Set::FromSorted(std::move(entries));
  return set;
}

std::vector<std::string_view> NameSet::First(size_t max) const {
  std::vector<std::string_view> names;
  for (auto at = begin(); at != end() && names.size() < max; ++at) names.push_back(at->name);
  return names;
}

bool GapMembers::Concern(std::string_view name) const {
  return ConcernsAny(resources, name) || ConcernsAny(subjects, name);
}

std::optional<GapKey> GapKeyOf(const MissingFact& fact, const replica::View& view) {
  if (!fact.past.empty()) return GapKey{"", "", false, fact.path};
  const resource::KindInfo* const kind = resource::KindOfName(fact.resource);
  if (kind == nullptr || !view.Contains(fact.resource)) return std::nullopt;
  GapKey key{kind->kind, WithoutPlaces(fact.path), fact.beyond_depth};
  if (fact.beyond_depth) key.path.clear();
  return key;
}

std::string GapFindingName(std::string_view assignment, const GapKey& key) {
  return "findings/" + Fingerprint(assignment, "", "", assignment, DiscriminatorsOf(key));
}

v1::Finding GapFinding(const BoundPolicy& policy, const GapKey& key, const Gap& gap,
                       const replica::View& view) {
  v1::Finding finding = NewFinding(v1::Finding::TYPE_DATA_GAP, gap.severity, policy.assignment, "", "",
                                   policy.assignment, DiscriminatorsOf(key));
  finding.set_policy(policy.policy);
  finding.set_certainty(v1::CERTAINTY_OPEN);
  finding.set_message(CutText(MessageOf(key, gap, view), kMessageBytesMax));
  v1::DataGap& message = *finding.mutable_data_gap();
  message.set_kind(key.kind);
  message.set_path(key.path);
  const std::vector<std::string_view> sample = gap.members.resources.First(kSampleMax);
  for (const std::string_view name : sample) message.add_resources(std::string(name));
  message.set_resource_count(static_cast<int64_t>(gap.members.resources.size()));
  for (const std::string& rule : gap.rules) message.add_rules(rule);
  message.set_subject_count(static_cast<int64_t>(gap.members.subjects.size()));
  for (const std::string_view subject : gap.members.subjects.First(kRelatedMax))
    finding.add_related(std::string(subject));
  if (gap.indeterminate) *finding.mutable_explanation()->mutable_measure() = *gap.indeterminate;
  if (key.beyond_depth) {
    finding.set_remediation(
        CutText("raise `max_depth` of " + absl::StrJoin(gap.rules, ", "), kMessageBytesMax));
    return finding;
  }
  if (!key.past.empty()) {
    finding.set_remediation(CutText(gap.remedy, kMessageBytesMax));
    return finding;
  }
  message.set_fill_in(FillInDocuments(*resource::FindKind(key.kind), sample, key.path));
  const std::string id = finding.name().substr(9, 12);
  finding.set_remediation(
      message.fill_in().empty()
          ? absl::StrCat("state `", key.path, "` of ", Some(gap.members.resources),
                         ", or name it in known_none where there is none")
          : absl::StrCat("run `linchpin finding show ", id,
                         " --fill-in > facts.yaml`, fill in what you know, then `linchpin apply --merge -f "
                         "facts.yaml`"));
  return finding;
}

DataGapFindings FindingsOfGaps(const BoundPolicy& policy, std::vector<std::pair<GapKey, Gap>> gaps,
                               int64_t findings_max, const FindingMap* asked, const replica::View& view) {
  std::stable_sort(gaps.begin(), gaps.end(),
                   [](const auto& a, const auto& b) { return a.second.severity > b.second.severity; });
  DataGapFindings findings;
  const auto total = static_cast<int64_t>(gaps.size());
  for (int64_t i = 0; i < total; ++i) {
    auto& [key, gap] = gaps[i];
    if (i < findings_max) {
      findings.kept.push_back(GapFinding(policy, key, gap, view));
      findings.members.emplace(findings.kept.back().name(), std::move(gap.members));
    } else if (asked != nullptr) {
      std::string name = GapFindingName(policy.assignment, key);
      if (asked->contains(name)) findings.cut.insert(std::move(name));
    }
  }
  if (total > findings_max)
    findings.kept.push_back(
        SummaryFinding(policy.assignment, "", "", gaps.front().second.severity, findings_max, total));
  return findings;
}

void FillInAll(const GapMembers& members, v1::DataGap& gap) {
  if (gap.fill_in().empty()) return;
  gap.set_fill_in(
      FillInDocuments(*resource::FindKind(gap.kind()), members.resources.First(kFillInMax), gap.path()));
}

}  // namespace linchpin::policy
