#include "services/inventory/catalogue/packed.h"

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "tests/support/status_matchers.h"

namespace linchpin::catalogue {
namespace {

using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

std::string PackedPair(inventory::v1::Vendor& vendor, inventory::v1::Model& model) {
  vendor.set_name("vendors/v");
  vendor.set_country("NO");
  model.set_name("models/m");
  model.add_aliases(std::string("a\0b", 3));
  std::string bytes;
  AppendPacked(vendor, bytes);
  AppendPacked(model, bytes);
  return bytes;
}

TEST(Packed, GivesBackWhatWasPacked) {
  inventory::v1::Vendor vendor;
  inventory::v1::Model model;
  std::vector<std::unique_ptr<Message>> read;
  const std::string bytes = PackedPair(vendor, model);
  ASSERT_THAT(ReadPacked(bytes, [&](std::unique_ptr<Message> m) { read.push_back(std::move(m)); }), IsOk());
  ASSERT_EQ(read.size(), 2u);
  EXPECT_TRUE(MessageDifferencer::Equals(*read[0], vendor));
  EXPECT_TRUE(MessageDifferencer::Equals(*read[1], model));
}

TEST(Packed, RefusesWhatEndsWithinAResource) {
  inventory::v1::Vendor vendor;
  inventory::v1::Model model;
  const std::string bytes = PackedPair(vendor, model);
  for (const size_t size : {size_t{1}, size_t{3}, bytes.size() - 1}) {
    EXPECT_THAT(ReadPacked(bytes.substr(0, size), [](std::unique_ptr<Message>) {}),
                StatusIs(absl::StatusCode::kInternal))
        << size;
  }
  EXPECT_THAT(ReadPacked("", [](std::unique_ptr<Message>) { FAIL(); }), IsOk());
}

TEST(Packed, RefusesAKindThatThereIsNot) {
  const std::string bytes = std::string("\x05Thing\x00", 7);
  EXPECT_THAT(ReadPacked(bytes, [](std::unique_ptr<Message>) {}), StatusIs(absl::StatusCode::kInternal));
}

}  // namespace
}  // namespace linchpin::catalogue
