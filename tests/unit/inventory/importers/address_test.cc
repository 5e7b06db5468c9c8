#include "services/inventory/importers/address.h"

#include <string>

#include "gtest/gtest.h"

namespace linchpin::importers {
namespace {

using Kind = Address::Kind;

TEST(ReadAddress, TellsInsideFromOutside) {
  struct Case {
    std::string text;
    Kind kind;
    std::string host;
  };
  const Case cases[] = {
      {"", Kind::kNone, ""},
      {"os.environ/AZURE_API_BASE", Kind::kReference, ""},
      {"https://${HOST}/v1", Kind::kReference, ""},
      {"http://192.168.120.211:11434/v1", Kind::kInside, "192.168.120.211"},
      {"http://172.31.0.1", Kind::kInside, "172.31.0.1"},
      {"http://172.32.0.1", Kind::kOutside, "172.32.0.1"},
      {"http://100.80.59.45:8080/v1", Kind::kInside, "100.80.59.45"},
      {"http://100.128.0.1", Kind::kOutside, "100.128.0.1"},
      {"http://[::1]:8080/", Kind::kInside, "::1"},
      {"http://[2a00::1]:8080/", Kind::kOutside, "2a00::1"},
      {"http://ollama:11434", Kind::kInside, "ollama"},
      {"localhost:11434", Kind::kInside, "localhost"},
      {"http://a.b.svc.cluster.local:1", Kind::kInside, "a.b.svc.cluster.local"},
      {"http://host.docker.internal:11434", Kind::kInside, "host.docker.internal"},
      {"https://API.X.AI./v1", Kind::kOutside, "api.x.ai"},
      {"https://api.internal.example.com", Kind::kOutside, "api.internal.example.com"},
      {"http://1.2.3.4.example.com", Kind::kOutside, "1.2.3.4.example.com"},
      {"http://", Kind::kReference, ""},
      {"http://" + std::string(300, 'a') + ".com", Kind::kReference, ""},
  };
  for (const Case& c : cases) {
    const Address address = ReadAddress(c.text);
    EXPECT_EQ(address.kind, c.kind) << c.text;
    EXPECT_EQ(address.host, c.host) << c.text;
  }
}

TEST(ReadAddress, LeavesOutWhatMayBeSecret) {
  const Address address = ReadAddress("https://user:pass@api.example.com:8443/v1/x?api-key=abc#frag");
  EXPECT_EQ(address.kept, "https://api.example.com:8443/v1/x");
  EXPECT_TRUE(address.had_secrets);
  EXPECT_EQ(address.host, "api.example.com");
  EXPECT_FALSE(ReadAddress("https://api.example.com/v1").had_secrets);
}

TEST(ReadAddress, IsNotFooledByAUserPart) {
  EXPECT_EQ(ReadAddress("https://api.openai.com@evil.example/v1").host, "evil.example");
  EXPECT_EQ(ReadAddress("https://evil.example/@api.openai.com").host, "evil.example");
}

}  // namespace
}  // namespace linchpin::importers
