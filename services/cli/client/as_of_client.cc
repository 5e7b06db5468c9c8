#include "services/cli/client/as_of_client.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "linchpin/inventory/v1/history.pb.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/flags/arguments.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using google::protobuf::Message;

constexpr char kField[] = "as_of";

bool IsNumber(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// 2026-11-23.
bool LooksLikeDate(std::string_view text) {
  return text.size() == 10 && text[4] == '-' && text[7] == '-' && IsNumber(text.substr(0, 4));
}

std::string TextOf(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", time, absl::UTCTimeZone());
}

class AsOfClient final : public Client {
 public:
  AsOfClient(std::unique_ptr<Client> client, std::string as_of)
      : client_(std::move(client)), as_of_(std::move(as_of)) {}

  absl::Status Call(const std::string& service, const std::string& method, const Message& request,
                    Message& response) override {
    const absl::StatusOr<std::unique_ptr<Message>> asked = Asked(request);
    return asked.ok() ? client_->Call(service, method, **asked, response) : asked.status();
  }

  absl::Status Stream(const std::string& service, const std::string& method, const Message& request,
                      Message& part, const std::function<void()>& on_part) override {
    const absl::StatusOr<std::unique_ptr<Message>> asked = Asked(request);
    return asked.ok() ? client_->Stream(service, method, **asked, part, on_part) : asked.status();
  }

 private:
  absl::StatusOr<std::unique_ptr<Message>> Asked(const Message& request) {
    std::unique_ptr<Message> asked(request.New());
    asked->CopyFrom(request);
    const auto* field = request.GetDescriptor()->FindFieldByName(kField);
    if (field == nullptr) return asked;
    const std::string& name = request.GetDescriptor()->name();
    const bool of_findings = name == "ListFindingsRequest" || name == "GetFindingRequest";
    if (of_findings && IsNumber(as_of_)) {
      const absl::StatusOr<std::string> time = EndOfRevision();
      if (!time.ok()) return time.status();
      if (!time->empty()) asked->GetReflection()->SetString(asked.get(), field, *time);
    } else {
      asked->GetReflection()->SetString(asked.get(), field, as_of_);
    }
    return asked;
  }

  // The last instant at which the revision was the newest; empty: it still is.
  absl::StatusOr<std::string> EndOfRevision() {
    if (end_) return *end_;
    inventory::v1::DiffRevisionsRequest request;
    request.set_from(absl::StrCat(std::strtoll(as_of_.c_str(), nullptr, 10) + 1));
    request.set_to(request.from());
    inventory::v1::DiffRevisionsResponse part;
    std::string end;
    const absl::Status status = client_->Stream(kInventory, "DiffRevisions", request, part, [&] {
      const auto& time = part.from().time();
      const absl::Time next = absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
      if (part.has_from()) end = TextOf(next - absl::Microseconds(1));
    });
    if (!status.ok() && !base::Is<base::reason::RevisionNotFound>(status)) return status;
    end_ = end;
    return end;
  }

  const std::unique_ptr<Client> client_;
  const std::string as_of_;
  std::optional<std::string> end_;
};

}  // namespace

absl::StatusOr<std::string> AsOfText(std::string_view flag, std::string_view given, absl::Time now) {
  if (IsNumber(given)) return std::string(given);
  const std::string whole = LooksLikeDate(given) ? Cat({given, "T00:00:00Z"}) : std::string(given);
  if (const auto time = resource::ParseTime(whole)) return resource::FormatTime(*time);
  if (const auto ago = resource::ParseDuration(given); ago && ago->seconds() >= 0) {
    const absl::Time then = now - absl::Seconds(ago->seconds()) - absl::Nanoseconds(ago->nanos());
    return TextOf(absl::FromUnixSeconds(absl::ToUnixSeconds(then)));
  }
  return UsageError(Cat({"--", flag,
                         " expects a revision (812), a time (2026-11-23T10:00:00Z), a date (2026-11-23) or "
                         "how long ago (7d), not `",
                         given, "`"}));
}

std::unique_ptr<Client> MakeAsOfClient(std::unique_ptr<Client> client, std::string as_of) {
  return std::make_unique<AsOfClient>(std::move(client), std::move(as_of));
}

}  // namespace linchpin::cli
