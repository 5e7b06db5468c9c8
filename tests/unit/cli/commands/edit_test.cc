// edit, with programs in place of an editor that change the file.
#include "services/cli/edit/draft.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/base/reasons.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace fs = std::filesystem;
namespace inventory = linchpin::inventory::v1;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class EditTest : public testing::Test {
 protected:
  EditTest() {
    fs::create_directories(folder_);
    setenv("TMPDIR", folder_.c_str(), 1);
    services_.On<inventory::GetVendorRequest, inventory::Vendor>(
        "GetVendor", [](const auto& request, auto& response) -> absl::Status {
          if (request.name() != "vendors/v") return base::NotFound(request.name());
          response.set_name("vendors/v");
          response.set_country("NO");
          response.set_etag("\"7\"");
          response.set_revision(7);
          return absl::OkStatus();
        });
    services_.On<inventory::BatchWriteRequest, inventory::BatchWriteResponse>(
        "BatchWrite", [this](const auto& request, auto& response) -> absl::Status {
          written_.push_back(request.operations(0).upsert().vendor());
          if (written_.size() <= refusals_.size()) return refusals_[written_.size() - 1];
          response.set_revision(8);
          response.add_results()->set_name("vendors/v");
          response.mutable_results(0)->set_action(inventory::BatchWriteResponse::ACTION_UPDATED);
          return absl::OkStatus();
        });
  }
  ~EditTest() override {
    unsetenv("TMPDIR");
    fs::remove_all(folder_);
  }

  // The editor: a shell script that gets the file as $1; `n` counts its runs from 1.
  RunResult Edit(const std::string& script, const std::string& name = "vendors/v") {
    const fs::path program = folder_ / "editor.sh";
    const std::string count = (folder_ / "count").string();
    std::ofstream(program) << "echo x >> '" << count << "'\nn=$(wc -l < '" << count << "')\ncp \"$1\" '"
                           << folder_.string() << "'/seen$n\n"
                           << script << "\n";
    return RunWith(services_, {"edit", name}, "", {{"EDITOR", "sh '" + program.string() + "'"}});
  }
  std::string Seen(int n) const {
    std::ifstream file(folder_ / ("seen" + std::to_string(n)));
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  // Files that `edit` has left.
  std::string Left() const {
    for (const auto& entry : fs::directory_iterator(folder_)) {
      if (entry.path().filename().string().rfind("linchpin-", 0) == 0) return entry.path().string();
    }
    return "";
  }

  const fs::path folder_ = fs::path(testing::TempDir()) / "edit test";
  FakeServices services_;
  std::vector<inventory::Vendor> written_;
  std::vector<absl::Status> refusals_;
};

TEST_F(EditTest, WritesTheChangeWithTheMarkOfTheVersionThatWasRead) {
  const RunResult result = Edit("sed -i 's/\"NO\"/SE/' \"$1\"");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "vendors/v updated\n");
  ASSERT_EQ(written_.size(), 1u);
  EXPECT_EQ(written_[0].country(), "SE");
  EXPECT_EQ(written_[0].etag(), "\"7\"");
  EXPECT_THAT(Seen(1), HasSubstr("kind: Vendor\nname: vendors/v\ncountry: \"NO\"\n"));
  EXPECT_THAT(Seen(1), Not(HasSubstr("etag")));
  EXPECT_EQ(Left(), "");
}

TEST_F(EditTest, DoesNothingIfNothingIsChanged) {
  for (const char* script :
       {"true", "printf '\\n# a remark\\n' >> \"$1\"", ": > \"$1\"", "sed -i '/^[^#]/d' \"$1\""}) {
    const RunResult result = Edit(script);
    EXPECT_EQ(result.code, 0) << script;
    EXPECT_EQ(result.err, "vendors/v is as it was; nothing was written\n") << script;
  }
  EXPECT_THAT(written_, IsEmpty());
  EXPECT_EQ(Left(), "");
}

TEST_F(EditTest, ShowsWhatIsWrongInTheFileThatOpensAgain) {
  const RunResult result = Edit(
      "if [ $n = 1 ]; then sed -i 's/^country/contry/' \"$1\"; else sed -i 's/^contry.*/country: SE/' "
      "\"$1\"; fi");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(Seen(2),
              HasSubstr("# It was not written:\n# * line 9: `contry` is not a field of Vendor; did you mean "
                        "`country`?\napiVersion"));
  std::istringstream lines(Seen(2));
  std::string line;
  for (int i = 0; i < 9; ++i) std::getline(lines, line);
  EXPECT_EQ(line.rfind("contry", 0), 0u) << "the line that is named";
  EXPECT_EQ(written_.back().country(), "SE");
}

TEST_F(EditTest, ShowsWhatTheServerRefuses) {
  refusals_ = {base::FieldError("operations[0].upsert.vendor.country", "`SE` is embargoed")};
  const RunResult result =
      Edit("if [ $n = 1 ]; then sed -i 's/\"NO\"/SE/' \"$1\"; else sed -i 's/SE$/FI/' \"$1\"; fi");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(Seen(2), HasSubstr("line 9: vendors/v: `country` `SE` is embargoed"));
  EXPECT_EQ(written_.back().country(), "FI");
}

TEST_F(EditTest, KeepsTheTextWhereSomebodyElseWasFirst) {
  refusals_ = {
      base::Error(base::reason::EtagMismatch{.name = "vendors/v"}, "`vendors/v` has been written since")};
  const RunResult result = Edit("sed -i 's/\"NO\"/SE/' \"$1\"");
  EXPECT_EQ(result.code, 6);
  EXPECT_THAT(result.err, HasSubstr("Your text is in " + Left()));
  EXPECT_THAT(result.err, HasSubstr("ETAG_MISMATCH"));
  std::ifstream file(Left());
  EXPECT_THAT(std::string(std::istreambuf_iterator<char>(file), {}), HasSubstr("country: SE"));
  EXPECT_EQ(written_.size(), 1u) << "it is not tried again";
}

TEST_F(EditTest, GivesUpWhereTheTextStaysWrong) {
  const RunResult result = Edit("if [ $n = 1 ]; then sed -i 's/^country/contry/' \"$1\"; fi");
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("Your text is in "));
  EXPECT_THAT(written_, IsEmpty());
}

TEST_F(EditTest, DoesNotRenameOrTakeSeveralDocuments) {
  Edit("if [ $n = 1 ]; then sed -i 's,vendors/v$,vendors/w,' \"$1\"; fi");
  EXPECT_THAT(Seen(2), HasSubstr("a name cannot be changed, it is vendors/v"));
  fs::remove(folder_ / "count");
  Edit(
      "if [ $n = 1 ]; then printf -- '---\\napiVersion: linchpin/v1\\nkind: Vendor\\nname: vendors/x\\n' >> "
      "\"$1\"; fi");
  EXPECT_THAT(Seen(2), HasSubstr("holds 2 documents; leave the one of vendors/v"));
  EXPECT_THAT(written_, IsEmpty());
}

TEST_F(EditTest, SaysThatAnEditorFailsOrIsNotThere) {
  EXPECT_THAT(Edit("exit 3").err, HasSubstr("has failed; nothing was written"));
  const RunResult none =
      RunWith(services_, {"edit", "vendors/v"}, "", {{"EDITOR", "/no/such-editor 2>/dev/null"}});
  EXPECT_THAT(none.err, HasSubstr("cannot be started; set EDITOR"));
  EXPECT_EQ(none.code, 2);
  EXPECT_EQ(Left(), "");
}

TEST_F(EditTest, ReadsWhatIsThereOnly) {
  EXPECT_EQ(Edit("true", "vendors/none").code, 4);
  EXPECT_EQ(RunWith(services_, {"edit", "vendors"}).code, 2);
}

}  // namespace
}  // namespace linchpin::cli
