#include "services/base/sha256.h"

#include <gtest/gtest.h>

#include <string>

#include "services/base/sha256_stream.h"

namespace linchpin::base {
namespace {

// The examples of FIPS 180-4.
TEST(Sha256, IsTheStandards) {
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256(std::string(3, '\0')).size(), static_cast<size_t>(kSha256Bytes));
}

TEST(Sha256Stream, IsThatOfThePartsTogether) {
  Sha256Stream stream;
  for (const char* part : {"a", "", "bc"}) stream.Add(part);
  EXPECT_EQ(stream.Finish(), Sha256("abc"));
  EXPECT_EQ(Sha256Stream().Finish(), Sha256(""));
}

}  // namespace
}  // namespace linchpin::base
