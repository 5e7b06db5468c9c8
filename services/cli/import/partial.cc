#include "services/cli/import/partial.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/client/errors.h"
#include "services/cli/print/current_resources.h"
#include "services/inventory/catalogue/catalogue.h"
#include "services/inventory/catalogue/entries.h"
#include "services/resource/fields.h"
#include "services/resource/kinds.h"
#include "services/resource/knowledge.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using resource::Document;

const FieldDescriptor& FieldOf(const Message& message, const char* name) {
  return *message.GetDescriptor()->FindFieldByName(name);
}

std::set<std::string> Texts(const Message& message, const FieldDescriptor& list) {
  std::set<std::string> out;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &list); ++i)
    out.insert(message.GetReflection()->GetRepeatedString(message, &list, i));
  return out;
}

// The field that a piece of evidence is about.
std::string EvidencedField(const Message& evidence) {
  const std::string path = evidence.GetReflection()->GetString(evidence, &FieldOf(evidence, "field_path"));
  return path.substr(0, path.find_first_of(".["));
}

// What it is about: that field, or a fact of a resource behind it (`host.provider`).
std::string Evidenced(const Message& resource, const Message& evidence) {
  const std::string path = evidence.GetReflection()->GetString(evidence, &FieldOf(evidence, "field_path"));
  return resource::FindFact(resource.GetDescriptor(), path) != nullptr ? path : EvidencedField(evidence);
}

// Merges one document into what is stored.
class Merger {
 public:
  Merger(const Message& stated, Message& present) : stated_(stated), present_(present) {}

  void Run() {
    for (const FieldDescriptor* field : resource::SetFields(stated_)) {
      const bool apart = field->name() == "name" || field->name() == "known_none" ||
                         field->name() == "evidence" || resource::IsKnowledgeList(*field);
      if (!apart && !resource::IsOutputOnly(*field)) MergeField(*field);
    }
    if (stated_.GetDescriptor()->FindFieldByName("known_none") != nullptr) MergeKnownNone();
    MergeKnowledge();
    if (stated_.GetDescriptor()->FindFieldByName("evidence") != nullptr) MergeEvidence();
  }

 private:
  void MergeField(const FieldDescriptor& field) {
    valued_.insert(std::string(field.name()));
    const std::unique_ptr<Message> before = resource::OnlyField(present_, field);
    // Keys of a map that are there already are replaced by a merge; of all else, only lists would grow.
    if (!field.is_map()) present_.GetReflection()->ClearField(&present_, &field);
    present_.MergeFrom(*resource::OnlyField(stated_, field));
    if (!google::protobuf::util::MessageDifferencer::Equals(*before, *resource::OnlyField(present_, field)))
      changed_.insert(std::string(field.name()));
  }

  void MergeKnownNone() {
    const FieldDescriptor& list = FieldOf(stated_, "known_none");
    std::set<std::string> none = Texts(present_, list);
    for (const std::string& name : valued_) none.erase(name);
    settled_ = valued_;
    for (const std::string& name : Texts(stated_, list)) {
      settled_.insert(name);
      const FieldDescriptor* field = present_.GetDescriptor()->FindFieldByName(name);
      if (none.insert(name).second) changed_.insert(name);
      if (field != nullptr && valued_.count(name) == 0)
        present_.GetReflection()->ClearField(&present_, field);
    }
    present_.GetReflection()->ClearField(&present_, &list);
    for (const std::string& name : none) present_.GetReflection()->AddString(&present_, &list, name);
  }

  // What was open of a fact that is settled now goes; what is stated takes the place of what was said of its
  // fact.
  void MergeKnowledge() {
    resource::DropKnowledge(
        [&](const resource::FactInfo& fact) {
          const bool settled = settled_.count(std::string(fact.holder->name())) > 0;
          if (settled) changed_.insert(fact.path);
          return settled;
        },
        present_);
    for (const FieldDescriptor* field : resource::SetFields(stated_)) {
      if (!resource::IsKnowledgeList(*field)) continue;
      const auto& reflection = *stated_.GetReflection();
      for (int i = 0; i < reflection.FieldSize(stated_, field); ++i)
        MergeEntry(*field, reflection.GetRepeatedMessage(stated_, field, i));
    }
  }

  void MergeEntry(const FieldDescriptor& list, const Message& entry) {
    const auto& reflection = *present_.GetReflection();
    Message* place = nullptr;
    for (int i = 0; i < reflection.FieldSize(present_, &list) && place == nullptr; ++i) {
      Message* const one = reflection.MutableRepeatedMessage(&present_, &list, i);
      if (resource::EntryKey(*one) == resource::EntryKey(entry)) place = one;
    }
    if (place != nullptr && google::protobuf::util::MessageDifferencer::Equals(*place, entry)) return;
    changed_.insert(resource::EntryKey(entry));
    (place != nullptr ? place : reflection.AddMessage(&present_, &list))->CopyFrom(entry);
  }

  void MergeEvidence() {
    const FieldDescriptor& list = FieldOf(stated_, "evidence");
    const std::unique_ptr<Message> before = resource::OnlyField(present_, list);
    const auto& reflection = *present_.GetReflection();
    for (int i = 0; i < reflection.FieldSize(stated_, &list); ++i)
      changed_.insert(Evidenced(stated_, reflection.GetRepeatedMessage(stated_, &list, i)));
    reflection.ClearField(&present_, &list);
    for (const Message* from : {static_cast<const Message*>(before.get()), &stated_}) {
      for (int i = 0; i < reflection.FieldSize(*from, &list); ++i) {
        const Message& item = reflection.GetRepeatedMessage(*from, &list, i);
        if (from == &stated_ ||
            (changed_.count(EvidencedField(item)) == 0 && changed_.count(Evidenced(present_, item)) == 0))
          reflection.AddMessage(&present_, &list)->CopyFrom(item);
      }
    }
  }

  const Message& stated_;
  Message& present_;
  std::set<std::string> valued_;   // fields that get a value
  std::set<std::string> settled_;  // these, and fields that are none now
  std::set<std::string> changed_;  // fields and facts whose evidence does not hold any more
};

// A reference from a document to what no document is.
struct Loose {
  const Document* document;
  std::string field;
  std::string target;
};

std::vector<Loose> LooseReferences(const std::vector<Document>& documents) {
  std::set<std::string> names;
  for (const Document& document : documents) names.insert(document.name());
  std::vector<Loose> loose;
  for (const Document& document : documents) {
    if (document.kind->area != resource::Area::kInventory) continue;
    for (const resource::Reference& reference : resource::References(*document.resource)) {
      if (names.count(reference.target) == 0) loose.push_back({&document, reference.field, reference.target});
    }
  }
  return loose;
}

std::string Nearest(const catalogue::Catalogue& catalogue, const std::string& name) {
  const resource::KindInfo* kind = resource::KindOfName(name);
  std::vector<std::string> names;
  catalogue.ForEach([&](const Message& entry) {
    if (kind != nullptr && entry.GetDescriptor() == kind->descriptor)
      names.emplace_back(resource::IdOf(resource::NameOf(entry)));
  });
  const auto nearest = base::Nearest(resource::IdOf(name), names);
  return nearest ? Cat({"; did you mean `", kind->collection, "/", *nearest, "`?"})
                 : "; write a document for it, too";
}

// Adds what is missing from the catalogue.
absl::Status AddFromCatalogue(Client& client, const std::vector<Loose>& missing, Loaded& loaded) {
  absl::StatusOr<catalogue::Catalogue> catalogue = catalogue::Catalogue::Shipped();
  if (!catalogue.ok()) return catalogue.status();
  std::vector<resource::FileError> errors;
  std::vector<std::string> wanted;
  for (const Loose& loose : missing) {
    if (catalogue->Find(loose.target) != nullptr) {
      wanted.push_back(loose.target);
      continue;
    }
    const Document& document = *loose.document;
    errors.push_back({document.file, resource::Locate(loaded.TextOf(document), document, loose.field),
                      Cat({"`", loose.target, "` is neither in the inventory nor in the catalogue",
                           Nearest(*catalogue, loose.target)})});
  }
  if (!errors.empty()) return FileProblems(errors);
  std::vector<std::unique_ptr<Message>> entries = catalogue::EntriesFor(*catalogue, wanted);
  std::vector<std::string> names;
  names.reserve(entries.size());
  for (const auto& entry : entries) names.push_back(resource::NameOf(*entry));
  auto present = CurrentResources(client, names);
  if (!present.ok()) return present.status();
  std::set<std::string> written;
  for (const Document& document : loaded.documents) written.insert(document.name());
  for (std::unique_ptr<Message>& entry : entries) {
    const std::string& name = resource::NameOf(*entry);
    if (present->count(name) > 0 || written.count(name) > 0) continue;
    Document document;
    document.file = "catalogue";
    document.kind = resource::FindKindOf(entry->GetDescriptor());
    document.resource = std::move(entry);
    loaded.documents.push_back(std::move(document));
  }
  return absl::OkStatus();
}

}  // namespace

void MergeStated(const Message& stated, Message& present) { Merger(stated, present).Run(); }

absl::Status CompleteDocuments(Client& client, Loaded& loaded) {
  std::vector<std::string> names;
  for (const Document& document : loaded.documents) {
    if (IsStored(*document.kind)) names.push_back(document.name());
  }
  const std::vector<Loose> loose = LooseReferences(loaded.documents);
  for (const Loose& one : loose) names.push_back(one.target);
  auto present = CurrentResources(client, names);
  if (!present.ok()) return present.status();
  std::vector<Loose> missing;
  for (const Loose& one : loose) {
    if (present->count(one.target) == 0) missing.push_back(one);
  }
  if (!missing.empty()) {
    if (absl::Status status = AddFromCatalogue(client, missing, loaded); !status.ok()) return status;
  }
  for (Document& document : loaded.documents) {
    const auto found = present->find(document.name());
    if (found == present->end()) continue;
    MergeStated(*document.resource, *found->second);
    document.resource = std::move(found->second);
  }
  return absl::OkStatus();
}

}  // namespace linchpin::cli
