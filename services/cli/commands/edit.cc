#include "services/cli/commands/edit.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/client/batch.h"
#include "services/cli/client/outcome.h"
#include "services/cli/client/refusal.h"
#include "services/cli/commands.h"
#include "services/cli/commands/resources.h"
#include "services/cli/context.h"
#include "services/cli/edit/draft.h"
#include "services/cli/files.h"
#include "services/resource/document.h"
#include "services/resource/yaml/yaml_writer.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using google::protobuf::Message;

constexpr size_t kDraftBytesMax = size_t{4} << 20;  // a document's limit

// What the file holds, checked as far as that goes without a server.
struct Draft {
  Loaded loaded;  // One document, where there are no complaints.
  std::vector<Complaint> complaints;
};

std::string EditorOf(const Context& context) {
  for (const char* name : {"LINCHPIN_EDITOR", "VISUAL", "EDITOR"}) {
    const auto editor =
        context.arguments.environment ? context.arguments.environment(name) : std::optional<std::string>();
    if (editor && !editor->empty()) return *editor;
  }
  return "vi";
}

Draft ReadDraft(const std::string& path, const std::string& name, std::string_view text) {
  Draft draft;
  if (text.size() > kDraftBytesMax) {
    draft.complaints.push_back({0, "the text is larger than 4 MiB"});
    return draft;
  }
  resource::ReadResult read = resource::ReadAll(path, text);
  for (const resource::FileError& error : read.errors)
    draft.complaints.push_back({error.at.line, error.message});
  if (!draft.complaints.empty()) return draft;
  if (read.documents.size() != 1) {
    draft.complaints.push_back({0, Cat({"the text holds ", std::to_string(read.documents.size()),
                                        " documents; leave the one of ", name})});
  } else if (read.documents[0].name() != name) {
    draft.complaints.push_back(
        {read.documents[0].at.line,
         Cat({"the name is ", read.documents[0].name(), "; a name cannot be changed, it is ", name})});
  }
  draft.loaded.files.push_back({path, std::string(text)});
  draft.loaded.documents = std::move(read.documents);
  return draft;
}

std::string EtagOf(const Message& resource) {
  const auto* field = resource.GetDescriptor()->FindFieldByName("etag");
  return field == nullptr ? "" : resource.GetReflection()->GetString(resource, field);
}

void SetEtag(Message& resource, const std::string& etag) {
  const auto* field = resource.GetDescriptor()->FindFieldByName("etag");
  if (field != nullptr) resource.GetReflection()->SetString(&resource, field, etag);
}

// The document as people write it: without what the server keeps.
std::string TextOf(const Message& resource) {
  const std::unique_ptr<Message> copy(resource.New());
  copy->CopyFrom(resource);
  resource::ClearOutputOnly(*copy);
  return resource::WriteYamlDocument(*copy);
}

// Whether another text may be accepted, so that the editor opens again.
bool CanBeCorrected(const absl::Status& refusal) {
  return refusal.code() == absl::StatusCode::kInvalidArgument ||
         refusal.code() == absl::StatusCode::kFailedPrecondition;
}

// Writes the document with the mark of the version that was read.
absl::Status WriteDraft(Context& context, Client& client, const Loaded& loaded, const std::string& etag) {
  SetEtag(*loaded.documents[0].resource, etag);
  WriteJob job;
  job.documents = {&loaded.documents[0]};
  OutcomePrinter printer(context);
  job.on_outcome = [&](const Outcome& outcome) { printer.Add(outcome); };
  const WriteResult result = WriteDocuments(client, job);
  printer.Finish();
  return result.refusal.status.ok() ? absl::OkStatus() : ExplainRefusal(loaded, result.refusal);
}

// One person's work on one resource.
class Session {
 public:
  Session(Context& context, Client& client, const Message& stored, const DraftFile& file)
      : context_(context),
        client_(client),
        name_(resource::NameOf(stored)),
        etag_(EtagOf(stored)),
        stored_(TextOf(stored)),
        file_(file) {}

  // Until it is written or given up. Then the file is gone, but for text that nobody has written.
  absl::StatusOr<int> Run() {
    std::string text = stored_;
    std::vector<Complaint> complaints;
    while (true) {
      absl::StatusOr<std::string> edited = Edit(complaints, text);
      if (!edited.ok()) return Keep(edited.status());
      if (IsBlank(*edited) || *edited == stored_) return Cancel();
      if (*edited == text) {
        return Keep(UsageError(
            Cat({"the text was left as it was; nothing was written, since ", complaints.at(0).message})));
      }
      text = *std::move(edited);
      Draft draft = ReadDraft(file_.path(), name_, text);
      complaints = std::move(draft.complaints);
      if (!complaints.empty()) continue;
      if (TextOf(*draft.loaded.documents[0].resource) == stored_) return Cancel();
      const absl::Status status = WriteDraft(context_, client_, draft.loaded, etag_);
      if (status.ok()) return Done();
      if (!CanBeCorrected(status)) return Keep(status);
      complaints = ComplaintsOf(status, file_.path());
    }
  }

 private:
  absl::StatusOr<std::string> Edit(const std::vector<Complaint>& complaints, const std::string& text) {
    if (absl::Status status = file_.Write(cli::WriteDraft(name_, complaints, text)); !status.ok())
      return status;
    if (absl::Status status = RunEditor(EditorOf(context_), file_.path()); !status.ok()) return status;
    absl::StatusOr<std::string> draft = file_.Read();
    if (!draft.ok()) return draft.status();
    return std::string(TextOfDraft(*draft));
  }
  int Cancel() {
    context_.Note(Cat({name_, " is as it was; nothing was written"}));
    return Done();
  }
  int Done() {
    file_.Remove();
    return kOk;
  }
  // What was typed stays in the file.
  absl::Status Keep(const absl::Status& status) {
    const absl::StatusOr<std::string> draft = file_.Read();
    if (draft.ok() && TextOfDraft(*draft) != stored_) {
      context_.Note(Cat({"Your text is in ", file_.path()}));
    } else {
      file_.Remove();
    }
    return status;
  }

  Context& context_;
  Client& client_;
  const std::string name_;
  const std::string etag_;
  const std::string stored_;
  const DraftFile& file_;
};

absl::StatusOr<int> EditCommand(Context& context) {
  absl::StatusOr<std::vector<std::string>> names = NamesOf(context.arguments.operands);
  if (!names.ok()) return names.status();
  if (names->size() != 1) return UsageError("`edit` takes one resource at a time");
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  absl::StatusOr<std::unique_ptr<Message>> stored = GetOrNearest(context, **client, names->front());
  if (!stored.ok()) return stored.status();
  if (resource::FindKindOf((*stored)->GetDescriptor())->kind == "Finding")
    return UsageError("findings cannot be edited; `linchpin finding show` says what to do about one");
  absl::StatusOr<DraftFile> file = DraftFile::Create(resource::NameOf(**stored));
  if (!file.ok()) return file.status();
  return Session(context, **client, **stored, *file).Run();
}

}  // namespace

std::vector<Command> EditCommands() {
  return {
      {.path = "edit",
       .summary = "Change a resource in your editor.",
       .operands = "NAME | KIND NAME",
       .operands_min = 1,
       .operands_max = 2,
       .flags = {CheckFlag(), OverrideCheckFlag()},
       .outputs = OutcomeOutputs(),
       .timeout_seconds = kLookupSeconds,
       .examples = {"linchpin edit applications/claims-triage",
                    "EDITOR='code --wait' linchpin edit model gpt-4o"},
       .details =
           "Opens the document in LINCHPIN_EDITOR, VISUAL or EDITOR, else in vi. What is wrong with it "
           "stands in the file when it opens again. Nothing is written if nothing is changed; if somebody "
           "else has changed the resource meanwhile, nothing is overwritten, and your text stays in a file.",
       .run = EditCommand}};
}

}  // namespace linchpin::cli
