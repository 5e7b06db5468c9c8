#include "services/store/port/outcome.h"

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"

namespace linchpin::store {
namespace {

constexpr char kReply = 'R';
constexpr char kRefusal = 'E';

void PutNumber(uint32_t number, std::string* out) {
  for (int shift = 0; shift < 32; shift += 8) out->push_back(static_cast<char>(number >> shift));
}

void PutText(std::string_view text, std::string* out) {
  PutNumber(static_cast<uint32_t>(text.size()), out);
  out->append(text);
}

std::optional<uint32_t> TakeNumber(std::string_view* in) {
  if (in->size() < 4) return std::nullopt;
  uint32_t number = 0;
  for (int i = 0; i < 4; ++i)
    number |= static_cast<uint32_t>(static_cast<unsigned char>((*in)[i])) << (8 * i);
  in->remove_prefix(4);
  return number;
}

std::optional<std::string_view> TakeText(std::string_view* in) {
  std::optional<uint32_t> size = TakeNumber(in);
  if (!size || in->size() < *size) return std::nullopt;
  std::string_view text = in->substr(0, *size);
  in->remove_prefix(*size);
  return text;
}

std::string EncodeRefusal(const absl::Status& refusal) {
  std::string out(1, kRefusal);
  PutNumber(static_cast<uint32_t>(refusal.code()), &out);
  PutText(std::string_view(refusal.message().data(), refusal.message().size()), &out);
  // Sorted, so that equal refusals are equal bytes.
  std::map<std::string, std::string> payloads;
  refusal.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    payloads.emplace(std::string(url), std::string(payload));
  });
  for (const auto& [url, payload] : payloads) {
    PutText(url, &out);
    PutText(payload, &out);
  }
  return out;
}

absl::Status Corrupt() { return absl::InternalError("the stored outcome of the request id cannot be read"); }

absl::Status DecodeRefusal(std::string_view in) {
  std::optional<uint32_t> code = TakeNumber(&in);
  std::optional<std::string_view> message = TakeText(&in);
  if (!code || *code == 0 || !message) return Corrupt();
  absl::Status refusal(static_cast<absl::StatusCode>(*code),
                       absl::string_view(message->data(), message->size()));
  while (!in.empty()) {
    std::optional<std::string_view> url = TakeText(&in);
    std::optional<std::string_view> payload = TakeText(&in);
    if (!url || !payload) return Corrupt();
    refusal.SetPayload(absl::string_view(url->data(), url->size()),
                       absl::Cord(absl::string_view(payload->data(), payload->size())));
  }
  return refusal;
}

}  // namespace

std::string EncodeOutcome(const absl::StatusOr<std::string>& outcome) {
  if (!outcome.ok()) return EncodeRefusal(outcome.status());
  return std::string(1, kReply) + *outcome;
}

absl::StatusOr<std::string> DecodeOutcome(std::string_view bytes) {
  if (bytes.empty()) return Corrupt();
  std::string_view rest = bytes.substr(1);
  if (bytes[0] == kReply) return std::string(rest);
  if (bytes[0] == kRefusal) return DecodeRefusal(rest);
  return Corrupt();
}

bool IsDeterministic(const absl::Status& refusal) {
  switch (refusal.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kUnimplemented:
      return true;
    default:
      return false;
  }
}

}  // namespace linchpin::store
