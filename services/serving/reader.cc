#include "services/serving/reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/resource/kinds.h"
#include "services/serving/list_query.h"
#include "services/serving/page_token.h"
#include "services/serving/request_fields.h"

namespace linchpin::serving {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using replica::DocumentRef;

absl::Status Unreadable(const DocumentRef& document) {
  return absl::InternalError(absl::StrCat("`", std::string(document.name), "` does not parse"));
}

}  // namespace

Reader::Reader(replica::ViewSource& source, std::string page_token_secret)
    : snapshots_(source), page_token_secret_(std::move(page_token_secret)) {}

absl::Status Reader::GetBytes(kit::Call& call, const Message& request, const resource::KindInfo& kind,
                              std::string& wire) const {
  // Get is the busiest call, and each piece of metadata costs it as much as finding the document: the token
  // goes to those who show that they use it.
  const RequestFields fields(request);
  using Token = Snapshots::Token;
  const Token token = fields.String("min_revision").empty() ? Token::kNo : Token::kYes;
  const absl::StatusOr<Snapshot> snapshot = snapshots_.Take(call, token);
  if (!snapshot.ok()) return snapshot.status();
  const std::string& name = fields.String("name");
  const std::optional<DocumentRef> document = snapshot->view->Find(name);
  if (!document || document->kind != &kind) {
    if (absl::Status status = resource::CheckName(kind, name); !status.ok()) return status;
    return base::NotFound(name);
  }
  constexpr size_t kOutputOnly = 64;
  wire.reserve(document->body.size() + kOutputOnly);
  wire = document->body;
  replica::AppendOutputOnly(*document, wire);
  return absl::OkStatus();
}

absl::Status Reader::List(kit::Call& call, const Message& request, Message& response) const {
  const absl::StatusOr<Snapshot> snapshot = snapshots_.Take(call);
  if (!snapshot.ok()) return snapshot.status();
  const auto* descriptor = response.GetDescriptor();
  const FieldDescriptor* items = descriptor->FindFieldByNumber(1);
  const resource::KindInfo* kind = resource::FindKindOf(items->message_type());
  absl::StatusOr<ListQuery> query = ListQuery::Parse(*kind, request);
  if (!query.ok()) return query.status();
  std::string after;
  const std::string& token = RequestFields(request).String("page_token");
  const PageTokens tokens(snapshots_.source().history_id(), page_token_secret_);
  if (!token.empty()) {
    absl::StatusOr<std::string> opened = tokens.Open(DigestOfQuery(request), token);
    if (!opened.ok()) return opened.status();
    after = *std::move(opened);
  }
  const ListQuery::Page page = query->Run(*snapshot->view, after);
  const auto* reflection = response.GetReflection();
  for (const DocumentRef& document : page.documents) {
    if (!replica::ParseInto(document, *reflection->AddMessage(&response, items))) return Unreadable(document);
  }
  if (page.more) {
    reflection->SetString(&response, descriptor->FindFieldByName("next_page_token"),
                          tokens.Seal(DigestOfQuery(request), page.documents.back().name));
  }
  reflection->SetInt32(&response, descriptor->FindFieldByName("total_size"),
                       static_cast<int32_t>(page.total));
  return absl::OkStatus();
}

}  // namespace linchpin::serving
