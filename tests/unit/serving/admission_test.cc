// Writes to an inventory that asks for the token of a check.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "services/base/sha256.h"
#include "services/inventory/domain/inventory_rules.h"
#include "services/kit/auth/admission_metadata.h"
#include "services/kit/auth/authenticator.h"
#include "services/serving/admission.h"
#include "services/serving/check_token.h"
#include "services/writing/hypothetical_view.h"
#include "tests/support/inventory_server.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"

namespace linchpin::inventory {
namespace {

using serving::AdmissionMode;
using serving::AdmissionOutcome;
using ::testing::HasSubstr;
using testing::InventoryServer;
using testing::InventoryStub;
using ::testing::IsEmpty;

constexpr char kAcme[] = "operations { upsert { vendor { name: 'vendors/acme' country: 'US' } } }";
constexpr char kBoth[] = R"(operations { upsert { vendor { name: 'vendors/acme' country: 'US' } } }
                            operations { upsert { vendor { name: 'vendors/borealis' country: 'FR' } } })";

template <typename T>
T Parse(const std::string& text) {
  T message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

kit::SigningKeys::List Keys(std::initializer_list<char> letters) {
  kit::SigningKeys::List keys;
  for (const char letter : letters) keys.emplace_back(std::string(32, letter));
  return keys;
}

class AdmissionTest : public ::testing::Test {
 protected:
  void Start(AdmissionMode mode) {
    InventoryOptions options;
    options.admission.mode = mode;
    options.admission.keys = std::make_shared<const kit::SigningKeys>(Keys({'a', 'b'}));
    options.admission.now = [this] { return now_; };
    options.committer.log = [this](store::LogLevel, std::string_view message, std::string_view detail) {
      if (message.starts_with("a change was made")) logged_.emplace_back(detail);
    };
    server_.emplace(std::move(options));
  }

  // What a check of these operations by the present state says.
  serving::CheckedChange Checked(const std::string& batch) {
    v1::ChangeSet changes;
    *changes.mutable_operations() = Parse<v1::BatchWriteRequest>(batch).operations();
    const auto supposed =
        writing::Suppose(server_->source().Current(), changes, InventoryRules(), "proposed");
    EXPECT_THAT(supposed, IsOk());
    return {.history_id = server_->source().history_id(),
            .revision = supposed->view->revision(),
            .change_digest = supposed->change_digest,
            .policy_set_digest = base::Sha256("policies"),
            .verdict = "PASS",
            .expire_time = now_ + absl::Minutes(10)};
  }
  static std::string TokenOf(const serving::CheckedChange& checked, char key = 'a') {
    return serving::MakeCheckToken(checked, Keys({key})[0]);
  }

  absl::Status Write(const std::string& batch, const std::string& token) {
    return Call(&InventoryStub::BatchWrite, Parse<v1::BatchWriteRequest>(batch), &response_, token);
  }
  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (InventoryStub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response, const std::string& token) {
    grpc::ClientContext context;
    if (!token.empty()) context.AddMetadata(kit::kCheckTokenKey, token);
    const absl::Status status = server_->Call(method, request, response, context);
    const auto found = context.GetServerTrailingMetadata().find(kit::kAdmissionKey);
    outcome_ = found == context.GetServerTrailingMetadata().end()
                   ? ""
                   : std::string(found->second.data(), found->second.size());
    return status;
  }
  int64_t Count(AdmissionOutcome outcome, bool made) {
    return server_->inventory().admission().Count(outcome, made);
  }
  int64_t revision() { return server_->source().Current()->revision(); }
  store::AuditRow LastAudit() { return server_->store().ReadAudit(0, 100)->back(); }

  absl::Time now_ = absl::FromUnixSeconds(1'770'000'000);
  std::vector<std::string> logged_;
  v1::BatchWriteResponse response_;
  std::string outcome_;
  std::optional<InventoryServer> server_;
};

TEST_F(AdmissionTest, AChangeIsMadeWithItsTokenAndNotWithout) {
  Start(AdmissionMode::kEnforce);
  const absl::Status refused = Write(kAcme, "");
  EXPECT_THAT(refused, Fails(absl::StatusCode::kFailedPrecondition, "CHECK_REQUIRED"));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("linchpin apply"));
  EXPECT_EQ(revision(), 0);
  EXPECT_EQ(LastAudit().reason, "CHECK_REQUIRED");

  ASSERT_THAT(Write(kAcme, TokenOf(Checked(kAcme))), IsOk());
  EXPECT_EQ(response_.revision(), 1);
  EXPECT_EQ(outcome_, "admitted");
  EXPECT_EQ(LastAudit().target,
            "1 operations; checked: PASS by policies " + base::Hex(base::Sha256("policies")));
  EXPECT_EQ(Count(AdmissionOutcome::kMissing, false), 1);
  EXPECT_EQ(Count(AdmissionOutcome::kAdmitted, true), 1);
  EXPECT_THAT(logged_, IsEmpty());
}

// Two changes checked at one revision: one is made, the other must be checked again.
TEST_F(AdmissionTest, OfTwoChangesCheckedAtOneRevisionOneIsMade) {
  Start(AdmissionMode::kEnforce);
  constexpr char kOther[] = "operations { upsert { vendor { name: 'vendors/borealis' } } }";
  const std::string first = TokenOf(Checked(kAcme));
  const std::string second = TokenOf(Checked(kOther));
  ASSERT_THAT(Write(kAcme, first), IsOk());
  const absl::Status moved = Write(kOther, second);
  EXPECT_THAT(moved, Fails(absl::StatusCode::kAborted, "REVISION_MISMATCH"));
  EXPECT_EQ(base::DetailsOf(moved)->metadata.at("expected"), "0");
  EXPECT_EQ(base::DetailsOf(moved)->metadata.at("revision"), "1");
  EXPECT_THAT(Write(kAcme, first), IsOk()) << "it stands already, and there is nothing to admit";
  EXPECT_EQ(revision(), 1);
  EXPECT_THAT(Write(kOther, TokenOf(Checked(kOther))), IsOk());
}

// At once, from many threads: the test of the revision is part of the commit.
TEST_F(AdmissionTest, OfManyAtOnceOneIsMade) {
  Start(AdmissionMode::kEnforce);
  constexpr int kWriters = 8;
  std::vector<std::string> batches, tokens;
  for (int i = 0; i < kWriters; ++i) {
    batches.push_back("operations { upsert { vendor { name: 'vendors/v" + std::to_string(i) + "' } } }");
    tokens.push_back(TokenOf(Checked(batches.back())));
  }
  std::atomic<int> made{0}, moved{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kWriters; ++i) {
    threads.emplace_back([&, i] {
      grpc::ClientContext context;
      context.AddMetadata(kit::kCheckTokenKey, tokens[i]);
      v1::BatchWriteResponse response;
      const absl::Status status = server_->Call(&InventoryStub::BatchWrite,
                                                Parse<v1::BatchWriteRequest>(batches[i]), &response, context);
      made += status.ok() ? 1 : 0;
      moved += base::ReasonOf(status) == "REVISION_MISMATCH" ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
  EXPECT_EQ(moved, kWriters - 1);
  EXPECT_EQ(revision(), 1);
}

TEST_F(AdmissionTest, ATokenHoldsForItsChangeAlone) {
  Start(AdmissionMode::kEnforce);
  const std::string token = TokenOf(Checked(kAcme));
  for (const char* other : {kBoth, "operations { upsert { vendor { name: 'vendors/acme' country: 'CN' } } }",
                            "operations { upsert { vendor { name: 'vendors/acmf' country: 'US' } } }"}) {
    EXPECT_THAT(Write(other, token), HasReason("CHECK_OF_ANOTHER_CHANGE")) << other;
  }
  EXPECT_EQ(revision(), 0);
}

// The effect counts, not the way to it.
TEST_F(AdmissionTest, ATokenHoldsWhicheverWayTheChangeIsWritten) {
  Start(AdmissionMode::kEnforce);
  ASSERT_THAT(Write(kAcme, TokenOf(Checked(kAcme))), IsOk());
  // As one of several operations of which the others change nothing, in another order.
  const std::string with_others = R"(
      operations { upsert { vendor { name: 'vendors/borealis' country: 'FR' } } }
      operations { delete: 'vendors/never-was' allow_missing: true }
      operations { upsert { vendor { name: 'vendors/acme' country: 'US' } } })";
  ASSERT_THAT(
      Write(with_others,
            TokenOf(Checked("operations { upsert { vendor { name: 'vendors/borealis' country: 'FR' } } }"))),
      IsOk());
  // Singly, by a mask.
  constexpr char kWhole[] =
      "operations { upsert { vendor { name: 'vendors/acme' country: 'US' display_name: 'Acme' } } }";
  v1::Vendor vendor;
  const auto update = Parse<v1::UpdateVendorRequest>(
      "vendor { name: 'vendors/acme' display_name: 'Acme' } update_mask { paths: 'display_name' }");
  EXPECT_THAT(Call(&InventoryStub::UpdateVendor, update, &vendor, ""), HasReason("CHECK_REQUIRED"));
  ASSERT_THAT(Call(&InventoryStub::UpdateVendor, update, &vendor, TokenOf(Checked(kWhole))), IsOk());
  // A creation and a deletion.
  const auto create = Parse<v1::CreateVendorRequest>("vendor_id: 'carta' vendor { country: 'DE' }");
  EXPECT_THAT(Call(&InventoryStub::CreateVendor, create, &vendor, ""), HasReason("CHECK_REQUIRED"));
  ASSERT_THAT(
      Call(&InventoryStub::CreateVendor, create, &vendor,
           TokenOf(Checked("operations { upsert { vendor { name: 'vendors/carta' country: 'DE' } } }"))),
      IsOk());
  google::protobuf::Empty empty;
  const auto removal = Parse<v1::DeleteVendorRequest>("name: 'vendors/carta'");
  EXPECT_THAT(Call(&InventoryStub::DeleteVendor, removal, &empty, ""), HasReason("CHECK_REQUIRED"));
  ASSERT_THAT(Call(&InventoryStub::DeleteVendor, removal, &empty,
                   TokenOf(Checked("operations { delete: 'vendors/carta' }"))),
              IsOk());
}

TEST_F(AdmissionTest, WhatIsAmissHasAReasonOfItsOwn) {
  Start(AdmissionMode::kEnforce);
  const serving::CheckedChange good = Checked(kAcme);
  const auto with = [&good](auto change) {
    serving::CheckedChange other = good;
    change(other);
    return TokenOf(other);
  };
  std::string bit = TokenOf(good);
  bit[20] = static_cast<char>(bit[20] == 'A' ? 'B' : 'A');
  const std::pair<std::string, const char*> cases[] = {
      {"nonsense", "CHECK_TOKEN_INVALID"},
      {bit, "CHECK_TOKEN_INVALID"},
      {TokenOf(good, 'c'), "CHECK_TOKEN_INVALID"},
      {with([&](auto& t) { t.expire_time = now_; }), "CHECK_TOKEN_EXPIRED"},
      {with([](auto& t) { t.history_id = "another"; }), "HISTORY_CHANGED"},
      {with([](auto& t) { t.revision = 5; }), "REVISION_MISMATCH"},
      {with([](auto& t) { t.change_digest = base::Sha256("other"); }), "CHECK_OF_ANOTHER_CHANGE"},
      {with([](auto& t) { t.verdict = "DENY"; }), "CHECK_DENIED"},
  };
  for (const auto& [token, reason] : cases) EXPECT_THAT(Write(kAcme, token), HasReason(reason));
  EXPECT_EQ(revision(), 0);
  EXPECT_THAT(Write(kAcme, with([&](auto& t) { t.expire_time = now_ + absl::Seconds(1); })), IsOk())
      << "it holds until the instant at which it expires";
}

TEST_F(AdmissionTest, TheOldKeyHoldsWhileItStandsBesideTheNewOne) {
  Start(AdmissionMode::kEnforce);
  EXPECT_THAT(Write(kAcme, TokenOf(Checked(kAcme), 'b')), IsOk());
}

TEST_F(AdmissionTest, WhatChangesNothingAndWhatRehearsesNeedsNoToken) {
  Start(AdmissionMode::kEnforce);
  ASSERT_THAT(Write(kAcme, TokenOf(Checked(kAcme))), IsOk());
  EXPECT_THAT(Write(kAcme, ""), IsOk());
  EXPECT_EQ(outcome_, "");
  EXPECT_THAT(Write(std::string(kBoth) + " validate_only: true", ""), IsOk());
  EXPECT_EQ(revision(), 1);
}

TEST_F(AdmissionTest, ARequestRefusedForItsTokenMayBeSentAgain) {
  Start(AdmissionMode::kEnforce);
  const std::string batch = std::string(kAcme) + " request_id: '123e4567-e89b-42d3-a456-426614174000'";
  EXPECT_THAT(Write(batch, ""), HasReason("CHECK_REQUIRED"));
  EXPECT_THAT(Write(batch, TokenOf(Checked(kAcme))), IsOk());
  EXPECT_THAT(Write(batch, ""), IsOk()) << "the answer is repeated";
  EXPECT_EQ(revision(), 1);
}

TEST_F(AdmissionTest, AWarningMakesTheChangeAndSaysSoEverywhere) {
  Start(AdmissionMode::kWarn);
  ASSERT_THAT(Write(kAcme, ""), IsOk());
  EXPECT_EQ(outcome_, "missing");
  EXPECT_EQ(LastAudit().target, "1 operations; not checked: missing");
  ASSERT_EQ(logged_.size(), 1u);
  EXPECT_EQ(logged_[0], "missing: anonymous BatchWrite 1 operations");
  EXPECT_EQ(Count(AdmissionOutcome::kMissing, true), 1);
  serving::CheckedChange denied = Checked(kBoth);
  denied.verdict = "DENY";
  ASSERT_THAT(Write(kBoth, TokenOf(denied)), IsOk());
  EXPECT_EQ(outcome_, "denied");
  EXPECT_EQ(Count(AdmissionOutcome::kDenied, true), 1);
  EXPECT_EQ(Count(AdmissionOutcome::kDenied, false), 0);
}

TEST_F(AdmissionTest, OffLooksAtNothing) {
  Start(AdmissionMode::kOff);
  ASSERT_THAT(Write(kAcme, "nonsense"), IsOk());
  EXPECT_EQ(outcome_, "");
  EXPECT_EQ(LastAudit().target, "1 operations");
}

// Whoever writes without a check: with which role, under which name and for which reason.
class OverrideTest : public AdmissionTest {
 protected:
  absl::Status Guarded(kit::Role role, const std::string& principal, const std::string& why) {
    Start(AdmissionMode::kEnforce);
    kit::Call::Identity identity;
    identity.role = role;
    identity.principal = principal;
    identity.metadata = {{kit::kOverrideKey, why}};
    const kit::Call call(identity);
    const serving::Admission& admission = server_->inventory().admission();
    write_.principal = principal;
    const auto passage = admission.Guard(call, write_);
    return passage.status();
  }

  store::Write write_;
};

TEST_F(OverrideTest, IsForAdminsWithANameAndAReason) {
  EXPECT_THAT(Guarded(kit::Role::kAdmin, "alice", "incident 4711: the region is gone"), IsOk());
  EXPECT_THAT(Guarded(kit::Role::kApprover, "bob", "because"), HasReason("ROLE_TOO_LOW"));
  EXPECT_THAT(Guarded(kit::Role::kAdmin, kit::kAnonymous, "because"), HasReason("IDENTITY_UNKNOWN"));
  for (const std::string& why :
       {std::string(), std::string("  "), std::string("a\nb"), std::string(201, 'x')}) {
    EXPECT_THAT(Guarded(kit::Role::kAdmin, "alice", why), HasReason("FIELD_INVALID")) << why;
  }
  EXPECT_THAT(Guarded(kit::Role::kAdmin, "alice", std::string(200, 'x')), IsOk());
}

TEST_F(OverrideTest, TheAuditSaysWhyAndWhatWasLacking) {
  ASSERT_THAT(Guarded(kit::Role::kAdmin, "alice", "incident 4711"), IsOk());
  const absl::StatusOr<std::string> note = write_.admit({.revision = 3, .documents = {}});
  ASSERT_THAT(note, IsOk());
  EXPECT_EQ(*note, "check overridden (CHECK_REQUIRED): incident 4711");
}

}  // namespace
}  // namespace linchpin::inventory
