#include "services/cli/import/import_prune.h"

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/client/batch.h"

namespace linchpin::cli {
namespace {

using resource::Document;
using Documents = std::vector<const Document*>;

constexpr size_t kReferredMax = 20;
constexpr size_t kReferrersShown = 5;

Documents Pointers(const std::vector<Document>& documents) {
  Documents pointers;
  for (const Document& document : documents) pointers.push_back(&document);
  return pointers;
}

bool IsOneBatch(Documents documents, const Documents& more) {
  documents.insert(documents.end(), more.begin(), more.end());
  return BatchCount(documents) <= 1;
}

// Notes the resource that a refusal names; false if it is no such refusal, or names one that was noted.
bool NoteReferred(const absl::Status& status, ImportOutcome& outcome) {
  const auto details = base::DetailsOf(status);
  if (!details || details->reason != base::reason::StillReferenced::kInfo.name) return false;
  const auto name = details->metadata.find("name"), by = details->metadata.find("referrers");
  if (name == details->metadata.end() || by == details->metadata.end()) return false;
  std::vector<std::string> referrers;
  std::istringstream list(by->second);
  for (std::string referrer; std::getline(list, referrer, ',');) referrers.push_back(referrer);
  return outcome.referred.emplace(name->second, base::JoinNames(referrers, kReferrersShown)).second;
}

// Notes all that the first refusal did not name.
void NoteOthers(Client& client, WriteJob job, ImportOutcome& outcome) {
  job.on_outcome = [](const Outcome&) {};
  while (outcome.referred.size() < kReferredMax) {
    const auto kept = [&](const Document* one) { return outcome.referred.count(one->name()) > 0; };
    job.documents.erase(std::remove_if(job.documents.begin(), job.documents.end(), kept),
                        job.documents.end());
    if (job.documents.empty() || !NoteReferred(WriteDocuments(client, job).refusal.status, outcome)) return;
  }
}

}  // namespace

absl::Status Prune(Client& client, const std::vector<Document>& written, const std::vector<Document>& gone,
                   ImportOutcome& outcome) {
  WriteJob job;
  job.documents = Pointers(gone);
  job.remove = job.allow_missing = true;
  job.validate_only = outcome.dry_run;
  if (outcome.dry_run) job.written_before = Pointers(written);
  outcome.not_rehearsed = outcome.dry_run && !gone.empty() && !IsOneBatch(job.written_before, job.documents);
  if (outcome.not_rehearsed) return absl::OkStatus();
  job.on_outcome = [&](const Outcome& one) { ++outcome.counts[one.action]; };
  absl::Status status = WriteDocuments(client, job).refusal.status;
  outcome.removed = status.ok();
  if (NoteReferred(status, outcome) && outcome.dry_run) NoteOthers(client, job, outcome);
  return status;
}

}  // namespace linchpin::cli
