#include "tests/support/certificates.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "absl/time/clock.h"

namespace linchpin::testing_support {
namespace {

using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;

KeyPtr MakeKey() { return {EVP_EC_gen("P-256"), &EVP_PKEY_free}; }

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

std::string KeyText(EVP_PKEY* key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  return TextOf(bio);
}

std::string CertificateText(X509* certificate) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  return TextOf(bio);
}

void AddExtension(X509* certificate, int id, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, id, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509Ptr Unsigned(const std::string& name, EVP_PKEY* key, long serial, absl::Time end) {
  X509Ptr certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), absl::ToTimeT(absl::Now() - absl::Hours(24)));
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), absl::ToTimeT(end));
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

}  // namespace

struct Authority::Impl {
  KeyPtr key = MakeKey();
  X509Ptr certificate = Unsigned("Test Authority", key.get(), 1, absl::Now() + absl::Hours(48));
  std::string text;
  long serial = 1;
};

Authority::Authority() : impl_(std::make_unique<Impl>()) {
  X509* certificate = impl_->certificate.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  AddExtension(certificate, NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  X509_sign(certificate, impl_->key.get(), EVP_sha256());
  impl_->text = CertificateText(certificate);
}

Authority::~Authority() = default;

const std::string& Authority::root() const { return impl_->text; }

Certificate Authority::Issue(const std::string& name, absl::Time end) {
  const KeyPtr key = MakeKey();
  const X509Ptr certificate = Unsigned(name, key.get(), ++impl_->serial, end);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(impl_->certificate.get()));
  AddExtension(certificate.get(), NID_subject_alt_name, "DNS:" + name + ",DNS:localhost,IP:127.0.0.1");
  X509_sign(certificate.get(), impl_->key.get(), EVP_sha256());
  return {CertificateText(certificate.get()), KeyText(key.get())};
}

Certificate Authority::Issue(const std::string& name) { return Issue(name, absl::Now() + absl::Hours(24)); }

}  // namespace linchpin::testing_support
