#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Certificates for tests, made on the spot.

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "base/check.h"

namespace matchcue::runtime {

/// A certificate for `name` and its key, signed by itself, as two PEM files in a folder of their own.
class TestCertificate {
 public:
  explicit TestCertificate(const std::string& name = "localhost")
      : folder_(std::filesystem::temp_directory_path() / ("mcue-tls-XXXXXX")) {
    std::string pattern = folder_.string();
    CHECK(::mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    renew(name);
  }
  ~TestCertificate() { std::filesystem::remove_all(folder_); }
  TestCertificate(const TestCertificate&) = delete;
  TestCertificate& operator=(const TestCertificate&) = delete;

  /// Writes another one into the same files.
  void renew(const std::string& name) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -3'600);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 86'400);
    X509_set_pubkey(made.get(), key.get());
    X509_NAME* subject = X509_get_subject_name(made.get());
    const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, -1, -1, 0);
    X509_set_issuer_name(made.get(), subject);
    const std::string names = (name.find_first_not_of("0123456789.") == std::string::npos ? "IP:" : "DNS:") + name;
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
    X509_add_ext(made.get(), extension, -1);
    X509_EXTENSION_free(extension);
    CHECK(X509_sign(made.get(), key.get(), EVP_sha256()) != 0);
    write(certificate(), [&](std::FILE* file) { return PEM_write_X509(file, made.get()); });
    write(this->key(), [&](std::FILE* file) {
      return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }

  std::string certificate() const { return folder_ / "certificate.pem"; }
  std::string key() const { return folder_ / "key.pem"; }

 private:
  template <typename Write>
  static void write(const std::string& path, Write put) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "w"), std::fclose);
    CHECK(file != nullptr && put(file.get()) == 1, path);
  }

  std::filesystem::path folder_;
};

/// A client that believes every certificate, over a socket that it borrows.
class TestTlsClient {
 public:
  explicit TestTlsClient(int fd, int version_max = 0) : context_(SSL_CTX_new(TLS_client_method())) {
    if (version_max != 0) SSL_CTX_set_max_proto_version(context_, version_max);
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, fd);
    SSL_set_connect_state(ssl_);
  }
  ~TestTlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  TestTlsClient(const TestTlsClient&) = delete;
  TestTlsClient& operator=(const TestTlsClient&) = delete;

  SSL* ssl() { return ssl_; }
  /// The common name of the server's certificate.
  std::string server_name() const {
    char name[64] = {};
    const X509* certificate = SSL_get0_peer_certificate(ssl_);
    if (certificate != nullptr) {
      X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
    }
    return name;
  }

 private:
  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
};

}  // namespace matchcue::runtime
