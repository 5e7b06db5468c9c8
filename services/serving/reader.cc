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

constexpr int kRetryMs = 200;
constexpr absl::Duration kMargin = absl::Milliseconds(50);

absl::Status NotFound(const std::string& name) {
  return base::Error(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                     absl::StrCat("`", name, "` does not exist; check the name"))
      .With("name", name);
}

absl::Status Unreadable(const DocumentRef& document) {
  return absl::InternalError(absl::StrCat("`", std::string(document.name), "` does not parse"));
}

}  // namespace

Reader::Reader(replica::ViewSource& source, std::string page_token_secret)
    : source_(source), page_token_secret_(std::move(page_token_secret)) {}

void Reader::Mark(kit::Call& call, int64_t revision, absl::Duration age, Token token) const {
  call.Trailer("linchpin-revision", absl::StrCat(revision));
  if (token == Token::kYes) call.Trailer("linchpin-revision-token", source_.RevisionToken(revision));
  call.Trailer("linchpin-age-ms", absl::StrCat(absl::ToInt64Milliseconds(age)));
}

absl::StatusOr<Reader::View> Reader::CurrentView(kit::Call& call, Token token) const {
  // The age is read first: a view that comes in between is younger than said.
  const absl::Duration age = source_.Age();
  View view = source_.Current();
  if (view == nullptr) {
    return base::Error(absl::StatusCode::kUnavailable, "NOT_READY",
                       "the documents have not been loaded yet; try again")
        .RetryAfterMs(kRetryMs);
  }
  Mark(call, view->revision(), age, token);
  return view;
}

bool Reader::MustWait(const std::string& min_revision) const {
  if (min_revision.empty()) return false;
  const View view = source_.Current();
  const absl::StatusOr<int64_t> revision = source_.ParseRevisionToken(min_revision);
  return view == nullptr || !revision.ok() || view->revision() < *revision;
}

void Reader::Await(kit::Call& call, const std::string& min_revision,
                   std::function<void(absl::Status)> ready) const {
  const absl::StatusOr<int64_t> revision = source_.ParseRevisionToken(min_revision);
  if (!revision.ok()) return ready(revision.status());
  source_.WhenReached(
      *revision, call.deadline() - kMargin,
      [ready = std::move(ready)](absl::StatusOr<View> view) { ready(view.status()); }, call.Canceller());
}

absl::StatusOr<Reader::Found> Reader::Find(kit::Call& call, const Message& request,
                                           const resource::KindInfo& kind) const {
  // Get is the busiest call, and each piece of metadata costs it as much as finding the document: the token
  // goes to those who show that they use it.
  const RequestFields fields(request);
  absl::StatusOr<View> view =
      CurrentView(call, fields.String("min_revision").empty() ? Token::kNo : Token::kYes);
  if (!view.ok()) return view.status();
  const std::string& name = fields.String("name");
  const std::optional<DocumentRef> document = (*view)->Find(name);
  if (document && document->kind == &kind) return Found{*std::move(view), *document};
  if (absl::Status status = resource::CheckName(kind, name); !status.ok()) return status;
  return NotFound(name);
}

absl::Status Reader::Get(kit::Call& call, const Message& request, Message& response) const {
  const absl::StatusOr<Found> found = Find(call, request, *resource::FindKindOf(response.GetDescriptor()));
  if (!found.ok()) return found.status();
  return replica::ParseInto(found->document, response) ? absl::OkStatus() : Unreadable(found->document);
}

absl::Status Reader::GetBytes(kit::Call& call, const Message& request, const resource::KindInfo& kind,
                              std::string& wire) const {
  const absl::StatusOr<Found> found = Find(call, request, kind);
  if (!found.ok()) return found.status();
  constexpr size_t kOutputOnly = 64;
  wire.reserve(found->document.body.size() + kOutputOnly);
  wire = found->document.body;
  replica::AppendOutputOnly(found->document, wire);
  return absl::OkStatus();
}

absl::Status Reader::List(kit::Call& call, const Message& request, Message& response) const {
  absl::StatusOr<View> view = CurrentView(call);
  if (!view.ok()) return view.status();
  const auto* descriptor = response.GetDescriptor();
  const FieldDescriptor* items = descriptor->FindFieldByNumber(1);
  const resource::KindInfo* kind = resource::FindKindOf(items->message_type());
  absl::StatusOr<ListQuery> query = ListQuery::Parse(*kind, request);
  if (!query.ok()) return query.status();
  std::string after;
  const std::string& token = RequestFields(request).String("page_token");
  const PageTokens tokens(source_.history_id(), page_token_secret_);
  if (!token.empty()) {
    absl::StatusOr<std::string> opened = tokens.Open(DigestOfQuery(request), token);
    if (!opened.ok()) return opened.status();
    after = *std::move(opened);
  }
  const ListQuery::Page page = query->Run(**view, after);
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
