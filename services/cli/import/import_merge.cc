#include "services/cli/import/import_merge.h"

#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "linchpin/common/v1/knowledge.pb.h"
#include "linchpin/common/v1/provenance.pb.h"
#include "services/base/text.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/knowledge_text.h"
#include "services/inventory/importers/import_record.h"
#include "services/resource/fields.h"
#include "services/resource/knowledge.h"

namespace linchpin::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using importers::ImportRecord;
using linchpin::common::v1::Bound;
using linchpin::common::v1::Evidence;

std::vector<Evidence> EvidenceOf(const Message& resource) {
  std::vector<Evidence> out;
  const FieldDescriptor* field = resource.GetDescriptor()->FindFieldByName("evidence");
  if (field == nullptr) return out;
  for (int i = 0; i < resource.GetReflection()->FieldSize(resource, field); ++i) {
    out.push_back(
        static_cast<const Evidence&>(resource.GetReflection()->GetRepeatedMessage(resource, field, i)));
  }
  return out;
}

std::string TopField(const std::string& path) { return path.substr(0, path.find_first_of(".[")); }

// What evidence of that path is about: a field, or a fact of a resource behind it (`host.provider`).
std::string SubjectOf(const Message& resource, const std::string& path) {
  return resource::FindFact(resource.GetDescriptor(), path) != nullptr ? path : TopField(path);
}

// Whether each entry of the field is decided by itself.
bool IsKeyed(const FieldDescriptor& field) { return field.is_map() || resource::IsKnowledgeList(field); }

void CopyField(const Message& from, const FieldDescriptor& field, Message& to) {
  // Merging one field by way of a message that holds only that field.
  std::vector<const FieldDescriptor*> others;
  std::unique_ptr<Message> one(from.New());
  one->CopyFrom(from);
  one->GetReflection()->ListFields(*one, &others);
  for (const FieldDescriptor* other : others) {
    if (other != &field) one->GetReflection()->ClearField(one.get(), other);
  }
  to.GetReflection()->ClearField(&to, &field);
  to.MergeFrom(*one);
}

void SetEvidence(const std::vector<Evidence>& evidence, Message& resource) {
  const FieldDescriptor* field = resource.GetDescriptor()->FindFieldByName("evidence");
  resource.GetReflection()->ClearField(&resource, field);
  for (const Evidence& item : evidence)
    resource.GetReflection()->AddMessage(&resource, field)->CopyFrom(item);
}

// The entry of a keyed field; null if there is none.
const Message* FindKey(const Message& resource, const FieldDescriptor& field, const std::string& key) {
  const auto& reflection = *resource.GetReflection();
  for (int i = 0; i < reflection.FieldSize(resource, &field); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(resource, &field, i);
    if (resource::EntryKey(entry) == key) return &entry;
  }
  return nullptr;
}

// Makes one key of a keyed field in `to` as it is in `from`.
void CopyKey(const Message& from, const FieldDescriptor& field, const std::string& key, Message& to) {
  std::unique_ptr<Message> kept(to.New());
  const auto& reflection = *to.GetReflection();
  for (int i = 0; i < reflection.FieldSize(to, &field); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(to, &field, i);
    if (resource::EntryKey(entry) != key) reflection.AddMessage(kept.get(), &field)->CopyFrom(entry);
  }
  if (const Message* entry = FindKey(from, field, key))
    reflection.AddMessage(kept.get(), &field)->CopyFrom(*entry);
  CopyField(*kept, field, to);
}

// A field, or a key of a keyed field, of one type of message.
struct FieldKey {
  const FieldDescriptor* field;
  std::string key;  // of a keyed field
};

FieldKey FieldKeyOfPath(const Message& resource, const std::string& path) {
  const size_t dot = path.find('.');
  return {resource.GetDescriptor()->FindFieldByName(path.substr(0, dot)),
          dot == std::string::npos ? "" : path.substr(dot + 1)};
}

// The value for people, where it is one word.
std::string TextOf(const Message& resource, const FieldKey& place) {
  const auto& reflection = *resource.GetReflection();
  if (IsKeyed(*place.field)) {
    const Message* const entry = FindKey(resource, *place.field, place.key);
    if (entry == nullptr) return "";
    if (!place.field->is_map()) return ValuesText(*entry);
    return entry->GetReflection()->GetString(*entry, place.field->message_type()->map_value());
  }
  if (place.field->is_repeated()) return "";
  if (place.field->cpp_type() == FieldDescriptor::CPPTYPE_STRING)
    return reflection.GetString(resource, place.field);
  if (place.field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM)
    return FlagWord(*place.field->enum_type(), reflection.GetEnumValue(resource, place.field));
  return "";
}

std::optional<std::string> DigestAt(const ImportRecord& record, const std::string& path) {
  const auto found = record.find(path);
  return found == record.end() ? std::nullopt : std::optional(found->second);
}

bool LeftByImport(const Evidence& evidence) {
  return evidence.source() == Evidence::SOURCE_IMPORTED || evidence.source() == Evidence::SOURCE_INFERRED;
}

// Names in `known_none` whose field has a value now.
void DropContradictions(Message& resource) {
  const FieldDescriptor* list = resource.GetDescriptor()->FindFieldByName("known_none");
  const auto& r = *resource.GetReflection();
  std::vector<std::string> kept;
  for (int i = 0; i < r.FieldSize(resource, list); ++i) {
    const std::string name = r.GetRepeatedString(resource, list, i);
    const FieldDescriptor* field = resource.GetDescriptor()->FindFieldByName(name);
    const bool set = field != nullptr &&
                     (field->is_repeated() ? r.FieldSize(resource, field) > 0 : r.HasField(resource, field));
    if (!set) kept.push_back(name);
  }
  r.ClearField(&resource, list);
  for (const std::string& name : kept) r.AddString(&resource, list, name);
}

// Decides field by field.
class Merger {
 public:
  Merger(const Message& imported, bool overwrite, Message& present)
      : imported_(imported),
        present_(present),
        overwrite_(overwrite),
        file_(importers::RecordOf(imported)),
        written_(file_),
        now_(importers::RecordOf(present)),
        last_(importers::StoredRecord(present)) {
    for (const Evidence& item : EvidenceOf(present)) {
      if (item.source() == Evidence::SOURCE_DECLARED) declared_.insert(SubjectOf(present, item.field_path()));
    }
  }

  std::vector<KeptEdit> Run() {
    std::set<std::string> paths;
    for (const auto& [path, digest] : file_) paths.insert(path);
    if (last_.has_value()) {
      for (const auto& [path, digest] : *last_) paths.insert(path);
    }
    // Values first: they decide what can still be said of a fact.
    for (const bool knowledge : {false, true}) {
      for (const std::string& path : paths) {
        const FieldKey place = FieldKeyOfPath(present_, path);
        if (place.field == nullptr) continue;  // recorded by another version
        if (resource::IsKnowledgeList(*place.field) == knowledge) Merge(path, place);
      }
    }
    resource::DropKnowledge(
        [&](const resource::FactInfo& fact) { return resource::IsSettled(present_, fact); }, present_);
    MergeEvidence();
    DropContradictions(present_);
    importers::StoreRecord(written_, present_);
    return std::move(edits_);
  }

 private:
  // Whether a fact that the place is about is settled by a value.
  bool IsVoid(const FieldKey& place) const {
    const resource::FactInfo* const fact = resource::IsKnowledgeList(*place.field)
                                               ? resource::FindFact(present_.GetDescriptor(), place.key)
                                               : nullptr;
    return fact != nullptr && resource::IsSettled(present_, *fact);
  }

  // Whether somebody said, since the last import, that the field cannot have the file's value.
  bool IsExcludedByHand(const FieldKey& place) const {
    const resource::FactInfo* const fact =
        resource::FindFact(present_.GetDescriptor(), std::string(place.field->name()));
    if (fact == nullptr || IsKeyed(*place.field)) return false;
    const FieldDescriptor& bounds = *present_.GetDescriptor()->FindFieldByName("bounds");
    const Message* const bound = FindKey(present_, bounds, fact->path);
    const std::string path = base::Cat({"bounds.", fact->path});
    if (bound == nullptr || (last_.has_value() && DigestAt(now_, path) == DigestAt(*last_, path)))
      return false;
    const std::optional<std::string> value = resource::StatedValue(imported_, *fact);
    return value.has_value() && !resource::Admits(static_cast<const Bound&>(*bound), *fact, *value);
  }

  void Merge(const std::string& path, const FieldKey& place) {
    if (IsVoid(place)) {
      // What the import left about it was about what was open.
      if (decided_.count(place.key) == 0 && kept_.count(place.key) == 0) outdated_.insert(place.key);
      return;
    }
    const bool knowledge = resource::IsKnowledgeList(*place.field);
    const auto file = DigestAt(file_, path), now = DigestAt(now_, path);
    const std::string top = knowledge ? place.key : std::string(place.field->name());
    const bool untouched = last_.has_value() ? now == DigestAt(*last_, path) : !now.has_value();
    const bool fixed = declared_.count(top) > 0;
    const bool overwrite = overwrite_ && file.has_value();
    const bool excluded = untouched && file.has_value() && IsExcludedByHand(place);
    const bool take = file == now || overwrite || (untouched && !fixed && !excluded);
    if (excluded && !take) written_.erase(path);
    if (!take) {
      (knowledge ? outdated_ : kept_).insert(top);
      if (file.has_value()) edits_.push_back({path, TextOf(present_, place), TextOf(imported_, place)});
      return;
    }
    if (!fixed || overwrite) decided_.insert(top);
    if (file == now) return;
    if (IsKeyed(*place.field)) {
      CopyKey(imported_, *place.field, place.key, present_);
    } else {
      CopyField(imported_, *place.field, present_);
    }
  }

  void MergeEvidence() {
    std::vector<Evidence> evidence;
    for (Evidence& item : EvidenceOf(present_)) {
      const std::string top = SubjectOf(present_, item.field_path());
      if (outdated_.count(top) > 0 && LeftByImport(item)) continue;
      if (kept_.count(top) > 0 && LeftByImport(item)) {
        if (declared_.insert(top).second) evidence.push_back(ByHand(top));
      } else if (kept_.count(top) > 0 || decided_.count(top) == 0) {
        evidence.push_back(std::move(item));
      }
    }
    for (const Evidence& item : EvidenceOf(imported_)) {
      const std::string top = SubjectOf(present_, item.field_path());
      if (outdated_.count(top) > 0) continue;
      if (kept_.count(top) == 0 && decided_.count(top) > 0) evidence.push_back(item);
    }
    SetEvidence(evidence, present_);
  }

  static Evidence ByHand(const std::string& field) {
    Evidence evidence;
    evidence.set_field_path(field);
    evidence.set_source(Evidence::SOURCE_DECLARED);
    evidence.set_note("changed by hand after an import");
    return evidence;
  }

  const Message& imported_;
  Message& present_;
  const bool overwrite_;
  const ImportRecord file_;                 // what the file says now
  ImportRecord written_;                    // this, but for values that a bound of people excludes
  const ImportRecord now_;                  // what is stored
  const std::optional<ImportRecord> last_;  // what the last import wrote
  std::set<std::string> declared_;          // fields whose evidence says that somebody declared them
  std::set<std::string> kept_;              // fields with a hand edit
  std::set<std::string> outdated_;          // facts with a hand edit of what is open about them
  std::set<std::string> decided_;           // fields and facts whose evidence is the file's
  std::vector<KeptEdit> edits_;
};

}  // namespace

std::vector<KeptEdit> MergeImported(const Message& imported, bool overwrite, Message& present) {
  return Merger(imported, overwrite, present).Run();
}

}  // namespace linchpin::cli
