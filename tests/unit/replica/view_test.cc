// Views against a plain map: whatever is written, in whatever order, the two agree, and old views stay as
// they were.
#include "services/replica/view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/engine/graph/graph.h"
#include "services/replica/view_editor.h"
#include "services/replica/wire/wire_references.h"
#include "tests/unit/replica/documents.h"

namespace linchpin::replica {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Name to body.
using Model = std::map<std::string, std::string>;

std::vector<std::string> TargetsIn(const std::string& name, const std::string& body) {
  std::vector<std::string> targets;
  for (std::string_view target : WireReferences(*resource::KindOfName(name), body))
    targets.emplace_back(target);
  const std::string parent(resource::ParentName(name));
  if (!parent.empty()) targets.push_back(parent);
  return targets;
}

void ExpectSame(const View& view, const Model& model) {
  std::map<std::string, std::set<std::string>> referrers;
  for (const auto& [name, body] : model) {
    const std::optional<DocumentRef> document = view.Find(name);
    ASSERT_TRUE(document.has_value()) << name;
    EXPECT_EQ(document->body, body) << name;
    EXPECT_EQ(document->name, name);
    for (const std::string& target : TargetsIn(name, body)) referrers[target].insert(name);
  }
  EXPECT_EQ(view.Count(), static_cast<int64_t>(model.size()));
  for (const resource::KindInfo* kind : resource::Kinds()) {
    std::vector<std::string> expected, found;
    for (const auto& [name, body] : model) {
      if (resource::KindOfName(name) == kind) expected.push_back(name);
    }
    view.ForEach(*kind, [&](const DocumentRef& document) { found.emplace_back(document.name); });
    EXPECT_EQ(found, expected) << kind->kind;
    EXPECT_EQ(view.Count(*kind), static_cast<int64_t>(expected.size()));
  }
  for (const std::string prefix : {"", "v", "vendors/n1", "applications/n1/dependencies/", "z"}) {
    EXPECT_EQ(view.CountWithPrefix(prefix),
              static_cast<int64_t>(view.NamesWithPrefix(prefix, 1'000'000).size()))
        << prefix;
  }
  for (const auto& [target, sources] : referrers) {
    EXPECT_EQ(view.Referrers(target, 1'000'000), std::vector<std::string>(sources.begin(), sources.end()))
        << target;
    EXPECT_EQ(view.Referrers(target, 1), std::vector<std::string>({*sources.begin()})) << target;
  }
}

class RandomWrites {
 public:
  explicit RandomWrites(unsigned seed) : random_(seed) {}

  // Changes `model` and returns the edits that do the same.
  std::vector<DocumentEdit> Make(int count, Model& model) {
    std::vector<DocumentEdit> edits;
    for (int i = 0; i < count; ++i) {
      const std::string& name = Keep(RandomName());
      if (model.contains(name) && Draw(3) == 0) {
        model.erase(name);
        edits.push_back(Remove(name));
      } else {
        const std::string& body = Keep(BodyFor(name));
        model[name] = body;
        edits.push_back(Put(name, body));
      }
    }
    return edits;
  }

 private:
  int Draw(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
  const std::string& Keep(std::string text) { return *kept_.insert(std::move(text)).first; }

  std::string RandomName() {
    const std::string number = absl::StrCat("n", Draw(300));
    switch (Draw(4)) {
      case 0:
        return "vendors/" + number;
      case 1:
        return "deployments/" + number;
      case 2:
        return "applications/" + number;
      default:
        return absl::StrCat("applications/n", Draw(40), "/dependencies/", number);
    }
  }
  std::string BodyFor(const std::string& name) {
    if (name.starts_with("vendors/"))
      return VendorBody(name, "", std::string(static_cast<size_t>(Draw(90)), 'x'));
    if (name.starts_with("deployments/")) return DeploymentBody(name);
    if (name.find("/dependencies/") == std::string::npos) return ApplicationBody(name);
    std::vector<std::string> targets = {absl::StrCat("deployments/n", Draw(5)),
                                        absl::StrCat("applications/n", Draw(40))};
    return DependencyBody(name, targets);
  }

  std::mt19937 random_;
  std::set<std::string> kept_;
};

TEST(View, AgreesWithAMapUnderRandomWritesAndOldViewsStay) {
  RandomWrites writes(7);
  Model model;
  std::vector<std::pair<std::shared_ptr<const View>, Model>> past;
  auto view = std::make_shared<const View>();
  for (int round = 0; round < 60; ++round) {
    const std::vector<DocumentEdit> edits = writes.Make(round % 3 == 0 ? 1 : 150, model);
    ViewEditor editor(*view);
    editor.Apply(edits, round + 1, absl::UnixEpoch());
    view = editor.Finish();
    EXPECT_EQ(view->revision(), round + 1);
    if (round % 10 == 0) past.emplace_back(view, model);
  }
  ExpectSame(*view, model);
  for (const auto& [old, then] : past) ExpectSame(*old, then);
}

TEST(View, LoadedInBulkIsTheSameAsWrittenOneByOne) {
  RandomWrites writes(11);
  Model model;
  writes.Make(5000, model);
  ViewLoader loader;
  for (const auto& [name, body] : model) EXPECT_TRUE(loader.Add(Put(name, body).document)) << name;
  const std::shared_ptr<const View> view = loader.Finish(9, absl::UnixEpoch());
  ExpectSame(*view, model);
  EXPECT_EQ(view->revision(), 9);
}

TEST(View, ALoaderRefusesNamesOutOfOrder) {
  ViewLoader loader;
  const std::string b = VendorBody("vendors/b"), a = VendorBody("vendors/a");
  EXPECT_TRUE(loader.Add(Put("vendors/b", b).document));
  EXPECT_FALSE(loader.Add(Put("vendors/b", b).document));
  EXPECT_FALSE(loader.Add(Put("vendors/a", a).document));
  EXPECT_FALSE(loader.Add(Put("nothing", a).document));
}

TEST(View, ShrinksToNothing) {
  Model model;
  RandomWrites writes(3);
  ViewEditor fill((View()));
  fill.Apply(writes.Make(3000, model), 1, absl::UnixEpoch());
  const auto full = fill.Finish();
  std::vector<DocumentEdit> edits;
  for (const auto& [name, body] : model) edits.push_back(Remove(name));
  ViewEditor empty(*full);
  empty.Apply(edits, 2, absl::UnixEpoch());
  const auto view = empty.Finish();
  EXPECT_EQ(view->Count(), 0);
  EXPECT_THAT(view->Referrers("deployments/n1", 10), IsEmpty());
  ExpectSame(*full, model);
}

TEST(View, NamesWithPrefixCrossKindsInOrder) {
  const std::string a = ApplicationBody("applications/a"), ab = ApplicationBody("applications/a-b"),
                    d = DependencyBody("applications/a/dependencies/d", {});
  ViewEditor editor((View()));
  editor.Apply(std::vector<DocumentEdit>{Put("applications/a/dependencies/d", d), Put("applications/a-b", ab),
                                         Put("applications/a", a)},
               1, absl::UnixEpoch());
  const auto view = editor.Finish();
  EXPECT_THAT(view->NamesWithPrefix("applications/a/", 10), ElementsAre("applications/a/dependencies/d"));
  EXPECT_THAT(view->NamesWithPrefix("applications/a", 10),
              ElementsAre("applications/a", "applications/a-b", "applications/a/dependencies/d"));
  EXPECT_THAT(view->NamesWithPrefix("applications/a", 1), ElementsAre("applications/a"));
}

TEST(View, ParsesWithOutputOnlyFields) {
  const std::string body = VendorBody("vendors/a", "", "A");
  DocumentEdit edit = Put("vendors/a", body, 7);
  edit.document.create_time_us = 1'500'000;
  edit.document.update_time_us = -500'000;
  ViewEditor editor((View()));
  editor.Apply(std::vector<DocumentEdit>{edit}, 7, absl::UnixEpoch());
  const auto view = editor.Finish();
  const std::optional<inventory::v1::Vendor> vendor = view->Parse<inventory::v1::Vendor>("vendors/a");
  ASSERT_TRUE(vendor.has_value());
  EXPECT_EQ(vendor->display_name(), "A");
  EXPECT_EQ(vendor->revision(), 7);
  EXPECT_EQ(vendor->etag(), "\"7\"");
  EXPECT_EQ(vendor->create_time().seconds(), 1);
  EXPECT_EQ(vendor->create_time().nanos(), 500'000'000);
  EXPECT_EQ(vendor->update_time().seconds(), -1);
  EXPECT_EQ(vendor->update_time().nanos(), 500'000'000);
  EXPECT_FALSE(view->Parse<inventory::v1::Application>("vendors/a").has_value());
}

TEST(View, ItsGraphFollowsTheDocuments) {
  const std::string a = ApplicationBody("applications/a"), m = DeploymentBody("deployments/m"),
                    d = DependencyBody("applications/a/dependencies/d", {"deployments/m"});
  ViewEditor editor((View()));
  editor.Apply(std::vector<DocumentEdit>{Put("applications/a/dependencies/d", d), Put("applications/a", a),
                                         Put("deployments/m", m)},
               4, absl::UnixEpoch());
  const auto view = editor.Finish();
  EXPECT_THAT(*view->quarantine(), IsEmpty());
  EXPECT_EQ(view->graph().revision(), 4);
  EXPECT_EQ(view->graph().consumers().size(), 1u);
  EXPECT_EQ(view->graph().consumers().group_count(), 1u);
  ViewEditor next(*view);
  next.Apply(std::vector<DocumentEdit>{Remove("applications/a/dependencies/d")}, 5, absl::UnixEpoch());
  const auto after = next.Finish();
  EXPECT_EQ(after->graph().consumers().group_count(), 0u);
  EXPECT_EQ(view->graph().consumers().group_count(), 1u);
}

// The edits of one revision, on top of a view.
std::shared_ptr<const View> After(const View& base, const std::vector<DocumentEdit>& edits,
                                  int64_t revision) {
  ViewEditor editor(base);
  editor.Apply(edits, revision, absl::UnixEpoch());
  return editor.Finish();
}

std::vector<std::string> NamesIn(const Quarantine& quarantine) {
  std::vector<std::string> names;
  for (const auto& [name, reason] : quarantine) names.push_back(name);
  return names;
}

// Qualities that rise, which the graph refuses.
std::string PoisonedDependency(const std::string& name) {
  inventory::v1::Dependency dependency;
  dependency.set_name(name);
  for (const int quality : {1, 2}) {
    auto* alternative = dependency.add_alternatives();
    alternative->set_target("deployments/m");
    alternative->set_quality_ppm(quality);
  }
  return dependency.SerializeAsString();
}

class QuarantineTest : public ::testing::Test {
 protected:
  const std::string a_ = ApplicationBody("applications/a"), m_ = DeploymentBody("deployments/m"),
                    good_ = DependencyBody("applications/a/dependencies/d", {"deployments/m"}),
                    bad_ = PoisonedDependency("applications/a/dependencies/d"),
                    other_ = DependencyBody("applications/a/dependencies/o", {"deployments/m"});
  const std::shared_ptr<const View> start_ =
      After(View(), {Put("applications/a", a_), Put("deployments/m", m_)}, 1);
};

TEST_F(QuarantineTest, ADependencyThatTheGraphRefusesIsLeftOutAndTheRestGoesOn) {
  auto view = After(*start_, {Put("applications/a/dependencies/d", good_)}, 2);
  view = After(*view,
               {Put("applications/a/dependencies/d", bad_), Put("applications/a/dependencies/o", other_)}, 3);
  EXPECT_THAT(NamesIn(*view->quarantine()), ElementsAre("applications/a/dependencies/d"));
  EXPECT_THAT(view->quarantine()->begin()->second, HasSubstr("quality rises"));
  EXPECT_EQ(view->graph().revision(), 3);
  EXPECT_EQ(view->graph().consumers().group_count(), 1u) << "what it was before is not left in the graph";
  EXPECT_TRUE(view->Contains("applications/a/dependencies/d"));
  // Revisions go on, and the same quarantine is handed on.
  const auto next = After(*view, {Put("applications/a", a_)}, 4);
  EXPECT_EQ(next->graph().revision(), 4);
  EXPECT_EQ(next->quarantine(), view->quarantine());
  // A correction ends it, and so does a delete.
  EXPECT_THAT(*After(*next, {Put("applications/a/dependencies/d", good_)}, 5)->quarantine(), IsEmpty());
  EXPECT_THAT(*After(*next, {Remove("applications/a/dependencies/d")}, 5)->quarantine(), IsEmpty());
}

TEST_F(QuarantineTest, AnyOtherDocumentStandsThereUnknown) {
  const std::string garbage = "\xff", v = VendorBody("vendors/v"), w = VendorBody("vendors/w", "vendors/v");
  const auto view = After(*start_, {Put("vendors/v", garbage), Put("vendors/w", w)}, 2);
  EXPECT_THAT(NamesIn(*view->quarantine()), ElementsAre("vendors/v"));
  const auto& vendors = view->graph().vendors();
  ASSERT_TRUE(vendors.Find("vendors/v").has_value());
  EXPECT_EQ(vendors[*vendors.Find("vendors/w")].parent.value(), *vendors.Find("vendors/v"));
  EXPECT_THAT(*After(*view, {Put("vendors/v", v)}, 3)->quarantine(), IsEmpty());
}

TEST_F(QuarantineTest, OneIsTriedAgainAtEachRevision) {
  // Vendors that are each other's parents: the cycle stays out by one edge.
  const std::string v = VendorBody("vendors/v", "vendors/w"), w = VendorBody("vendors/w", "vendors/v"),
                    free = VendorBody("vendors/v"), loop = VendorBody("vendors/x", "vendors/x");
  auto view = After(*start_, {Put("vendors/v", v), Put("vendors/w", w), Put("vendors/x", loop)}, 2);
  EXPECT_THAT(NamesIn(*view->quarantine()), ElementsAre("vendors/w", "vendors/x"));
  view = After(*view, {Put("vendors/v", free)}, 3);
  for (int64_t revision = 4; revision < 6; ++revision)
    view = After(*view, {Put("applications/a", a_)}, revision);
  EXPECT_THAT(NamesIn(*view->quarantine()), ElementsAre("vendors/x"));
  const auto& vendors = view->graph().vendors();
  EXPECT_TRUE(vendors[*vendors.Find("vendors/w")].parent.has_value());
}

TEST_F(QuarantineTest, ALoadQuarantinesToo) {
  ViewLoader loader;
  std::vector<std::string> names, bodies;
  for (int i = 100; i < 400; ++i) {
    names.push_back(absl::StrCat("applications/a/dependencies/d", i));
    bodies.push_back(i % 100 == 7 ? PoisonedDependency(names.back())
                                  : DependencyBody(names.back(), {"deployments/m"}));
  }
  ASSERT_TRUE(loader.Add(Put("deployments/m", m_).document));
  ASSERT_TRUE(loader.Add(Put("applications/a", a_).document));
  for (size_t i = 0; i < names.size(); ++i) ASSERT_TRUE(loader.Add(Put(names[i], bodies[i]).document));
  const auto view = loader.Finish(9, absl::UnixEpoch());
  EXPECT_THAT(NamesIn(*view->quarantine()),
              ElementsAre("applications/a/dependencies/d107", "applications/a/dependencies/d207",
                          "applications/a/dependencies/d307"));
  EXPECT_EQ(view->graph().consumers().group_count(), 297u);
  EXPECT_EQ(view->graph().revision(), 9);
}

TEST(Document, EveryKindHasItsOutputOnlyFieldsUnderTheNumbersThatTheWireFormUses) {
  DocumentRef document;
  document.revision = 3;
  document.create_time_us = 1'000'000;
  document.update_time_us = 2'000'000;
  for (const resource::KindInfo* kind : resource::Kinds()) {
    if (kind->area != resource::Area::kInventory) continue;
    const auto message = kind->New();
    ASSERT_TRUE(ParseInto(document, *message)) << kind->kind;
    const auto* reflection = message->GetReflection();
    EXPECT_EQ(reflection->GetInt64(*message, kind->descriptor->FindFieldByName("revision")), 3) << kind->kind;
    EXPECT_EQ(reflection->GetString(*message, kind->descriptor->FindFieldByName("etag")), "\"3\"")
        << kind->kind;
    EXPECT_TRUE(reflection->HasField(*message, kind->descriptor->FindFieldByName("create_time")))
        << kind->kind;
    EXPECT_TRUE(reflection->GetUnknownFields(*message).empty()) << kind->kind;
    EXPECT_EQ(kind->descriptor->FindFieldByName("name")->number(), 1) << kind->kind;
  }
}

// Sets every reference field that a message has, to names that differ.
void FillReferences(google::protobuf::Message& message, int depth, int& number) {
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const auto* field = message.GetDescriptor()->field(i);
    if (field->is_map()) continue;
    if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE && depth > 0) {
      for (int k = 0; k < (field->is_repeated() ? 2 : 1); ++k) {
        FillReferences(field->is_repeated() ? *reflection->AddMessage(&message, field)
                                            : *reflection->MutableMessage(&message, field),
                       depth - 1, number);
      }
    } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING &&
               field->name() != "name") {
      const std::string text = absl::StrCat("vendors/v", number++ % 50);
      if (field->is_repeated()) {
        reflection->AddString(&message, field, text);
      } else {
        reflection->SetString(&message, field, text);
      }
    }
  }
}

TEST(WireReferences, AgreeWithReflectionOnEveryKind) {
  int number = 0;
  for (const resource::KindInfo* kind : resource::Kinds()) {
    if (kind->area != resource::Area::kInventory) continue;
    const auto message = kind->New();
    FillReferences(*message, 2, number);
    std::set<std::string> expected, found;
    for (const resource::Reference& reference : resource::References(*message))
      expected.insert(reference.target);
    const std::string body = message->SerializeAsString();
    for (std::string_view target : WireReferences(*kind, body)) found.insert(std::string(target));
    EXPECT_EQ(found, expected) << kind->kind;
  }
}

TEST(WireReferences, LeaveOutValuesOfFactsThatAreNoNames) {
  inventory::v1::Deployment deployment;
  auto* const bound = deployment.add_bounds();
  for (const char* value : {"none", "US", "vendors/a", "", "vendors/"}) bound->add_one_of(value);
  const std::string body = deployment.SerializeAsString();
  EXPECT_THAT(WireReferences(*resource::FindKind("Deployment"), body), ElementsAre("vendors/a"));
}

}  // namespace
}  // namespace linchpin::replica
