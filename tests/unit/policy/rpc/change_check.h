// CheckChange in this process, over an inventory and policies that a test keeps.
#ifndef LINCHPIN_TESTS_UNIT_POLICY_RPC_CHANGE_CHECK_H_
#define LINCHPIN_TESTS_UNIT_POLICY_RPC_CHANGE_CHECK_H_

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/base/steady.h"
#include "services/inventory/domain/inventory_rules.h"
#include "services/policy/rpc/change_answers.h"
#include "services/replica/publisher.h"
#include "services/resource/document.h"
#include "tests/support/inventory_text.h"

namespace linchpin::policy {

// All documents of a text, as upserts of the request.
inline v1::CheckChangeRequest Change(const std::string& yaml) {
  v1::CheckChangeRequest request;
  std::string text;
  for (size_t at = 0; at < yaml.size();) {
    const size_t end = std::min(yaml.find('\n', at), yaml.size() - 1) + 1;
    if (yaml.compare(at, 5, "kind:") == 0) text += "apiVersion: linchpin/v1\n";
    text += yaml.substr(at, end - at);
    at = end;
  }
  resource::ReadResult read = resource::ReadAll("change.yaml", text);
  for (const resource::FileError& error : read.errors) ADD_FAILURE() << error.Text();
  for (const resource::Document& document : read.documents) {
    google::protobuf::Message* upsert =
        document.kind->area == resource::Area::kInventory
            ? static_cast<google::protobuf::Message*>(
                  request.mutable_proposed()->add_operations()->mutable_upsert())
            : request.add_policies()->mutable_upsert();
    const auto* field = upsert->GetDescriptor()->FindFieldByName(document.kind->singular);
    upsert->GetReflection()->MutableMessage(upsert, field)->CopyFrom(*document.resource);
  }
  return request;
}

inline std::vector<std::string> Messages(
    const google::protobuf::RepeatedPtrField<v1::CheckChangeResponse::FindingChange>& list) {
  std::vector<std::string> messages;
  for (const auto& change : list) {
    messages.push_back(absl::StrCat(change.finding().rule(), " ", change.finding().subject(), " ",
                                    v1::Verdict_Name(change.effect()).substr(8)));
  }
  return messages;
}

class ChangeCheck : public ::testing::Test {
 protected:
  void SetInventory(const std::string& yaml, int64_t revision = 7) {
    Publish(inventory_, testing_support::ReadInventory(yaml, revision).view);
  }
  void SetPolicies(const std::string& yaml) {
    const auto text = testing_support::ReadInventory(yaml.substr(5));
    std::vector<const google::protobuf::Message*> documents;
    for (const auto& document : text.others) documents.push_back(document.get());
    Publish(policies_, testing_support::MakeView(documents, ++policy_revision_));
  }
  void Publish(replica::Publisher& source, std::shared_ptr<const replica::View> view) {
    source.SetHistory("history");
    source.Publish({std::move(view), {}, true});
    source.ConfirmNewest(base::SteadyNow());
  }

  absl::Status TryCheck(const v1::CheckChangeRequest& request, v1::CheckChangeResponse& response) {
    kit::Call::Identity identity;
    identity.deadline = base::SteadyNow() + absl::Seconds(60);
    kit::Call call(identity);
    return answers_.CheckChange(call, request, response);
  }
  v1::CheckChangeResponse Check(const v1::CheckChangeRequest& request) {
    v1::CheckChangeResponse response;
    const absl::Status status = TryCheck(request, response);
    EXPECT_TRUE(status.ok()) << status;
    return response;
  }
  absl::Status Refusal(const v1::CheckChangeRequest& request) {
    v1::CheckChangeResponse response;
    return TryCheck(request, response);
  }

  int64_t policy_revision_ = 3;
  absl::Time now_ = absl::FromUnixSeconds(1'770'000'000);
  std::vector<v1::Verdict> told_;
  const std::shared_ptr<const kit::SigningKeys> keys_ = kit::SigningKeys::Random();
  replica::Publisher inventory_;
  replica::Publisher policies_;
  PolicyFeed feed_{policies_, [](PolicyFeed::Part) {}};
  ChangeAnswers answers_{serving::Snapshots(inventory_, inventory::InventoryRules()),
                         policies_,
                         feed_,
                         {[this] { return now_; },
                          {},
                          [this](v1::Verdict verdict) { told_.push_back(verdict); },
                          keys_,
                          absl::Minutes(5)}};
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_TESTS_UNIT_POLICY_RPC_CHANGE_CHECK_H_
