// TLS, client certificates, tokens and roles, on the real binary.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "services/base/error.h"
#include "services/kit/auth/tokens.h"
#include "services/kit/rpc/status.h"
#include "services/store/open.h"
#include "services/store/port/audit_chain.h"
#include "tests/integration/inventory_client.h"
#include "tests/support/certificates.h"
#include "tests/support/linchpind_process.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"

namespace linchpin::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::Authority;
using testing_support::Certificate;
using testing_support::LinchpindProcess;
using testing_support::Scrape;
using testing_support::TempFolder;

std::string TokenEntry(const std::string& name, const std::string& role, const std::string& token,
                       const std::string& expires = "") {
  std::string entry = "  - {name: " + name + ", role: " + role + ", sha256: " + kit::HashToken(token);
  if (!expires.empty()) entry += ", expires: \"" + expires + "\"";
  return entry + "}\n";
}

class AccessTest : public testing::Test {
 protected:
  std::unique_ptr<LinchpindProcess> Start(std::vector<std::string> arguments) {
    arguments.push_back("--store=sqlite:" + (folder_ / "data"));
    auto started = LinchpindProcess::Start(std::move(arguments));
    if (!started.ok()) ADD_FAILURE() << started.status();
    return started.ok() ? *std::move(started) : nullptr;
  }

  // The flags of a TLS listener with this certificate.
  std::vector<std::string> WithTls(const Certificate& certificate) {
    return {"--tls-cert=" + folder_.Write("tls.crt", certificate.chain),
            "--tls-key=" + folder_.Write("tls.key", certificate.key)};
  }

  ClientOptions Tls(const Certificate& own = {}) const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = authority_.root();
    options.pem_cert_chain = own.chain;
    options.pem_private_key = own.key;
    ClientOptions client;
    client.credentials = grpc::SslCredentials(options);
    client.timeout = absl::Seconds(5);
    return client;
  }

  // The common name of the certificate that the server shows to a new connection: by connecting with roots of
  // `authority`.
  bool Trusts(const LinchpindProcess& server, const Authority& authority) const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = authority.root();
    ClientOptions client;
    client.credentials = grpc::SslCredentials(options);
    client.timeout = absl::Seconds(2);
    return InventoryClient(server.address(), client).ListVendors().ok();
  }

  TempFolder folder_;
  Authority authority_;
};

TEST_F(AccessTest, RolesDecideWhatATokenMayDo) {
  std::string file = "tokens:\n";
  for (const char* role : {"viewer", "editor", "approver", "admin"})
    file += TokenEntry(role, role, std::string("canary-") + role);
  file += TokenEntry("old", "admin", "canary-old", "2020-01-01T00:00:00Z");
  auto server = Start({"--auth-tokens-file=" + folder_.Write("tokens.yaml", file)});
  ASSERT_TRUE(server);
  int count = 0;
  const auto create = [&](const std::string& token) {
    InventoryClient client(server->address(), {.token = token});
    return client.CreateVendor("v" + std::to_string(count++)).status();
  };
  const auto list = [&](const std::string& token) {
    return InventoryClient(server->address(), {.token = token}).ListVendors().status();
  };
  for (const char* token : {"", "canary-unknown", "canary-old"}) {
    EXPECT_THAT(list(token), StatusIs(absl::StatusCode::kUnauthenticated)) << token;
    EXPECT_THAT(create(token), HasReason("TOKEN_INVALID")) << token;
  }
  EXPECT_EQ(list("canary-viewer"), absl::OkStatus());
  const absl::Status denied = create("canary-viewer");
  EXPECT_THAT(denied, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(base::DetailsOf(denied)->metadata.at("required"), "editor");
  for (const char* token : {"canary-editor", "canary-approver", "canary-admin"})
    EXPECT_EQ(create(token), absl::OkStatus());
  // Probes have no tokens.
  EXPECT_EQ(HealthOf(server->health_address(), ""), "SERVING");
  EXPECT_THAT(Scrape(server->metrics_port()), HasSubstr("linchpin_build_info"));
  EXPECT_THAT(server->log(), Not(HasSubstr("canary-")));
}

// Whether the server tells anybody its API.
bool Reflects(const LinchpindProcess& server) {
  grpc::GenericStub stub(grpc::CreateChannel(server.address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  auto call = stub.PrepareUnaryCall(
      &context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", grpc::ByteBuffer(), &queue);
  grpc::ByteBuffer answer;
  grpc::Status status;
  void* tag = nullptr;
  bool ok = false;
  call->StartCall();
  call->Finish(&answer, &status, nullptr);
  queue.Next(&tag, &ok);
  return base::ReasonOf(kit::FromGrpcStatus(status)) != "METHOD_UNKNOWN";
}

TEST_F(AccessTest, WhoHasNoTokenIsToldNothingOfTheApi) {
  const std::string tokens = "--auth-tokens-file=" +
                             folder_.Write("tokens.yaml", "tokens:\n" + TokenEntry("ci", "viewer", "secret"));
  auto server = Start({tokens});
  ASSERT_TRUE(server);
  EXPECT_FALSE(Reflects(*server));
  server.reset();
  server = Start({tokens, "--reflection"});
  ASSERT_TRUE(server);
  EXPECT_TRUE(Reflects(*server));
  server.reset();
  server = Start({});
  ASSERT_TRUE(server);
  EXPECT_TRUE(Reflects(*server));
}

TEST_F(AccessTest, TokensRotateWithoutRestart) {
  const std::string path = folder_.Write("tokens.yaml", "tokens:\n" + TokenEntry("ci", "viewer", "first"));
  auto server = Start({"--auth-tokens-file=" + path});
  ASSERT_TRUE(server);
  const auto list = [&](const std::string& token) {
    return InventoryClient(server->address(), {.token = token}).ListVendors().status().code();
  };
  EXPECT_EQ(list("second"), absl::StatusCode::kUnauthenticated);
  folder_.Write("tokens.yaml",
                "tokens:\n" + TokenEntry("ci", "viewer", "first") + TokenEntry("ci", "viewer", "second"));
  ASSERT_TRUE(server->WaitForLog("tokens reloaded"));
  EXPECT_EQ(list("first"), absl::StatusCode::kOk);
  EXPECT_EQ(list("second"), absl::StatusCode::kOk);
  // A file that has become wrong leaves the door as it was, and says so.
  folder_.Write("tokens.yaml", "tokens: [{name: ci, role: root}]\n");
  ASSERT_TRUE(server->WaitForLog("tokens could not be reloaded"));
  EXPECT_EQ(list("second"), absl::StatusCode::kOk);
  EXPECT_THAT(Scrape(server->metrics_port()), HasSubstr("linchpin_auth_reload_failed 1\n"));
  folder_.Write("tokens.yaml", "tokens:\n" + TokenEntry("ci", "viewer", "second"));
  ASSERT_TRUE(server->WaitForLog("\"entries\":1"));
  EXPECT_EQ(list("first"), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(list("second"), absl::StatusCode::kOk);
}

TEST_F(AccessTest, AWatchEndsWhenItsTokenIsTakenAway) {
  const std::string path = folder_.Write("tokens.yaml", "tokens:\n" + TokenEntry("ci", "viewer", "first"));
  auto server = Start({"--auth-tokens-file=" + path});
  ASSERT_TRUE(server);
  InventoryClient client(server->address(), {.token = "first"});
  const absl::Status end = client.Watch("", [&](const auto&, const std::string&) {
    folder_.Write("tokens.yaml", "tokens:\n" + TokenEntry("ci", "viewer", "second"));
    return true;
  });
  EXPECT_THAT(end, Fails(absl::StatusCode::kUnauthenticated, "TOKEN_INVALID"));
}

TEST_F(AccessTest, WhoeverFailsTooOftenIsToldToWaitAndLocksNobodyOut) {
  auto server = Start({"--auth-failures-per-minute=3",
                       "--auth-tokens-file=" +
                           folder_.Write("tokens.yaml", "tokens:\n" + TokenEntry("ci", "viewer", "right"))});
  ASSERT_TRUE(server);
  InventoryClient wrong(server->address(), {.token = "wrong"});
  InventoryClient right(server->address(), {.token = "right"});
  absl::Status last;
  for (int i = 0; i < 4; ++i) last = wrong.ListVendors().status();
  EXPECT_THAT(last, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_TRUE(base::DetailsOf(last)->retry_after_ms.has_value());
  EXPECT_EQ(right.ListVendors().status(), absl::OkStatus());
  EXPECT_THAT(Scrape(server->metrics_port()),
              HasSubstr("linchpin_auth_failures_total{result=\"limited\"} 1\n"));
  EXPECT_TRUE(server->WaitForLog("\"peer\":\"ipv4:127.0.0.1\""));
}

TEST_F(AccessTest, TlsIsSpokenAndPlaintextIsNot) {
  auto arguments = WithTls(authority_.Issue("linchpin"));
  arguments.push_back("--listen=0.0.0.0:0");
  arguments.push_back("--auth-tokens-file=" +
                      folder_.Write("tokens.yaml", "tokens:\n" + TokenEntry("ci", "editor", "secret")));
  auto server = Start(arguments);
  ASSERT_TRUE(server);
  ClientOptions options = Tls();
  options.token = "secret";
  InventoryClient client(server->address(), options);
  EXPECT_EQ(client.CreateVendor("a").value_or(-1), 1);
  InventoryClient plain(server->address(), {.token = "secret", .timeout = absl::Seconds(2)});
  EXPECT_THAT(plain.ListVendors(), Not(IsOk()));
  EXPECT_FALSE(Trusts(*server, Authority()));
}

TEST_F(AccessTest, ClientCertificatesNameTheCaller) {
  auto arguments = WithTls(authority_.Issue("linchpin"));
  arguments.push_back("--tls-client-ca=" + folder_.Write("ca.crt", authority_.root()));
  arguments.push_back(
      "--auth-tokens-file=" +
      folder_.Write("tokens.yaml",
                    "certificates:\n  - {name: policy, role: viewer, subject: policy.internal}\n"));
  auto server = Start(arguments);
  ASSERT_TRUE(server);
  InventoryClient known(server->address(), Tls(authority_.Issue("policy.internal")));
  EXPECT_EQ(known.ListVendors().status(), absl::OkStatus());
  EXPECT_THAT(known.CreateVendor("a"), HasReason("ROLE_TOO_LOW"));
  InventoryClient unknown(server->address(), Tls(authority_.Issue("somebody.else")));
  EXPECT_THAT(unknown.ListVendors(), HasReason("TOKEN_INVALID"));
  InventoryClient without(server->address(), Tls());
  EXPECT_THAT(without.ListVendors(), StatusIs(absl::StatusCode::kUnavailable));
  InventoryClient foreign(server->address(), Tls(Authority().Issue("policy.internal")));
  EXPECT_THAT(foreign.ListVendors(), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(AccessTest, AWriteThatARoleForbidsLeavesARowInTheAudit) {
  auto server =
      Start({"--auth-tokens-file=" +
             folder_.Write("tokens.yaml", "tokens:\n" + TokenEntry("mallory", "viewer", "secret"))});
  ASSERT_TRUE(server);
  InventoryClient client(server->address(), {.token = "secret"});
  EXPECT_THAT(client.CreateVendor("a"), HasReason("ROLE_TOO_LOW"));
  // Read beside the running server, as `linchpind audit verify` does.
  store::OpenOptions options;
  options.read_only = true;
  auto store = store::OpenStore("sqlite:" + (folder_ / "data"), "inventory", options);
  ASSERT_THAT(store, IsOk());
  std::vector<store::AuditRow> rows;
  // Nobody waits for the row.
  for (const absl::Time end = absl::Now() + absl::Seconds(10); rows.empty() && absl::Now() < end;) {
    rows = *(*store)->ReadAudit(0, 10);
  }
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].principal, "mallory");
  EXPECT_EQ(rows[0].method, "CreateVendor");
  EXPECT_EQ(rows[0].reason, "ROLE_TOO_LOW");
  EXPECT_THAT(store::VerifyAudit(**store, {}), IsOk());
}

// It needs neither certificate nor token for that.
TEST_F(AccessTest, TheProcessReachesItselfWhateverOthersMustShow) {
  auto arguments = WithTls(authority_.Issue("linchpin"));
  arguments.push_back("--tls-client-ca=" + folder_.Write("ca.crt", authority_.root()));
  arguments.push_back("--auth-tokens-file=" +
                      folder_.Write("tokens.yaml", "tokens:\n" + TokenEntry("ci", "editor", "secret")));
  auto server = Start(arguments);
  ASSERT_TRUE(server);
  const auto answered = [&] {
    const std::string name = "linchpin_self_calls_total{result=\"answered\"} ";
    const std::string text = Scrape(server->metrics_port());
    const size_t at = text.find(name);
    return at != std::string::npos && text[at + name.size()] != '0';
  };
  for (const absl::Time end = absl::Now() + absl::Seconds(20); !answered() && absl::Now() < end;) {
    absl::SleepFor(absl::Milliseconds(20));
  }
  EXPECT_TRUE(answered());
  EXPECT_THAT(Scrape(server->metrics_port()), HasSubstr("linchpin_self_calls_total{result=\"failed\"} 0\n"));
}

TEST_F(AccessTest, CertificatesAreReadAnewAndBrokenOnesAreNot) {
  auto server = Start(WithTls(authority_.Issue("linchpin")));
  ASSERT_TRUE(server);
  ASSERT_TRUE(Trusts(*server, authority_));
  // A pair of another authority, written key last: for a moment they do not match.
  Authority next;
  const Certificate fresh = next.Issue("linchpin");
  folder_.Write("tls.crt", fresh.chain);
  ASSERT_TRUE(server->WaitForLog("certificates could not be reloaded"));
  EXPECT_TRUE(Trusts(*server, authority_));
  EXPECT_THAT(Scrape(server->metrics_port()), HasSubstr("linchpin_tls_reload_failed{use=\"server\"} 1\n"));
  folder_.Write("tls.key", fresh.key);
  ASSERT_TRUE(server->WaitForLog("certificates reloaded"));
  bool switched = false;
  for (const absl::Time end = absl::Now() + absl::Seconds(20); !switched && absl::Now() < end;) {
    switched = Trusts(*server, next);
    if (!switched) absl::SleepFor(absl::Milliseconds(50));
  }
  EXPECT_TRUE(switched);
  EXPECT_THAT(Scrape(server->metrics_port()), HasSubstr("linchpin_tls_reload_failed{use=\"server\"} 0\n"));

  // Expired, half-written, empty: the good ones stay.
  const Certificate expired = next.Issue("linchpin", absl::Now() - absl::Hours(1));
  const struct {
    std::string chain;
    std::string key;
    const char* expected;
  } kBroken[] = {{expired.chain, expired.key, "the certificate has expired"},
                 {fresh.chain.substr(0, fresh.chain.size() / 2), fresh.key, "damaged or not complete"},
                 {"", fresh.key, "is empty"}};
  for (const auto& broken : kBroken) {
    folder_.Write("tls.key", broken.key);
    folder_.Write("tls.crt", broken.chain);
    EXPECT_TRUE(server->WaitForLog(broken.expected)) << server->log();
    EXPECT_TRUE(Trusts(*server, next));
  }
}

TEST_F(AccessTest, WrongFilesEndTheStart) {
  const Certificate one = authority_.Issue("a");
  const Certificate other = authority_.Issue("b");
  const struct {
    std::vector<std::string> arguments;
    const char* expected;
  } kCases[] = {
      {{"--tls-cert=" + folder_.Write("a.crt", one.chain), "--tls-key=" + folder_.Write("b.key", other.key)},
       "the private key does not belong to the certificate"},
      {{"--tls-cert=/does/not/exist", "--tls-key=/does/not/exist"}, "/does/not/exist: cannot be read"},
      {{"--auth-tokens-file=" + folder_.Write("t.yaml", "tokens: [{name: a, role: viewer, sha256: abc}]")},
       "sha256 must be 64 hexadecimal digits"},
  };
  for (const auto& c : kCases) {
    auto process = LinchpindProcess::Launch(c.arguments);
    EXPECT_EQ(process->Wait(), 1) << c.expected;
    EXPECT_THAT(process->log(), HasSubstr(c.expected));
  }
}

}  // namespace
}  // namespace linchpin::integration
