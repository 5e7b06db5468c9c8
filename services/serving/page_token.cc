#include "services/serving/page_token.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/sha256.h"

namespace linchpin::serving {
namespace {

constexpr size_t kNonce = 12;
constexpr size_t kTag = 16;
constexpr size_t kTokenMax = 2048;
constexpr std::string_view kPurpose = "linchpin page token 2";

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

absl::Status Invalid() {
  return base::Error(base::reason::PageTokenInvalid{},
                     "page_token is not one of this query; send back next_page_token unchanged, with every "
                     "other field but page_size as it was, or leave it out to start again")
      .Field("page_token", "is not a token of this query");
}

absl::Status HistoryChanged() {
  return base::Error(base::reason::HistoryChanged{},
                     "page_token is of another history of the store, which was restored from a backup; "
                     "start the list again without a token");
}

}  // namespace

PageTokens::PageTokens(std::string_view history_id, std::string_view secret)
    : history_(base::Sha256(history_id)) {
  const std::string digest = base::Sha256(absl::StrCat(std::string(kPurpose), "|", std::string(secret)));
  std::copy(digest.begin(), digest.end(), key_.begin());
}

std::string PageTokens::Seal(std::string_view query, std::string_view last_name) const {
  const std::string plain = absl::StrCat(history_, std::string(last_name));
  std::string token(kNonce + plain.size() + kTag, '\0');
  Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int size = 0;
  unsigned char* const text = Bytes(token) + kNonce;
  RAND_bytes(Bytes(token), kNonce);
  EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.data(), Bytes(token));
  EVP_EncryptUpdate(cipher.get(), nullptr, &size, Bytes(query), static_cast<int>(query.size()));
  EVP_EncryptUpdate(cipher.get(), text, &size, Bytes(std::string_view(plain)),
                    static_cast<int>(plain.size()));
  EVP_EncryptFinal_ex(cipher.get(), text + size, &size);
  EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTag, text + plain.size());
  return absl::WebSafeBase64Escape(token);
}

absl::StatusOr<std::string> PageTokens::Open(std::string_view query, std::string_view token) const {
  std::string sealed;
  if (token.size() > kTokenMax ||
      !absl::WebSafeBase64Unescape(absl::string_view(token.data(), token.size()), &sealed) ||
      sealed.size() < kNonce + history_.size() + kTag) {
    return Invalid();
  }
  std::string plain(sealed.size() - kNonce - kTag, '\0');
  Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int size = 0;
  unsigned char* const text = Bytes(sealed) + kNonce;
  EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.data(), Bytes(sealed));
  EVP_DecryptUpdate(cipher.get(), nullptr, &size, Bytes(query), static_cast<int>(query.size()));
  EVP_DecryptUpdate(cipher.get(), Bytes(plain), &size, text, static_cast<int>(plain.size()));
  EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTag, text + plain.size());
  if (EVP_DecryptFinal_ex(cipher.get(), Bytes(plain) + size, &size) != 1) return Invalid();
  if (!plain.starts_with(history_)) return HistoryChanged();
  return plain.substr(history_.size());
}

}  // namespace linchpin::serving
