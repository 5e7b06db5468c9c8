// Three processes with PostgreSQL answer as one process does.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <functional>
#include <future>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "linchpin/inventory/v1/inventory_service.grpc.pb.h"
#include "linchpin/policy/v1/policy_service.grpc.pb.h"
#include "linchpin/risk/v1/risk_service.grpc.pb.h"
#include "services/base/error.h"
#include "services/kit/rpc/status.h"
#include "tests/integration/inventory_client.h"
#include "tests/support/linchpind_process.h"
#include "tests/support/postgres_server.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"

namespace linchpin::integration {
namespace {

namespace inv = ::linchpin::inventory::v1;
namespace policy = ::linchpin::policy::v1;
namespace risk = ::linchpin::risk::v1;

using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using testing_support::LinchpindProcess;
using testing_support::PostgresServer;
using testing_support::Scrape;
using testing_support::TempFolder;

// Two applications on two vendors' models: small, and with something to measure.
constexpr char kBatch[] = R"pb(
  operations { upsert { vendor { name: "vendors/a" display_name: "A" country: "US" } } }
  operations { upsert { vendor { name: "vendors/b" display_name: "B" country: "FR" } } }
  operations { upsert { model { name: "models/big" display_name: "Big" developer: "vendors/a" } } }
  operations { upsert { model { name: "models/small" display_name: "Small" developer: "vendors/b" } } }
  operations { upsert { deployment { name: "deployments/big" model: "models/big" operator: "vendors/a" } } }
  operations {
    upsert { deployment { name: "deployments/small" model: "models/small" operator: "vendors/b" } }
  }
  operations { upsert { application { name: "applications/x" display_name: "X" } } }
  operations { upsert { application { name: "applications/y" display_name: "Y" } } }
  operations {
    upsert {
      dependency {
        name: "applications/x/dependencies/d"
        alternatives { target: "deployments/big" }
        alternatives { target: "deployments/small" }
      }
    }
  }
  operations {
    upsert {
      dependency {
        name: "applications/y/dependencies/d"
        alternatives { target: "deployments/big" }
      }
    }
  }
)pb";

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

// A revision token of the batch.
absl::StatusOr<std::string> WriteBatch(const std::string& address) {
  inv::BatchWriteRequest request;
  if (!google::protobuf::TextFormat::ParseFromString(kBatch, &request))
    return absl::InternalError("the batch does not parse");
  inv::BatchWriteResponse response;
  grpc::ClientContext context;
  const auto status = kit::FromGrpcStatus(
      inv::InventoryService::NewStub(Connect(address))->BatchWrite(&context, request, &response));
  if (!status.ok()) return status;
  return response.revision_token();
}

absl::StatusOr<risk::GetConcentrationResponse> Concentration(const std::string& address,
                                                             const std::string& min_revision,
                                                             absl::Duration timeout = absl::Seconds(20)) {
  risk::GetConcentrationRequest request;
  request.set_min_revision(min_revision);
  risk::GetConcentrationResponse response;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  const auto status = kit::FromGrpcStatus(
      risk::RiskService::NewStub(Connect(address))->GetConcentration(&context, request, &response));
  if (!status.ok()) return status;
  // What differs from process to process: where and when it was computed, not what.
  response.clear_inventory();
  return response;
}

absl::StatusOr<risk::SimulateCutoffResponse> Simulate(const std::string& address,
                                                      const std::string& min_revision) {
  risk::SimulateCutoffRequest request;
  request.set_min_revision(min_revision);
  risk::Cutoff& cutoff = *request.mutable_scenario()->add_cutoffs();
  cutoff.set_type(risk::Cutoff::TYPE_VENDOR_EXIT);
  cutoff.set_target("vendors/a");
  risk::SimulateCutoffResponse response;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  const auto status = kit::FromGrpcStatus(
      risk::RiskService::NewStub(Connect(address))->SimulateCutoff(&context, request, &response));
  if (!status.ok()) return status;
  response.clear_inventory();
  return response;
}

// Every dependency needs a second way to be met.
absl::Status WritePolicy(const std::string& address) {
  auto stub = policy::PolicyService::NewStub(Connect(address));
  policy::CreatePolicyRequest create;
  create.set_policy_id("fallback");
  policy::Rule& rule = *create.mutable_policy()->add_rules();
  rule.set_id("second-way");
  rule.set_severity(policy::SEVERITY_HIGH);
  rule.mutable_fallback()->set_min_count(1);
  policy::Policy made;
  grpc::ClientContext context;
  if (auto status = kit::FromGrpcStatus(stub->CreatePolicy(&context, create, &made)); !status.ok())
    return status;
  policy::CreateAssignmentRequest assign;
  assign.set_assignment_id("fallback");
  assign.mutable_assignment()->set_policy("policies/fallback");
  policy::Assignment assignment;
  grpc::ClientContext again;
  return kit::FromGrpcStatus(stub->CreateAssignment(&again, assign, &assignment));
}

// What the policies say of a revision: outcomes and findings, without what differs from one run to the next.
absl::StatusOr<std::string> Evaluate(const std::string& address, const std::string& min_revision) {
  auto stub = policy::PolicyService::NewStub(Connect(address));
  policy::EvaluatePoliciesRequest request;
  request.set_min_revision(min_revision);
  request.set_include_outcomes(true);
  request.mutable_now_time()->set_seconds(1'800'000'000);
  policy::EvaluatePoliciesResponse part;
  policy::EvaluationResult response;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  const auto reader = stub->EvaluatePolicies(&context, request);
  while (reader->Read(&part)) response.MergeFrom(part.result());
  if (auto status = kit::FromGrpcStatus(reader->Finish()); !status.ok()) return status;
  std::string text;
  for (const auto& outcome : response.outcomes()) absl::StrAppend(&text, outcome.ShortDebugString(), "\n");
  for (const auto& finding : response.findings())
    absl::StrAppend(&text, finding.name(), " ", finding.subject(), "\n");
  return text;
}

// Names of the findings that are stored, once there are any.
absl::StatusOr<std::vector<std::string>> AwaitFindings(const std::string& address) {
  auto stub = policy::PolicyService::NewStub(Connect(address));
  std::vector<std::string> names;
  for (const absl::Time end = absl::Now() + absl::Seconds(20); names.empty() && absl::Now() < end;) {
    grpc::ClientContext context;
    policy::ListFindingsResponse response;
    if (auto status = kit::FromGrpcStatus(stub->ListFindings(&context, {}, &response)); !status.ok())
      return status;
    for (const auto& finding : response.findings()) names.push_back(finding.name());
    if (names.empty()) absl::SleepFor(absl::Milliseconds(10));
  }
  return names;
}

class SplitTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { postgres_ = PostgresServer::Start().value().release(); }
  static void TearDownTestSuite() {
    delete postgres_;
    postgres_ = nullptr;
  }

  std::unique_ptr<LinchpindProcess> Start(std::vector<std::string> arguments) {
    auto started = LinchpindProcess::Start(std::move(arguments));
    if (!started.ok()) ADD_FAILURE() << started.status();
    return started.ok() ? *std::move(started) : nullptr;
  }
  // Waits until a process says that it is ready to serve.
  static bool Serving(const LinchpindProcess& process) {
    for (const absl::Time end = absl::Now() + absl::Seconds(30); absl::Now() < end;
         absl::SleepFor(absl::Milliseconds(20))) {
      if (HealthOf(process.health_address(), "") == "SERVING") return true;
    }
    return false;
  }

  static PostgresServer* postgres_;
  TempFolder folder_;
};

PostgresServer* SplitTest::postgres_ = nullptr;

TEST_F(SplitTest, AnswersAreThoseOfOneProcess) {
  const std::string store = "--store=" + postgres_->CreateDatabase().value();
  auto inventory = Start({"--target=inventory", store});
  ASSERT_TRUE(inventory);
  auto risk_process = Start({"--target=risk", store, "--inventory-address=" + inventory->address()});
  ASSERT_TRUE(risk_process);
  auto all = Start({"--store=sqlite:" + (folder_ / "data")});
  ASSERT_TRUE(all);
  const auto split_token = WriteBatch(inventory->address());
  const auto all_token = WriteBatch(all->address());
  ASSERT_THAT(split_token, IsOk());
  ASSERT_THAT(all_token, IsOk());
  const auto split_answer = Concentration(risk_process->address(), *split_token);
  const auto all_answer = Concentration(all->address(), *all_token);
  ASSERT_THAT(split_answer, IsOk());
  ASSERT_THAT(all_answer, IsOk());
  EXPECT_GT(all_answer->ByteSizeLong(), 20u);
  EXPECT_EQ(split_answer->DebugString(), all_answer->DebugString());
  const auto split_simulation = Simulate(risk_process->address(), *split_token);
  const auto all_simulation = Simulate(all->address(), *all_token);
  ASSERT_THAT(split_simulation, IsOk());
  ASSERT_THAT(all_simulation, IsOk());
  EXPECT_GT(all_simulation->consumers_size(), 0);
  EXPECT_EQ(split_simulation->DebugString(), all_simulation->DebugString());
}

TEST_F(SplitTest, PoliciesSayTheSameAsInOneProcess) {
  const std::string store = "--store=" + postgres_->CreateDatabase().value();
  auto inventory = Start({"--target=inventory", store});
  ASSERT_TRUE(inventory);
  auto policy_process = Start({"--target=policy", store, "--inventory-address=" + inventory->address()});
  ASSERT_TRUE(policy_process);
  auto all = Start({"--store=sqlite:" + (folder_ / "data")});
  ASSERT_TRUE(all);
  ASSERT_EQ(WritePolicy(policy_process->address()), absl::OkStatus());
  ASSERT_EQ(WritePolicy(all->address()), absl::OkStatus());
  const auto split_token = WriteBatch(inventory->address());
  const auto all_token = WriteBatch(all->address());
  ASSERT_THAT(split_token, IsOk());
  ASSERT_THAT(all_token, IsOk());
  const auto split_answer = Evaluate(policy_process->address(), *split_token);
  const auto all_answer = Evaluate(all->address(), *all_token);
  ASSERT_THAT(split_answer, IsOk());
  ASSERT_THAT(all_answer, IsOk());
  EXPECT_THAT(*all_answer, HasSubstr("subject: \"applications/y\" outcome: OUTCOME_VIOLATION"));
  EXPECT_EQ(*split_answer, *all_answer);
  // Nobody asked for it: the inventory changed.
  const auto split_findings = AwaitFindings(policy_process->address());
  const auto all_findings = AwaitFindings(all->address());
  ASSERT_THAT(split_findings, IsOk());
  ASSERT_THAT(all_findings, IsOk());
  EXPECT_EQ(all_findings->size(), 2u);  // The violation, and one gap for the kind of fact that is unknown.
  EXPECT_EQ(*split_findings, *all_findings);
}

TEST_F(SplitTest, RiskIsNotReadyBeforeItHasASnapshotAndGoesOnWithoutTheInventory) {
  const std::string store = "--store=" + postgres_->CreateDatabase().value();
  auto inventory = Start({"--target=inventory", store});
  ASSERT_TRUE(inventory);
  const std::string listen = inventory->address();
  const auto token = WriteBatch(listen);
  ASSERT_THAT(token, IsOk());
  inventory->Signal(SIGKILL);
  inventory->Wait();

  auto risk_process = Start({"--target=risk", "--inventory-address=" + listen});
  ASSERT_TRUE(risk_process);
  EXPECT_EQ(HealthOf(risk_process->health_address(), ""), "NOT_SERVING");
  EXPECT_THAT(Scrape(risk_process->metrics_port()), HasSubstr("\nlinchpin_replica_age_seconds "));
  EXPECT_THAT(Scrape(risk_process->metrics_port()), HasSubstr("\nlinchpin_replica_connected 0\n"));
  EXPECT_THAT(Concentration(risk_process->address(), "", absl::Seconds(1)), HasReason("NOT_READY"));
  inventory = Start({"--target=inventory", store, "--listen=" + listen});
  ASSERT_TRUE(inventory);
  ASSERT_TRUE(Serving(*risk_process));
  const auto before = Concentration(risk_process->address(), *token);
  ASSERT_THAT(before, IsOk());
  inventory->Signal(SIGKILL);
  inventory->Wait();
  // Answers go on from memory; what is newer than memory is not made up.
  const auto after = Concentration(risk_process->address(), *token);
  ASSERT_THAT(after, IsOk());
  EXPECT_EQ(after->DebugString(), before->DebugString());
  EXPECT_THAT(Concentration(risk_process->address(), "99", absl::Seconds(1)), HasReason("REPLICA_BEHIND"));
  EXPECT_THAT(Scrape(risk_process->metrics_port()), HasSubstr("\nlinchpin_replica_age_seconds "));
  EXPECT_THAT(Scrape(risk_process->metrics_port()), HasSubstr("\nlinchpin_replica_revision_lag "));
}

// As the chart and the compose file name it: all addresses of a name.
TEST_F(SplitTest, TheInventoryMayBeADnsName) {
  const std::string store = "--store=" + postgres_->CreateDatabase().value();
  auto inventory = Start({"--target=inventory", store});
  ASSERT_TRUE(inventory);
  const std::string address = "--inventory-address=dns:///localhost:" + std::to_string(inventory->port());
  auto risk_process = Start({"--target=risk", address});
  auto policy_process = Start({"--target=policy", store, address});
  ASSERT_TRUE(risk_process && policy_process);
  EXPECT_TRUE(Serving(*risk_process));
  EXPECT_TRUE(Serving(*policy_process));
}

TEST_F(SplitTest, WaitsForADatabaseThatIsNotThereAndComesUpByItself) {
  const std::string store = postgres_->CreateDatabase().value();
  postgres_->Stop();
  auto process = LinchpindProcess::Launch({"--store=" + store});
  ASSERT_TRUE(process->WaitForLog("waiting for the database")) << process->log();
  ASSERT_EQ(process->WaitForProbes(), absl::OkStatus());
  // Alerts hear of it, and probes do.
  EXPECT_THAT(Scrape(process->metrics_port()), HasSubstr("\nlinchpin_db_up{schema=\"inventory\"} 0\n"));
  EXPECT_THAT(Scrape(process->metrics_port()), HasSubstr("\nlinchpin_db_up{schema=\"policy\"} 0\n"));
  EXPECT_THAT(Scrape(process->metrics_port()), HasSubstr("\nlinchpin_replica_age_seconds "));
  EXPECT_EQ(HealthOf(process->health_address(), ""), "NOT_SERVING");
  EXPECT_EQ(HealthOf(process->health_address(), "liveness"), "SERVING");
  ASSERT_THAT(postgres_->StartAgain(), IsOk());
  ASSERT_EQ(process->WaitUntilReady(), absl::OkStatus());
  EXPECT_THAT(Scrape(process->metrics_port()), HasSubstr("\nlinchpin_db_up{schema=\"inventory\"} 1\n"));
  EXPECT_THAT(InventoryClient(process->address()).CreateVendor("a"), IsOk());

  postgres_->Stop();
  auto stopped = LinchpindProcess::Launch({"--store=" + store});
  ASSERT_TRUE(stopped->WaitForLog("waiting for the database")) << stopped->log();
  stopped->Signal(SIGTERM);
  EXPECT_EQ(stopped->Wait(), 0) << stopped->log();
  ASSERT_THAT(postgres_->StartAgain(), IsOk());
}

TEST_F(SplitTest, MigrationsMayRunApart) {
  const std::string store = "--store=" + postgres_->CreateDatabase().value();
  auto early = LinchpindProcess::Launch({store, "--migrate=false", "--target=inventory"});
  EXPECT_EQ(early->Wait(), 1);
  EXPECT_THAT(early->log(), HasSubstr("linchpind migrate"));
  auto waiting = LinchpindProcess::Launch({"migrate", "wait", store});
  ASSERT_TRUE(waiting->WaitForLog("waiting for the migration")) << waiting->log();
  auto migrate = LinchpindProcess::Launch({"migrate", store});
  EXPECT_EQ(migrate->Wait(), 0) << migrate->log();
  EXPECT_EQ(waiting->Wait(), 0) << waiting->log();
  auto server = Start({store, "--migrate=false"});
  ASSERT_TRUE(server);
  EXPECT_THAT(InventoryClient(server->address()).CreateVendor("a"), IsOk());
}

TEST_F(SplitTest, TwoInventoriesOnOneDatabaseAgree) {
  const std::string store = "--store=" + postgres_->CreateDatabase().value();
  auto one = Start({store, "--target=inventory"});
  auto two = Start({store, "--target=inventory"});
  ASSERT_TRUE(one && two);
  InventoryClient first(one->address());
  InventoryClient second(two->address());
  EXPECT_EQ(first.CreateVendor("a").value_or(-1), 1);
  EXPECT_EQ(second.CreateVendor("b").value_or(-1), 2);
  EXPECT_THAT(second.CreateVendor("a"), HasReason("RESOURCE_EXISTS"));
}

bool Eventually(const std::function<bool()>& condition) {
  for (const absl::Time end = absl::Now() + absl::Seconds(20); absl::Now() < end;
       absl::SleepFor(absl::Milliseconds(5))) {
    if (condition()) return true;
  }
  return false;
}

// How many connections a process has accepted.
int Connections(const LinchpindProcess& process) {
  const std::string name = "\nlinchpin_connections_accepted_total ";
  const std::string text = Scrape(process.metrics_port());
  const size_t at = text.find(name);
  return at == std::string::npos ? 0 : std::stoi(text.substr(at + name.size()));
}

// Watches until it has seen this vendor, going on with its last token when a replica ends the stream; all
// names that it has seen.
absl::StatusOr<std::set<std::string>> WatchUntil(const std::string& vendor, const std::string& address) {
  ClientOptions options;
  options.service_config = true;
  InventoryClient client(address, options);
  std::set<std::string> seen;
  std::string token;
  while (!seen.contains(vendor)) {
    const absl::Status end = client.Watch(token, [&](const auto& names, const std::string& resume) {
      seen.insert(names.begin(), names.end());
      if (!resume.empty()) token = resume;
      return !seen.contains(vendor);
    });
    if (!end.ok() && !absl::IsUnavailable(end)) return end;
  }
  return seen;
}

// One replica of two is restarted, again and again, under callers that use the shipped service config.
TEST_F(SplitTest, RollingRestartIsSeenByNoCaller) {
  const std::string store = "--store=" + postgres_->CreateDatabase().value();
  std::vector<std::unique_ptr<LinchpindProcess>> replicas;
  std::vector<std::string> listens;
  for (int i = 0; i < 2; ++i) {
    replicas.push_back(Start({store, "--target=inventory"}));
    ASSERT_TRUE(replicas.back());
    listens.push_back(replicas.back()->address());
  }
  constexpr int kCallers = 50;
  std::atomic<bool> stop{false};
  std::atomic<int> written{0};
  std::vector<absl::Status> failures(kCallers);
  std::vector<std::vector<std::string>> acknowledged(kCallers);
  const std::string both = "ipv4:" + listens[0] + "," + listens[1];
  auto watched = std::async(std::launch::async, [&] { return WatchUntil("vendors/last", both); });
  std::vector<std::thread> callers;
  for (int c = 0; c < kCallers; ++c) {
    callers.emplace_back([&, c] {
      ClientOptions options;
      options.service_config = true;
      InventoryClient client(both, options);
      for (int i = 0; !stop.load() && failures[c].ok(); ++i) {
        const std::string id = absl::StrCat("c", c, "-", i);
        // Twelve hexadecimal digits make an id of this call: a repetition must not count twice.
        const std::string request_id = absl::StrFormat("00000000-0000-4000-8000-%06x%06x", c, i);
        const absl::StatusOr<int64_t> revision = client.CreateVendor(id, request_id);
        failures[c] = revision.status();
        if (!revision.ok()) return;
        acknowledged[c].push_back("vendors/" + id);
        // The other replica may be behind, and must not answer before it has caught up.
        failures[c] = client.GetVendor(id, std::to_string(*revision)).status();
        ++written;
      }
    });
  }
  for (int round = 0; round < 4; ++round) {
    // Every caller has found its way to the replica that was restarted last.
    for (const auto& replica : replicas) {
      EXPECT_TRUE(Eventually([&] { return Connections(*replica) >= kCallers; }));
    }
    const int before = written.load();
    EXPECT_TRUE(Eventually([&] { return written.load() >= before + 200; }));
    auto& replica = replicas[round % 2];
    replica->Signal(SIGTERM);
    EXPECT_EQ(replica->Wait(), 0) << replica->log();
    EXPECT_THAT(replica->log(), HasSubstr("\"msg\":\"drained\""));
    replica = Start({store, "--target=inventory", "--listen=" + listens[round % 2]});
    ASSERT_TRUE(replica);
  }
  stop.store(true);
  for (std::thread& caller : callers) caller.join();
  for (const absl::Status& failure : failures) EXPECT_EQ(failure, absl::OkStatus());
  InventoryClient client(listens[0]);
  ASSERT_THAT(client.CreateVendor("last"), IsOk());
  const auto listed = client.ListVendors();
  ASSERT_THAT(listed, IsOk());
  const auto seen = watched.get();
  ASSERT_THAT(seen, IsOk());
  const std::set<std::string> stored(listed->begin(), listed->end());
  for (const auto& names : acknowledged) {
    EXPECT_THAT(stored, IsSupersetOf(names));
    EXPECT_THAT(*seen, IsSupersetOf(names));
  }
}

}  // namespace
}  // namespace linchpin::integration
