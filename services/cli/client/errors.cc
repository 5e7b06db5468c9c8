#include "services/cli/client/errors.h"

#include <map>
#include <optional>
#include <string>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/context.h"
#include "services/cli/flags/arguments.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using base::Error;
namespace reasons = base::reason;

// Whether what refers to a consumer are dependencies of its own.
bool IsHeldByItsOwn(const base::ErrorDetails& details) {
  const auto name = details.metadata.find("name"), referrers = details.metadata.find("referrers");
  return name != details.metadata.end() && referrers != details.metadata.end() &&
         referrers->second.find(name->second + "/dependencies/") != std::string::npos;
}

// Where to look for the target that is not there.
std::string ListHint(const base::ErrorDetails& details) {
  const auto target = details.metadata.find("target");
  const std::string name = target == details.metadata.end() ? "" : target->second;
  const resource::KindInfo* const kind = resource::KindOfName(name);
  if (kind == nullptr || kind->nested)
    return "look for the name with `linchpin list KIND`, such as vendors, hosts or models";
  return Cat({"look for the name with `linchpin list ", kind->collection, "`"});
}

// What to do about the errors that people meet most.
std::string HintOf(const absl::Status& status, const std::optional<base::ErrorDetails>& details) {
  const std::string reason = details ? details->reason : "";
  if (base::Is<reasons::StillReferenced>(status) && IsHeldByItsOwn(*details))
    return "--force deletes its dependencies with it";
  if (base::Is<reasons::TargetNotFound>(status)) return ListHint(*details);
  static const auto* const hints = new std::map<std::string_view, std::string>{
      {reasons::EtagMismatch::kInfo.name,
       "somebody changed it meanwhile: read it again, or leave `etag` out to overwrite"},
      {reasons::ReferenceNotFound::kInfo.name,
       "apply what it refers to in the same run, or correct the name"},
      {reasons::ReplicaBehind::kInfo.name, "the service has not caught up with the inventory yet; try again"},
      {reasons::NotReady::kInfo.name,
       "the service is still loading the inventory; try again in a few seconds"},
      {reasons::TokenInvalid::kInfo.name, "give a token with --token-file FILE or LINCHPIN_TOKEN_FILE"},
      {reasons::RoleTooLow::kInfo.name, "ask for a token of a higher role"},
      {reasons::FigureTooLarge::kInfo.name, "use another --basis"},
      {reasons::CheckDenied::kInfo.name,
       "change what the findings name, or have the risk accepted: `linchpin waiver request`"},
      {reasons::CheckTokenExpired::kInfo.name, "leave --check-token out to check and write in one go"},
      {reasons::CheckOfAnotherChange::kInfo.name, "leave --check-token out to check and write in one go"},
  };
  const auto hint = hints->find(reason);
  if (hint != hints->end()) return hint->second;
  if (status.code() == absl::StatusCode::kUnimplemented)
    return "the server is older than this program, or runs another target";
  if (!reason.empty()) return "";
  if (status.code() == absl::StatusCode::kUnavailable) {
    return "is the server running? Start one with `linchpind`, or name it with --endpoint HOST:PORT or "
           "LINCHPIN_ENDPOINT; one with TLS needs --tls or --cacert FILE";
  }
  if (status.code() == absl::StatusCode::kDeadlineExceeded) return "give it longer with --timeout";
  return "";
}

}  // namespace

void PrintError(const absl::Status& status, std::string_view command, std::ostream& err) {
  const auto details = base::DetailsOf(status);
  const std::string reason = details ? details->reason : "";
  if (IsUsageError(status)) {
    err << "Error: " << status.message() << "\n";
    err << "Hint: see `linchpin help" << (command.empty() ? "" : " ") << command << "`\n";
    return;
  }
  err << "Error: " << status.message();
  if (!reason.empty() && reason.rfind("FILE_", 0) != 0) err << " (" << reason << ")";
  err << "\n";
  if (details) {
    for (const auto& violation : details->violations) {
      // Of a single field the message says it already.
      const std::string said = Cat({violation.field, ": ", violation.description});
      if (status.message() == said || violation.description == status.message()) continue;
      err << "  " << violation.field << ": " << violation.description << "\n";
    }
  }
  const std::string hint = HintOf(status, details);
  if (!hint.empty()) err << "Hint: " << hint << "\n";
  if (details && details->metadata.count("request_id") > 0)
    err << "Request: " << details->metadata.at("request_id") << "\n";
}

absl::Status RenameFields(const absl::Status& status,
                          const std::function<std::string(const std::string&)>& rename) {
  const auto details = base::DetailsOf(status);
  if (!details || details->violations.empty()) return status;
  std::string message(status.message());
  const std::string first = details->violations[0].field;
  if (!first.empty() && message.rfind(first + ":", 0) == 0)
    message = rename(first) + message.substr(first.size());
  return base::RenameFields(base::WithDetails(status.code(), message, *details), rename);
}

int ExitCodeOf(const absl::Status& status) {
  if (IsUsageError(status)) return kUsage;
  if (base::Is<base::reason::CheckDenied>(status)) return kFound;
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
      return kNotFound;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return kDenied;
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
      return kConflict;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return kUnavailable;
    default:
      return kFailed;
  }
}

absl::Status FileProblems(const std::vector<resource::FileError>& errors) {
  std::string message = errors.size() == 1
                            ? ""
                            : Cat({std::to_string(errors.size()), " errors in the files; nothing was sent"});
  for (const auto& error : errors) message += Cat({message.empty() ? "" : "\n  ", error.Text()});
  return Error(base::reason::FileInvalid{}, message);
}

}  // namespace linchpin::cli
