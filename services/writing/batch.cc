#include "services/writing/batch.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <map>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/resource/validate.h"
#include "services/writing/proposal.h"
#include "services/writing/state_checks.h"

namespace linchpin::writing {
namespace {

namespace v1 = ::linchpin::inventory::v1;

using base::FieldViolation;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using resource::KindInfo;
using Action = v1::BatchWriteResponse::Action;

constexpr size_t kThreadsMax = 4;
constexpr size_t kOperationsPerThread = 500;

struct Delete {
  std::string name;
  std::string etag;
  std::string path;
  bool allow_missing = false;
};

// An operation is one of the two.
struct Step {
  std::string name;
  size_t upsert = 0;  // Index in proposals, if `deletes` is false.
  size_t removal = 0;
  bool deletes = false;
};

// Successive operations, checked as far as that takes no state.
struct Part {
  std::vector<Step> steps;  // In the order sent.
  std::vector<Proposal> proposals;
  std::vector<Delete> deletes;
  std::vector<FieldViolation> violations;  // Not empty: the rest is of no use.
};

// All operations of a request.
struct Batch : Part {
  BatchOptions options;
  WriteRules rules;
};

std::string PathOf(const BatchOptions& options, size_t index) {
  return absl::StrCat(options.field, "[", index, "]");
}

// The resource that is set in the oneof; null if none is.
const Message* Chosen(const Message& resource) {
  const FieldDescriptor* field =
      resource.GetReflection()->GetOneofFieldDescriptor(resource, resource.GetDescriptor()->oneof_decl(0));
  return field == nullptr ? nullptr : &resource.GetReflection()->GetMessage(resource, field);
}

void AddUpsert(const Message& resource, const std::string& path, const WriteSettings& settings, Part& part) {
  const Message* document = Chosen(resource);
  const KindInfo* kind = document == nullptr ? nullptr : resource::FindKindOf(document->GetDescriptor());
  if (kind == nullptr) {
    part.violations.push_back(
        {path + ".upsert", absl::StrCat("names no resource; set one of its fields, such as `",
                                        resource.GetDescriptor()->field(0)->name(), "`")});
    part.steps.emplace_back();
    return;
  }
  const std::string prefix = absl::StrCat(path, ".upsert.", kind->singular, ".");
  const std::string& name = resource::NameOf(*document);
  const absl::Status named = resource::CheckName(*kind, name, prefix + "name");
  AddViolations(named, part.violations);
  part.steps.push_back({name, part.proposals.size(), 0, false});
  part.proposals.push_back(MakeProposal(*kind, name, *document, prefix, settings, part.violations));
}

void AddDelete(const BatchItem& item, const Descriptor& resources, const std::string& path,
               const BatchOptions& options, Part& part) {
  const KindInfo* kind = resource::KindOfName(*item.removed);
  if (kind == nullptr || resources.FindFieldByName(kind->singular) == nullptr) {
    part.violations.push_back(
        {path + ".delete", absl::StrCat("`", *item.removed, "` is not a ", options.names)});
  }
  part.steps.push_back({*item.removed, 0, part.deletes.size(), true});
  part.deletes.push_back({*item.removed, *item.etag, path, item.allow_missing});
}

// Of the operations from `begin` to before `end`.
Part MakePart(const std::vector<BatchItem>& items, size_t begin, size_t end, const Descriptor& resources,
              const WriteSettings& settings, const BatchOptions& options) {
  Part part;
  for (size_t i = begin; i < end && part.violations.size() < resource::kViolationsMax; ++i) {
    const std::string path = PathOf(options, i);
    if (items[i].upsert != nullptr) {
      AddUpsert(*items[i].upsert, path, settings, part);
    } else if (items[i].removed != nullptr) {
      AddDelete(items[i], resources, path, options, part);
    } else {
      part.violations.push_back({path, "does nothing; set `upsert` or `delete`"});
      part.steps.emplace_back();
    }
  }
  return part;
}

// All parts of the request, in order. To make documents ready takes nearly half as long as the database takes
// to write them, so that a large batch is shared by some threads: who sends one after the other waits less.
std::vector<Part> MakeParts(const std::vector<BatchItem>& items, const Descriptor& resources,
                            const WriteSettings& settings, const BatchOptions& options) {
  const size_t threads = std::min({static_cast<size_t>(std::max(1U, std::thread::hardware_concurrency())),
                                   kThreadsMax, 1 + items.size() / kOperationsPerThread});
  const auto part_of = [&](size_t thread) {
    return MakePart(items, items.size() * thread / threads, items.size() * (thread + 1) / threads, resources,
                    settings, options);
  };
  std::vector<std::future<Part>> others;
  // Either policy: where no thread can be had, the part is made when it is asked for.
  for (size_t i = 1; i < threads; ++i) {
    others.push_back(
        std::async(std::launch::async | std::launch::deferred, [&part_of, i] { return part_of(i); }));
  }
  std::vector<Part> parts;
  parts.push_back(part_of(0));
  for (std::future<Part>& other : others) parts.push_back(other.get());
  return parts;
}

template <typename T>
void Append(std::vector<T>& from, std::vector<T>& to) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// Adds a part to those before it.
void AddPart(Part part, Part& whole) {
  for (Step& step : part.steps) {
    step.upsert += whole.proposals.size();
    step.removal += whole.deletes.size();
  }
  Append(part.steps, whole.steps);
  Append(part.proposals, whole.proposals);
  Append(part.deletes, whole.deletes);
  Append(part.violations, whole.violations);
}

void CheckDuplicates(Batch& batch) {
  std::map<std::string_view, size_t> first;
  for (size_t i = 0; i < batch.steps.size(); ++i) {
    if (batch.steps[i].name.empty()) continue;
    auto [at, is_new] = first.emplace(batch.steps[i].name, i);
    if (is_new) continue;
    batch.violations.push_back(
        {PathOf(batch.options, i),
         absl::StrCat("`", batch.steps[i].name, "` stands in ", PathOf(batch.options, at->second),
                      " already; a batch may write a name once")});
  }
}

// Whether each upsert creates, or nothing tells: an upsert that changes nothing is told apart when it is
// applied.
absl::StatusOr<std::vector<bool>> CheckEtags(const store::StateReader& state, const Batch& batch) {
  std::vector<bool> created;
  for (const Proposal& proposal : batch.proposals) {
    if (proposal.etag.empty()) {
      created.push_back(!state.Contains(proposal.name));
      continue;
    }
    const std::optional<store::StoredResource> stored = state.Find(proposal.name);
    if (absl::Status status = CheckEtag(proposal.etag, proposal.name, stored); !status.ok()) return status;
    created.push_back(!stored.has_value());
  }
  return created;
}

// The names that are there and are to go, by index in `deletes`; empty for one that is gone already.
absl::StatusOr<std::vector<std::string>> CheckDeletes(const store::StateReader& state, const Batch& batch) {
  std::vector<std::string> names;
  for (const Delete& one : batch.deletes) {
    const std::optional<store::StoredResource> stored = state.Find(one.name);
    if (!stored && !one.allow_missing) {
      return base::Error(base::reason::ResourceNotFound{.name = one.name},
                         absl::StrCat(one.path, ".delete: `", one.name,
                                      "` does not exist; leave it out, or set allow_missing"));
    }
    if (stored) {
      if (absl::Status status = CheckEtag(one.etag, one.name, stored); !status.ok()) return status;
    }
    names.push_back(stored ? one.name : "");
  }
  return names;
}

std::string Reply(const Batch& batch, const std::vector<bool>& created, const std::vector<bool>& gone,
                  const store::Applied& applied) {
  v1::BatchWriteResponse response;
  response.set_revision(applied.revision);
  response.set_revision_token(batch.options.token_of(applied.revision));
  for (const Step& step : batch.steps) {
    v1::BatchWriteResponse::Result& result = *response.add_results();
    result.set_name(step.name);
    if (step.deletes) {
      result.set_action(gone[step.removal] ? v1::BatchWriteResponse::ACTION_UNCHANGED
                                           : v1::BatchWriteResponse::ACTION_DELETED);
      continue;
    }
    const store::Applied::Stamp& stamp = applied.upserts[step.upsert];
    const bool changed = applied.changed && stamp.revision == applied.revision;
    result.set_etag(resource::EtagOf(stamp.revision));
    result.set_action(created[step.upsert] ? v1::BatchWriteResponse::ACTION_CREATED
                      : changed            ? v1::BatchWriteResponse::ACTION_UPDATED
                                           : v1::BatchWriteResponse::ACTION_UNCHANGED);
  }
  return response.SerializeAsString();
}

absl::StatusOr<store::Decision> DecideBatch(const store::StateReader& state,
                                            const std::shared_ptr<const Batch>& batch) {
  absl::StatusOr<std::vector<bool>> created = CheckEtags(state, *batch);
  if (!created.ok()) return created.status();
  absl::StatusOr<std::vector<std::string>> names = CheckDeletes(state, *batch);
  if (!names.ok()) return names.status();
  std::vector<bool> gone;
  store::Decision decision;
  for (const std::string& name : *names) {
    gone.push_back(name.empty());
    if (!name.empty()) decision.deletes.push_back(name);
  }
  std::vector<const Proposal*> proposals;
  proposals.reserve(batch->proposals.size());
  decision.upserts.reserve(batch->proposals.size());
  for (const Proposal& proposal : batch->proposals) {
    proposals.push_back(&proposal);
    decision.upserts.push_back(proposal.upsert);
  }
  AddChecks(batch, std::move(proposals), batch->rules, decision);
  if (!batch->options.token_of) return decision;
  decision.reply = [batch, created = *std::move(created), gone = std::move(gone)](
                       const store::Applied& applied) { return Reply(*batch, created, gone, applied); };
  return decision;
}

}  // namespace

absl::StatusOr<WritePlan> PlanItems(const std::vector<BatchItem>& items, const Descriptor& resources,
                                    const WriteSettings& settings, BatchOptions options) {
  if (items.empty() || items.size() > static_cast<size_t>(options.operations_max)) {
    return base::FieldError(options.field, absl::StrCat("has ", items.size(), " items; send 1 to ",
                                                        options.operations_max, " and split what is more"));
  }
  auto batch = std::make_shared<Batch>();
  batch->options = std::move(options);
  batch->rules = settings.rules;
  for (Part& part : MakeParts(items, resources, settings, batch->options)) AddPart(std::move(part), *batch);
  std::vector<FieldViolation>& violations = batch->violations;
  // A part with that many has ended early, and the steps behind it are not where they were sent.
  if (violations.size() < resource::kViolationsMax) CheckDuplicates(*batch);
  if (violations.size() > resource::kViolationsMax) violations.resize(resource::kViolationsMax);
  if (!violations.empty()) return base::FieldErrors(violations);
  WritePlan plan;
  plan.target = absl::StrCat(items.size(), " operations");
  plan.decide = [batch = std::shared_ptr<const Batch>(std::move(batch))](const store::StateReader& state) {
    return DecideBatch(state, batch);
  };
  return plan;
}

}  // namespace linchpin::writing
