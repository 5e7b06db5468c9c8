#include "services/kit/tls/certificate_check.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "services/kit/tls/certificates.h"

namespace linchpin::kit {
namespace {

using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;
using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;
using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

BioPtr Reader(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

// A key with a password cannot be used: nobody is there to type it.
int NoPassword(char*, int, int, void*) { return 0; }

X509Ptr FirstCertificate(const std::string& text) {
  const BioPtr bio = Reader(text);
  X509Ptr certificate(PEM_read_bio_X509(bio.get(), nullptr, &NoPassword, nullptr), &X509_free);
  ERR_clear_error();
  return certificate;
}

// Every certificate must be whole: a half-written chain ends within one.
absl::StatusOr<int> CountCertificates(const std::string& text) {
  const BioPtr bio = Reader(text);
  int count = 0;
  while (X509Ptr certificate{PEM_read_bio_X509(bio.get(), nullptr, &NoPassword, nullptr), &X509_free})
    ++count;
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end) return absl::InvalidArgumentError("a certificate is damaged or not complete");
  return count;
}

absl::Time ToTime(const ASN1_TIME* time) {
  std::tm tm{};
  if (ASN1_TIME_to_tm(time, &tm) != 1) return absl::InfinitePast();
  return absl::FromTM(tm, absl::UTCTimeZone());
}

absl::Status CheckPair(const std::string& chain, const std::string& key, absl::Time now) {
  const auto count = CountCertificates(chain);
  if (!count.ok()) return count.status();
  const X509Ptr certificate = FirstCertificate(chain);
  if (!certificate) return absl::InvalidArgumentError("no certificate found");
  const BioPtr bio = Reader(key);
  const KeyPtr private_key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &NoPassword, nullptr), &EVP_PKEY_free);
  const bool match = private_key && X509_check_private_key(certificate.get(), private_key.get()) == 1;
  ERR_clear_error();
  if (!private_key) return absl::InvalidArgumentError("no private key found, or it needs a password");
  if (!match) return absl::InvalidArgumentError("the private key does not belong to the certificate");
  if (now < ToTime(X509_get0_notBefore(certificate.get())))
    return absl::InvalidArgumentError("the certificate is not valid yet");
  if (now >= ToTime(X509_get0_notAfter(certificate.get())))
    return absl::InvalidArgumentError("the certificate has expired");
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCertificates(const std::string& chain, const std::string& key, const std::string& roots,
                               absl::Time now) {
  if (!chain.empty() || !key.empty()) {
    if (absl::Status status = CheckPair(chain, key, now); !status.ok()) return status;
  }
  if (roots.empty()) return absl::OkStatus();
  const auto count = CountCertificates(roots);
  if (!count.ok()) return count.status();
  if (*count == 0) return absl::InvalidArgumentError("no certificate found among the roots");
  return absl::OkStatus();
}

absl::StatusOr<absl::Time> CertificateEnd(const std::string& chain) {
  const X509Ptr certificate = FirstCertificate(chain);
  if (!certificate) return absl::InvalidArgumentError("no certificate found");
  return ToTime(X509_get0_notAfter(certificate.get()));
}

}  // namespace linchpin::kit
