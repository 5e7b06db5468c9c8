#include "services/serving/writer.h"

#include <cctype>
#include <utility>

#include "absl/time/clock.h"
#include "services/base/error.h"
#include "services/base/sha256.h"
#include "services/base/steady.h"
#include "services/replica/wire/wire.h"
#include "services/resource/kinds.h"
#include "services/resource/stable_bytes.h"
#include "services/serving/page_token.h"
#include "services/serving/request_fields.h"

namespace linchpin::serving {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using resource::KindInfo;

// "CreateVendor" of CreateVendorRequest.
std::string MethodOf(const Message& request) {
  constexpr size_t kSuffix = sizeof("Request") - 1;
  const std::string& name = request.GetDescriptor()->name();
  return name.substr(0, name.size() - kSuffix);
}

bool IsUuid(const std::string& text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !std::isxdigit(static_cast<unsigned char>(text[i]))) return false;
  }
  return true;
}

// What makes a request the same one when it is repeated: everything but the request id.
std::string DigestOf(const Message& request) {
  const int id = request.GetDescriptor()->FindFieldByName("request_id")->number();
  const std::string bytes = resource::StableBytes(request);
  std::string rest;
  rest.reserve(bytes.size());
  replica::WireReader reader(bytes);
  for (size_t begin = 0; reader.Next();) {
    const size_t end = bytes.size() - reader.rest().size();
    if (reader.field() != id) rest.append(bytes, begin, end - begin);
    begin = end;
  }
  return base::Sha256(rest);
}

// The kind whose document is a field of the request.
const KindInfo* KindIn(const Message& request) {
  for (int i = 0; i < request.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = request.GetDescriptor()->field(i);
    if (field->message_type() == nullptr || field->is_repeated()) continue;
    if (const KindInfo* kind = resource::FindKindOf(field->message_type())) return kind;
  }
  return nullptr;
}

// "Vendor" of DeleteVendorRequest.
const KindInfo* KindOfDelete(const Message& request) {
  constexpr size_t kPrefix = sizeof("Delete") - 1;
  return resource::FindKind(MethodOf(request).substr(kPrefix));
}

}  // namespace

Writer::Writer(store::Committer& committer, const Snapshots& snapshots, writing::WriteSettings settings,
               Admission* admission)
    : committer_(committer), snapshots_(snapshots), settings_(std::move(settings)), admission_(admission) {}

absl::StatusOr<store::Write> Writer::MakeWrite(const kit::Call& call, const Message& request,
                                               writing::WritePlan plan) const {
  const RequestFields fields(request);
  store::Write write;
  write.principal = call.principal();
  write.method = MethodOf(request);
  write.target = std::move(plan.target);
  write.request_id = fields.String("request_id");
  if (!write.request_id.empty()) {
    if (!IsUuid(write.request_id)) {
      return base::FieldError("request_id", "must be a UUID such as 123e4567-e89b-42d3-a456-426614174000");
    }
    write.request_digest = DigestOf(request);
  }
  write.validate_only = fields.Bool("validate_only");
  // The store judges deadlines by the wall clock.
  write.deadline = absl::Now() + (call.deadline() - base::SteadyNow());
  write.bytes = static_cast<int64_t>(request.ByteSizeLong());
  write.decide = std::move(plan.decide);
  return write;
}

absl::Status Writer::Answer(kit::Call& call, const absl::StatusOr<store::WriteResult>& result,
                            Message& response) const {
  if (!result.ok()) return result.status();
  snapshots_.Mark(call, result->revision, absl::ZeroDuration());
  return response.ParseFromString(result->reply) ? absl::OkStatus()
                                                 : absl::InternalError("the reply does not parse");
}

void Writer::Submit(CallPointer call, const Message& request, absl::StatusOr<writing::WritePlan> plan,
                    std::optional<int64_t> expected_revision, Message& response, Done done) {
  if (!plan.ok()) return done(plan.status());
  absl::StatusOr<store::Write> write = MakeWrite(*call, request, *std::move(plan));
  if (!write.ok()) return done(write.status());
  write->expected_revision = expected_revision;
  std::shared_ptr<Admission::Passage> passage;
  if (admission_ != nullptr) {
    absl::StatusOr<std::shared_ptr<Admission::Passage>> guarded = admission_->Guard(*call, *write);
    if (!guarded.ok()) {
      committer_.RecordRefusal(write->principal, write->method, guarded.status());
      return done(guarded.status());
    }
    passage = *std::move(guarded);
  }
  auto finish = [this, call = std::move(call), passage = std::move(passage), &response,
                 done = std::move(done)](absl::StatusOr<store::WriteResult> result) mutable {
    answers_.Run([this, call = std::move(call), passage = std::move(passage), &response,
                  done = std::move(done), result = std::move(result)] {
      if (passage != nullptr) admission_->Finish(*passage, result, *call);
      done(Answer(*call, result, response));
    });
  };
  committer_.Submit(*std::move(write), std::move(finish));
}

void Writer::Create(CallPointer call, const Message& request, Message& response, Done done) {
  const KindInfo& kind = *KindIn(request);
  const RequestFields fields(request);
  if (!fields.Has(kind.singular.c_str())) {
    return done(base::FieldError(kind.singular, "is missing; send the resource to create"));
  }
  const std::string& id = fields.String((kind.singular + "_id").c_str());
  absl::StatusOr<writing::WritePlan> plan = writing::PlanCreate(
      kind, fields.String("parent"), id, fields.Message(kind.singular.c_str()), settings_);
  Submit(std::move(call), request, std::move(plan), std::nullopt, response, std::move(done));
}

void Writer::Update(CallPointer call, const Message& request, Message& response, Done done) {
  const KindInfo& kind = *KindIn(request);
  const RequestFields fields(request);
  const google::protobuf::FieldMask* mask = nullptr;
  if (fields.Has("update_mask"))
    mask = static_cast<const google::protobuf::FieldMask*>(&fields.Message("update_mask"));
  absl::StatusOr<writing::WritePlan> plan = writing::PlanUpdate(
      kind, fields.Message(kind.singular.c_str()), mask, fields.Bool("allow_missing"), settings_);
  Submit(std::move(call), request, std::move(plan), std::nullopt, response, std::move(done));
}

void Writer::Delete(CallPointer call, const Message& request, Message& response, Done done) {
  const RequestFields fields(request);
  absl::StatusOr<writing::WritePlan> plan =
      writing::PlanDelete(*KindOfDelete(request), fields.String("name"), fields.String("etag"),
                          fields.Bool("allow_missing"), fields.Bool("force"), settings_);
  Submit(std::move(call), request, std::move(plan), std::nullopt, response, std::move(done));
}

}  // namespace linchpin::serving
