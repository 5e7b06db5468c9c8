#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/resource/merge.h"
#include "services/writing/proposal.h"
#include "services/writing/state_checks.h"
#include "services/writing/writes.h"

namespace linchpin::writing {
namespace {

using base::FieldViolation;
using google::protobuf::Message;
using resource::KindInfo;

store::Decision DecideUpsert(const std::shared_ptr<const Proposal>& proposal, const WriteRules& rules) {
  store::Decision decision;
  decision.upserts.push_back(proposal->upsert);
  decision.reply = [proposal](const store::Applied& applied) {
    return ReplyBody(proposal->upsert, applied.upserts[0]);
  };
  AddChecks(proposal, {proposal.get()}, rules, decision);
  return decision;
}

std::string NameFor(const KindInfo& kind, std::string_view parent, std::string_view id,
                    std::vector<FieldViolation>& violations) {
  if (!resource::IsId(id)) {
    violations.push_back(
        {kind.singular + "_id",
         absl::StrCat(
             "`", std::string(id),
             "` is not an id; use 1 to 63 lower-case letters, digits and hyphens, a letter first and "
             "no hyphen last")});
  }
  if (!kind.nested) return absl::StrCat(kind.collection, "/", std::string(id));
  std::string name = absl::StrCat(std::string(parent), "/", kind.collection, "/", std::string(id));
  const std::string any_id = absl::StrCat(std::string(parent), "/", kind.collection, "/x");
  if (resource::KindOfName(any_id) != &kind) {
    violations.push_back({"parent", absl::StrCat("`", std::string(parent), "` cannot have ", kind.collection,
                                                 "; name an application or a business service, such as "
                                                 "`applications/claims`")});
  }
  return name;
}

absl::Status CheckName(const KindInfo& kind, std::string_view name, const std::string& field,
                       std::vector<FieldViolation>& violations) {
  absl::Status status = resource::CheckName(kind, name, field);
  if (status.ok()) return status;
  AddViolations(status, violations);
  return base::FieldErrors(violations);
}

// What an update needs when it is decided.
struct UpdateState {
  const KindInfo* kind;
  std::string name;
  std::unique_ptr<const Message> document;
  std::optional<google::protobuf::FieldMask> mask;
  bool allow_missing;
  WriteSettings settings;
};

absl::StatusOr<store::Decision> DecideUpdate(const store::StateReader& state, const UpdateState& update) {
  const std::optional<store::StoredResource> stored = state.Find(update.name);
  if (!stored && !update.allow_missing) return base::NotFound(update.name);
  const std::unique_ptr<Message> merged = update.kind->New();
  const std::string prefix = update.kind->singular + ".";
  const auto* etag = update.kind->descriptor->FindFieldByName("etag");
  const std::string expected = update.document->GetReflection()->GetString(*update.document, etag);
  if (absl::Status status = CheckEtag(expected, update.name, stored); !status.ok()) return status;
  if (stored) {
    if (!merged->ParseFromString(stored->body))
      return absl::InternalError("a stored document does not parse");
    const google::protobuf::FieldMask none;
    absl::Status status = resource::Merge(*update.document, update.mask.has_value(),
                                          update.mask ? *update.mask : none, *merged);
    if (!status.ok()) return status;
  } else {
    merged->CopyFrom(*update.document);
  }
  std::vector<FieldViolation> violations;
  const auto proposal = std::make_shared<const Proposal>(
      MakeProposal(*update.kind, update.name, *merged, prefix, update.settings, violations));
  if (!violations.empty()) return base::FieldErrors(violations);
  return DecideUpsert(proposal, update.settings.rules);
}

}  // namespace

absl::StatusOr<WritePlan> PlanCreate(const KindInfo& kind, std::string_view parent, std::string_view id,
                                     const Message& document, const WriteSettings& settings) {
  std::vector<FieldViolation> violations;
  const std::string name = NameFor(kind, parent, id, violations);
  auto proposal = std::make_shared<const Proposal>(
      MakeProposal(kind, name, document, kind.singular + ".", settings, violations));
  if (!violations.empty()) return base::FieldErrors(violations);
  WritePlan plan;
  plan.target = name;
  plan.decide = [proposal,
                 rules = settings.rules](const store::StateReader& state) -> absl::StatusOr<store::Decision> {
    if (state.Contains(proposal->name)) {
      return base::Error(
          base::reason::ResourceExists{.name = proposal->name},
          absl::StrCat("`", proposal->name, "` exists already; update it, or choose another id"));
    }
    return DecideUpsert(proposal, rules);
  };
  return plan;
}

absl::StatusOr<WritePlan> PlanUpdate(const KindInfo& kind, const Message& document,
                                     const google::protobuf::FieldMask* mask, bool allow_missing,
                                     const WriteSettings& settings) {
  std::vector<FieldViolation> violations;
  const std::string& name = resource::NameOf(document);
  if (absl::Status status = CheckName(kind, name, kind.singular + ".name", violations); !status.ok())
    return status;
  auto update = std::make_shared<UpdateState>();
  update->kind = &kind;
  update->name = name;
  std::unique_ptr<Message> copy(document.New());
  copy->CopyFrom(document);
  update->document = std::move(copy);
  if (mask != nullptr) update->mask = *mask;
  update->allow_missing = allow_missing;
  update->settings = settings;
  // A mask that names no field is refused before anything is asked of the store.
  const std::unique_ptr<Message> scratch = kind.New();
  const google::protobuf::FieldMask none;
  if (absl::Status status =
          resource::Merge(document, mask != nullptr, mask != nullptr ? *mask : none, *scratch);
      !status.ok()) {
    return status;
  }
  WritePlan plan;
  plan.target = name;
  plan.decide = [update](const store::StateReader& state) { return DecideUpdate(state, *update); };
  return plan;
}

absl::StatusOr<WritePlan> PlanDelete(const KindInfo& kind, std::string_view name, std::string_view etag,
                                     bool allow_missing, bool force, const WriteSettings& settings) {
  std::vector<FieldViolation> violations;
  if (absl::Status status = CheckName(kind, name, "name", violations); !status.ok()) return status;
  WritePlan plan;
  plan.target = name;
  plan.decide = [name = std::string(name), etag = std::string(etag), allow_missing, force,
                 check = settings.rules.check_delete](
                    const store::StateReader& state) -> absl::StatusOr<store::Decision> {
    store::Decision decision;
    const std::optional<store::StoredResource> stored = state.Find(name);
    if (!stored) return allow_missing ? absl::StatusOr<store::Decision>(decision) : base::NotFound(name);
    if (absl::Status status = CheckEtag(etag, name, stored); !status.ok()) return status;
    if (absl::Status status = check ? check(state, name) : absl::OkStatus(); !status.ok()) return status;
    if (force) {
      decision.deletes = state.NamesWithPrefix(name + "/", kChildrenMax + 1);
      if (decision.deletes.size() > kChildrenMax) {
        return base::Error(base::reason::LimitReached{.limit = kChildrenMax},
                           absl::StrCat("`", name, "` has more than ", kChildrenMax,
                                        " children; delete them in batches first"));
      }
    }
    decision.deletes.push_back(name);
    return decision;
  };
  return plan;
}

}  // namespace linchpin::writing
