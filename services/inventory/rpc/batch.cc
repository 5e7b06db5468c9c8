#include "services/inventory/rpc/batch.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/resource/kinds.h"
#include "services/writing/batch.h"

namespace linchpin::inventory {
namespace {

using google::protobuf::Message;

constexpr int kNamesMax = 1000;
// Below the 16 MiB that a message may have, with room for what is added to each document.
constexpr size_t kAnswerBytesMax = size_t{15} << 20;

// The field of `resource` (a oneof) that holds documents of `kind`.
const google::protobuf::FieldDescriptor* FieldFor(const resource::KindInfo& kind) {
  return v1::Resource::descriptor()->FindFieldByName(kind.singular);
}

absl::Status AnswerTooLarge() {
  return base::Error(base::reason::MessageTooLarge{.limit_bytes = kAnswerBytesMax},
                     absl::StrCat("the documents together are larger than ", kAnswerBytesMax,
                                  " bytes; ask for fewer names at a time"));
}

}  // namespace

absl::Status BatchGet(const serving::Reader& reader, kit::Call& call, const v1::BatchGetRequest& request,
                      v1::BatchGetResponse& response) {
  if (request.names_size() == 0 || request.names_size() > kNamesMax) {
    return base::FieldError("names",
                            absl::StrCat("has ", request.names_size(), " items; send 1 to ", kNamesMax));
  }
  const absl::StatusOr<serving::Snapshot> snapshot = reader.snapshots().Take(call);
  if (!snapshot.ok()) return snapshot.status();
  std::vector<base::FieldViolation> violations;
  size_t bytes = 0;
  for (int i = 0; i < request.names_size(); ++i) {
    const std::string& name = request.names(i);
    const resource::KindInfo* kind = resource::KindOfName(name);
    if (kind == nullptr || kind->area != resource::Area::kInventory) {
      violations.push_back(
          {absl::StrCat("names[", i, "]"),
           absl::StrCat("`", name, "` is not a name of the inventory; use one such as `vendors/openai`")});
      continue;
    }
    const std::optional<replica::DocumentRef> document = snapshot->view->Find(name);
    if (!document) {
      response.add_missing(name);
      continue;
    }
    bytes += document->body.size();
    if (bytes > kAnswerBytesMax) return AnswerTooLarge();
    v1::Resource& resource = *response.add_resources();
    Message* into = resource.GetReflection()->MutableMessage(&resource, FieldFor(*kind));
    if (!replica::ParseInto(*document, *into)) {
      return absl::InternalError(absl::StrCat("`", name, "` does not parse"));
    }
  }
  return base::FieldErrors(violations);
}

void BatchWrite(serving::Writer& writer, const replica::ViewSource& source, serving::Writer::CallPointer call,
                const v1::BatchWriteRequest& request, v1::BatchWriteResponse& response,
                serving::Writer::Done done) {
  writing::BatchOptions options;
  options.token_of = [&source](int64_t revision) { return source.RevisionToken(revision); };
  absl::StatusOr<writing::WritePlan> plan =
      writing::PlanBatch(request.operations(), writer.settings(), std::move(options));
  std::optional<int64_t> expected;
  if (request.has_expected_revision()) expected = request.expected_revision();
  writer.Submit(std::move(call), request, std::move(plan), expected, response, std::move(done));
}

}  // namespace linchpin::inventory
