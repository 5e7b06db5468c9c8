#include "services/resource/stable_bytes.h"

#include <gtest/gtest.h>

#include <string>

#include "linchpin/inventory/v1/vendor.pb.h"

namespace linchpin::resource {
namespace {

inventory::v1::Vendor WithLabels(int first, int step) {
  inventory::v1::Vendor vendor;
  vendor.set_name("vendors/acme");
  for (int i = 0; i < 64; ++i)
    (*vendor.mutable_labels())["key-" + std::to_string((first + i * step) % 64)] = "value";
  return vendor;
}

TEST(StableBytes, DoNotDependOnTheOrderInWhichAMapWasFilled) {
  EXPECT_EQ(StableBytes(WithLabels(0, 1)), StableBytes(WithLabels(63, 63)));
  EXPECT_EQ(StableBytes(WithLabels(0, 1)), StableBytes(WithLabels(17, 5)));
}

TEST(StableBytes, AreThoseOfTheMessageThatIsReadFromThem) {
  const std::string bytes = StableBytes(WithLabels(0, 1));
  inventory::v1::Vendor read;
  ASSERT_TRUE(read.ParseFromString(bytes));
  EXPECT_EQ(StableBytes(read), bytes);
}

TEST(StableBytes, TellMessagesApart) {
  inventory::v1::Vendor other = WithLabels(0, 1);
  (*other.mutable_labels())["key-7"] = "another";
  EXPECT_NE(StableBytes(other), StableBytes(WithLabels(0, 1)));
}

}  // namespace
}  // namespace linchpin::resource
