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

void SortUnique(std::vector<std::string_view>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

bool ConcernsAny(const std::vector<std::string_view>& names, std::string_view name) {
  const auto at = std::lower_bound(names.begin(), names.end(), name);
  if (at == names.end()) return false;
  if (*at == name) return true;
  // Children follow, but for names that continue with a character before `/`.
  const std::string child = std::string(name) + "/";
  const auto first = std::lower_bound(at, names.end(), child);
  return first != names.end() && first->substr(0, child.size()) == child;
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

std::string Some(const std::vector<std::string_view>& names) {
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kNamed); ++i)
    text += base::Cat({i > 0 ? ", " : "", names[i]});
  return names.size() > kNamed ? text + ", ..." : text;
}

std::vector<std::string_view> Sample(const std::vector<std::string_view>& names, size_t max) {
  return {names.begin(), names.begin() + static_cast<ptrdiff_t>(std::min(names.size(), max))};
}

Discriminators DiscriminatorsOf(const std::string& kind, const std::string& path, bool beyond_depth) {
  if (beyond_depth) return {{"limit", "max_depth"}};
  return {{"kind", kind}, {"fact", path}};
}

}  // namespace

bool GapMembers::Concern(std::string_view name) const {
  return ConcernsAny(resources, name) || ConcernsAny(subjects, name);
}

void DataGaps::Add(const BoundRule& rule, std::string_view subject, const SubjectResult& result) {
  for (const MissingFact& fact : result.missing) {
    const resource::KindInfo* const kind = resource::KindOfName(fact.resource);
    const auto document = view_.Find(fact.resource);
    if (kind == nullptr || !document) continue;
    Key key{kind->kind, WithoutPlaces(fact.path), fact.beyond_depth};
    if (fact.beyond_depth) key.path.clear();
    Gap& gap = gaps_[std::move(key)];
    gap.severity = std::max(gap.severity, OneStepBelow(rule.severity));
    gap.rules.insert(rule.id);
    if (!gap.indeterminate) gap.indeterminate = result.indeterminate;
    gap.members.resources.push_back(document->name);
    gap.members.subjects.push_back(subject);
  }
}

DataGapFindings DataGaps::Findings(const BoundPolicy& policy, int64_t findings_max, const FindingMap* asked) {
  std::vector<Entry*> order;
  for (Entry& gap : gaps_) {
    SortUnique(gap.second.members.resources);
    SortUnique(gap.second.members.subjects);
    order.push_back(&gap);
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const auto* a, const auto* b) { return a->second.severity > b->second.severity; });
  DataGapFindings findings;
  const auto total = static_cast<int64_t>(order.size());
  for (int64_t i = 0; i < total; ++i) {
    const auto& [key, gap] = *order[i];
    if (i < findings_max) {
      findings.kept.push_back(FindingOfGap(policy, *order[i]));
      findings.members.emplace(findings.kept.back().name(), std::move(order[i]->second.members));
    } else if (asked != nullptr) {
      const Discriminators discriminators = DiscriminatorsOf(key.kind, key.path, key.beyond_depth);
      std::string name =
          "findings/" + Fingerprint(policy.assignment, "", "", policy.assignment, discriminators);
      if (asked->contains(name)) findings.cut.insert(std::move(name));
    }
  }
  if (total > findings_max)
    findings.kept.push_back(
        SummaryFinding(policy.assignment, "", "", order.front()->second.severity, findings_max, total));
  return findings;
}

// "`tier` of 40 of 52 applications", "`country` of vendors/a"
std::string DataGaps::Lacking(const Entry& entry) const {
  const auto& [key, gap] = entry;
  const std::vector<std::string_view>& names = gap.members.resources;
  const std::string what =
      key.beyond_depth ? "the lineage beyond `max_depth`" : absl::StrCat("`", key.path, "`");
  if (names.size() == 1) return base::Cat({what, " of ", names[0]});
  const resource::KindInfo& kind = *resource::FindKind(key.kind);
  return absl::StrCat(what, " of ", names.size(), " of ", view_.Count(kind), " ", WordsOf(kind));
}

std::string DataGaps::MessageOf(const Entry& entry) const {
  const auto& [key, gap] = entry;
  const size_t waiting = gap.members.subjects.size();
  std::string message = Lacking(entry) + (key.beyond_depth ? " is not looked at" : " is unknown");
  if (gap.members.resources.size() > 1) message += " (" + Some(gap.members.resources) + ")";
  message += ": ";
  const bool one = gap.rules.size() == 1;
  absl::StrAppend(&message, one ? "rule " : "rules ", absl::StrJoin(gap.rules, ", "),
                  one ? " is indeterminate for " : " are indeterminate for ");
  const bool itself = waiting == 1 && gap.members.subjects[0].substr(0, 12) == "assignments/";
  absl::StrAppend(&message, itself         ? "the whole population"
                            : waiting == 1 ? std::string(gap.members.subjects[0])
                                           : absl::StrCat(waiting, " subjects"));
  return message;
}

v1::Finding DataGaps::FindingOfGap(const BoundPolicy& policy, const Entry& entry) const {
  const auto& [key, gap] = entry;
  v1::Finding finding = NewFinding(v1::Finding::TYPE_DATA_GAP, gap.severity, policy.assignment, "", "",
                                   policy.assignment, DiscriminatorsOf(key.kind, key.path, key.beyond_depth));
  finding.set_policy(policy.policy);
  finding.set_certainty(v1::CERTAINTY_OPEN);
  finding.set_message(CutText(MessageOf(entry), kMessageBytesMax));
  v1::DataGap& message = *finding.mutable_data_gap();
  message.set_kind(key.kind);
  message.set_path(key.path);
  const std::vector<std::string_view> sample = Sample(gap.members.resources, kSampleMax);
  for (const std::string_view name : sample) message.add_resources(std::string(name));
  message.set_resource_count(static_cast<int64_t>(gap.members.resources.size()));
  for (const std::string& rule : gap.rules) message.add_rules(rule);
  message.set_subject_count(static_cast<int64_t>(gap.members.subjects.size()));
  for (const std::string_view subject : Sample(gap.members.subjects, kRelatedMax))
    finding.add_related(std::string(subject));
  if (gap.indeterminate) *finding.mutable_explanation()->mutable_measure() = *gap.indeterminate;
  if (key.beyond_depth) {
    finding.set_remediation(
        CutText("raise `max_depth` of " + absl::StrJoin(gap.rules, ", "), kMessageBytesMax));
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

void FillInAll(const GapMembers& members, v1::DataGap& gap) {
  if (gap.fill_in().empty()) return;
  gap.set_fill_in(
      FillInDocuments(*resource::FindKind(gap.kind()), Sample(members.resources, kFillInMax), gap.path()));
}

}  // namespace linchpin::policy
