#include "services/cli/client/checked_client.h"

#include <chrono>
#include <cstdint>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/client/errors.h"
#include "services/kit/auth/admission_metadata.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
namespace policy = linchpin::policy::v1;
namespace reason = base::reason;
using base::Cat;
using google::protobuf::Message;

constexpr int kAttempts = 5;

bool BoolOf(const Message& request, const char* name) {
  const auto* field = request.GetDescriptor()->FindFieldByName(name);
  return field != nullptr && request.GetReflection()->GetBool(request, field);
}

std::string TextOf(const Message& request, const char* name) {
  const auto* field = request.GetDescriptor()->FindFieldByName(name);
  return field == nullptr ? "" : request.GetReflection()->GetString(request, field);
}

// Whether another check may fare better: the state that it was of is gone, or its time is over.
bool HasMoved(const absl::Status& status) {
  return base::Is<reason::RevisionMismatch>(status) || base::Is<reason::HistoryChanged>(status) ||
         base::Is<reason::CheckTokenExpired>(status);
}

// The revision that the inventory was found at; empty if the error does not say.
std::string RevisionIn(const absl::Status& status) {
  const auto details = base::DetailsOf(status);
  if (!details || base::Is<reason::HistoryChanged>(status)) return "";
  const auto revision = details->metadata.find("revision");
  return revision == details->metadata.end() ? "" : revision->second;
}

// The same error, in words that say what was not done for it.
absl::Status NotChecked(const absl::Status& status) {
  const bool away =
      status.code() == absl::StatusCode::kUnavailable || status.code() == absl::StatusCode::kDeadlineExceeded;
  const std::string message = away ? Cat({"the change must be checked before it is written, and the policy "
                                          "service, which checks, does not answer (",
                                          std::string(status.message()), "); nothing was written"})
                                   : std::string(status.message());
  const auto details = base::DetailsOf(status);
  const absl::Status told =
      details ? base::WithDetails(status.code(), message, *details) : absl::Status(status.code(), message);
  return RenameFields(told, [](const std::string& field) {
    constexpr std::string_view kProposed = "proposed.";
    return field.starts_with(kProposed) ? field.substr(kProposed.size()) : field;
  });
}

absl::Status Denied(const policy::CheckChangeResponse& checked) {
  return base::Error(reason::CheckDenied{.policy_set_digest = checked.policy_set_digest()},
                     "policies forbid this change; nothing was written");
}

absl::Status NoToken(int64_t revision) {
  return base::Error(
      reason::CheckRequired{.revision = revision},
      "the change was checked and may be made, but the policy service signs no check tokens; start it "
      "with the --admission-keys-file of the inventory");
}

class CheckedClient final : public Client {
 public:
  CheckedClient(std::unique_ptr<Client> client, CheckedWrites writes)
      : client_(std::move(client)), writes_(std::move(writes)) {}

  absl::Status Call(const std::string& service, const std::string& method, const Message& request,
                    Message& response) override {
    const bool writes = method == "BatchWrite" || method.starts_with("Delete");
    if (service != kInventory || !writes || BoolOf(request, "validate_only")) {
      return client_->Call(service, method, request, response);
    }
    if (!writes_.override_why.empty())
      return Send({{kit::kOverrideKey, writes_.override_why}}, method, request, response);
    if (!writes_.token.empty())
      return Send({{kit::kCheckTokenKey, writes_.token}}, method, request, response);
    if (!writes_.always && !required_) {
      const absl::Status status = Send({}, method, request, response);
      if (!base::Is<reason::CheckRequired>(status)) return status;
      required_ = true;
      latest_ = RevisionIn(status);
      response.Clear();
    }
    return CheckAndWrite(method, request, response);
  }

  absl::Status Stream(const std::string& service, const std::string& method, const Message& request,
                      Message& part, const std::function<void()>& on_part) override {
    return client_->Stream(service, method, request, part, on_part);
  }

 private:
  void Note(std::string_view line) const {
    if (writes_.note) writes_.note(line);
  }

  // Sends a write, and says if it was made without the check that the server asks for.
  absl::Status Send(const CallMetadata& sent, const std::string& method, const Message& request,
                    Message& response) {
    CallMetadata received;
    absl::Status status = client_->CallWith(sent, received, kInventory, method, request, response);
    const std::string outcome = received[kit::kAdmissionKey];
    if (!status.ok() || outcome.empty() || outcome == "admitted" || warned_) return status;
    warned_ = true;
    if (outcome == "overridden") {
      Note("written without a check; the audit names you and the reason");
    } else {
      Note(Cat({"written without a valid check (", outcome,
                "), which this server asks for and does not yet enforce; --check makes one"}));
    }
    return status;
  }

  // What a request would write, as one change.
  absl::StatusOr<inventory::BatchWriteRequest> BatchOf(const std::string& method, const Message& request) {
    inventory::BatchWriteRequest batch;
    if (method == "BatchWrite") {
      batch.CopyFrom(request);
      return batch;
    }
    const std::string name = TextOf(request, "name");
    if (BoolOf(request, "force")) {
      if (absl::Status status = AddChildren(name, batch); !status.ok()) return status;
    }
    auto& operation = *batch.add_operations();
    operation.set_delete_(name);
    operation.set_etag(TextOf(request, "etag"));
    operation.set_allow_missing(BoolOf(request, "allow_missing"));
    return batch;
  }

  // What a forced deletion takes with it.
  absl::Status AddChildren(const std::string& name, inventory::BatchWriteRequest& batch) {
    ListQuery query;
    query.kind = resource::FindKindOf(inventory::Dependency::descriptor());
    query.parent = name;
    const resource::KindInfo* parent = resource::KindOfName(name);
    if (parent == nullptr || (parent->kind != "Application" && parent->kind != "BusinessService"))
      return absl::OkStatus();
    return ListResources(*client_, query,
                         [&batch](const Message& child) {
                           auto& operation = *batch.add_operations();
                           operation.set_delete_(resource::NameOf(child));
                           operation.set_allow_missing(true);
                         })
        .status();
  }

  absl::Status CheckAndWrite(const std::string& method, const Message& request, Message& response) {
    absl::Status status;
    for (int attempt = 1; attempt <= kAttempts; ++attempt) {
      auto batch = BatchOf(method, request);
      if (!batch.ok()) return batch.status();
      const bool fixed =
          batch->has_expected_revision();  // By whoever asks for the write: it is not for us to go on.
      inventory::BatchWriteResponse written;
      status = CheckAndWriteOnce(*batch, written);
      if (status.ok() && method == "BatchWrite") response.CopyFrom(written);
      if (status.ok() || !HasMoved(status) || fixed) return status;
      latest_ = RevisionIn(status);
      if (attempt == kAttempts) break;
      Note("somebody else wrote meanwhile; checking again");
      Wait(attempt);
    }
    return status;
  }

  absl::Status CheckAndWriteOnce(inventory::BatchWriteRequest& batch,
                                 inventory::BatchWriteResponse& written) {
    policy::CheckChangeRequest check;
    *check.mutable_proposed()->mutable_operations() = batch.operations();
    check.set_min_revision(latest_);
    if (batch.has_expected_revision())
      check.mutable_proposed()->set_expected_revision(batch.expected_revision());
    policy::CheckChangeResponse checked;
    const absl::Status status = client_->Call(kPolicy, "CheckChange", check, checked);
    if (!status.ok()) return HasMoved(status) ? status : NotChecked(status);
    if (checked.verdict() != policy::VERDICT_PASS && writes_.on_verdict) writes_.on_verdict(checked);
    if (checked.verdict() == policy::VERDICT_DENY) return Denied(checked);
    batch.set_expected_revision(checked.inventory().revision());
    // Without a token the revision alone holds check and write together; a server that wants more says so.
    CallMetadata sent;
    if (!checked.check_token().empty()) sent[kit::kCheckTokenKey] = checked.check_token();
    const absl::Status sent_status = Send(sent, "BatchWrite", batch, written);
    const bool no_token = base::Is<reason::CheckRequired>(sent_status);
    if (sent_status.ok()) latest_ = written.revision_token();
    return no_token ? NoToken(checked.inventory().revision()) : sent_status;
  }

  void Wait(int attempts) const {
    if (writes_.wait) return writes_.wait(attempts);
    std::this_thread::sleep_for(std::chrono::milliseconds(50 * attempts));
  }

  const std::unique_ptr<Client> client_;
  const CheckedWrites writes_;
  bool required_ = false;  // The server has refused a write without a check.
  // The newest revision of the inventory that is known, as number or token: the policy service may be behind.
  std::string latest_;
  bool warned_ = false;
};

}  // namespace

std::unique_ptr<Client> MakeCheckedClient(std::unique_ptr<Client> client, CheckedWrites writes) {
  return std::make_unique<CheckedClient>(std::move(client), std::move(writes));
}

}  // namespace linchpin::cli
