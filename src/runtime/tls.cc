// SPDX-License-Identifier: Apache-2.0
#include "runtime/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace matchcue::runtime {

namespace {

/// Ciphertext that waits for a socket: one write of ours and what the protocol says by itself. A peer that makes it say
/// more and reads nothing is broken off.
constexpr std::size_t kUnsentBytesMax = 256 * 1024;

std::string openssl_error() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "unreadable" : reason;
}

Error invalid_file(const std::string& path, const std::string& what) {
  return invalid("invalid_tls_files", path + ": " + what, path);
}

/// HTTP/1.1 is all that is spoken here; a client that offers protocols and not this one is served all the same.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                    unsigned int in_size, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof kHttp11 - 1, in, in_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

void configure(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
}

void configure_server(SSL_CTX* context) {
  configure(context);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // resumption is by the client's session ticket
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
}

}  // namespace

Result<TlsContextPtr> TlsContext::load(const std::string& certificate, const std::string& key) {
  std::shared_ptr<TlsContext> made(new TlsContext);
  made->context_.reset(SSL_CTX_new(TLS_server_method()));
  CHECK(made->context_ != nullptr);
  SSL_CTX* context = made->native();
  configure_server(context);
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
    return invalid_file(certificate, "not a PEM certificate chain: " + openssl_error());
  }
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return invalid_file(key, "not the PEM private key of " + certificate + ": " + openssl_error());
  }
  return TlsContextPtr(std::move(made));
}

Result<TlsContextPtr> TlsContext::for_client(const std::string& ca) {
  std::shared_ptr<TlsContext> made(new TlsContext);
  made->context_.reset(SSL_CTX_new(TLS_client_method()));
  CHECK(made->context_ != nullptr);
  configure(made->native());
  SSL_CTX_set_verify(made->native(), SSL_VERIFY_PEER, nullptr);
  ERR_clear_error();
  const bool known = ca.empty() ? SSL_CTX_set_default_verify_paths(made->native()) == 1
                                : SSL_CTX_load_verify_file(made->native(), ca.c_str()) == 1;
  if (!known) return invalid_file(ca, "not a PEM file of certificates: " + openssl_error());
  return TlsContextPtr(std::move(made));
}

void ProtocolMeter::follow(SSL* ssl, std::function<void()> beyond) {
  messages_ = 0;
  beyond_ = std::move(beyond);
  SSL_set_msg_callback(ssl, count);
  SSL_set_msg_callback_arg(ssl, this);
}

void ProtocolMeter::count(int, int, int type, const void*, std::size_t, SSL*, void* meter) {
  if (type != SSL3_RT_HANDSHAKE && type != SSL3_RT_ALERT) return;
  auto& self = *static_cast<ProtocolMeter*>(meter);
  ++self.messages_;
  if (self.is_beyond() && self.beyond_) self.beyond_();
}

/// OpenSSL's way to the socket: it never has to wait for it when writing, so that it never holds a record of ours that
/// would have to be offered again in the same words.
struct SocketBio {
  static TlsStream& stream(BIO* bio) { return *static_cast<TlsStream*>(BIO_get_data(bio)); }

  static int write(BIO* bio, const char* bytes, int size) {
    return stream(bio).send_now({bytes, static_cast<std::size_t>(size)}) ? size : -1;
  }
  static int read(BIO* bio, char* into, int size) {
    BIO_clear_retry_flags(bio);
    if (stream(bio).meter_.is_beyond()) return -1;
    const ssize_t got = ::recv(stream(bio).fd_, into, static_cast<std::size_t>(size), 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) BIO_set_retry_read(bio);
    return static_cast<int>(got);
  }
  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static const BIO_METHOD* method() {
    static const BIO_METHOD* const made = [] {
      BIO_METHOD* each = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
      BIO_meth_set_write(each, write);
      BIO_meth_set_read(each, read);
      BIO_meth_set_ctrl(each, control);
      return each;
    }();
    return made;
  }
};

TlsStream::TlsStream(TlsContextPtr context, int fd, const std::string& host)
    : context_(std::move(context)), ssl_(SSL_new(context_->native())), fd_(fd) {
  CHECK(ssl_ != nullptr);
  BIO* bio = BIO_new(SocketBio::method());
  CHECK(bio != nullptr);
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
  meter_.follow(ssl_);
  if (SSL_is_server(ssl_) == 1) {
    SSL_set_accept_state(ssl_);
    return;
  }
  SSL_set_connect_state(ssl_);
  X509_VERIFY_PARAM* wanted = SSL_get0_param(ssl_);
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1) return;
  SSL_set1_host(ssl_, host.c_str());
  SSL_set_tlsext_host_name(ssl_, host.c_str());
}

TlsStream::~TlsStream() {
  if (!broken_ && SSL_is_init_finished(ssl_) == 1) SSL_shutdown(ssl_);
  ERR_clear_error();
  SSL_free(ssl_);
}

bool TlsStream::send_now(std::string_view bytes) {
  if (unsent_.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return false;
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  if (unsent_.size() + bytes.size() > kUnsentBytesMax) return false;
  unsent_.append(bytes);
  return true;
}

ssize_t TlsStream::fail(int returned, bool reading) {
  const int why = SSL_get_error(ssl_, returned);
  ERR_clear_error();
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
    errno = EAGAIN;
    return -1;
  }
  if (why == SSL_ERROR_ZERO_RETURN && reading) return 0;
  broken_ = true;
  errno = EPROTO;
  return -1;
}

ssize_t TlsStream::read(std::span<char> into) {
  ERR_clear_error();
  const int got = SSL_read(ssl_, into.data(), static_cast<int>(into.size()));
  if (got <= 0) return fail(got, true);
  if (!std::exchange(agreed_, true)) forget_key_exchange();
  return got;
}

/// The keys of both sides that the session's were agreed on with. Nobody needs them again, and who steals our memory
/// must not find them. OpenSSL keeps them as long as the connection, 400 bytes of it.
void TlsStream::forget_key_exchange() {
  EVP_PKEY* ours = nullptr;
  EVP_PKEY* theirs = nullptr;
  SSL_get_tmp_key(ssl_, &ours);
  SSL_get_peer_tmp_key(ssl_, &theirs);
  for (EVP_PKEY* key : {ours, theirs}) {
    if (key != nullptr) EVP_PKEY_set_type(key, EVP_PKEY_get_id(key));  // it has the type, and no key any more
    EVP_PKEY_free(key);
  }
  ERR_clear_error();
}

ssize_t TlsStream::write(std::string_view bytes) {
  if (has_unsent() || SSL_is_init_finished(ssl_) != 1) {
    errno = EAGAIN;
    return -1;
  }
  const std::size_t size = bytes.size();
  ERR_clear_error();
  while (!bytes.empty()) {  // a record at a time
    const int taken = SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
    if (taken <= 0) return fail(taken, false);
    bytes.remove_prefix(static_cast<std::size_t>(taken));
  }
  return static_cast<ssize_t>(size);
}

int TlsStream::flush() {
  while (has_unsent()) {
    const ssize_t sent = ::send(fd_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return -1;
    unsent_.erase(0, static_cast<std::size_t>(sent));
  }
  unsent_ = std::string();  // an idle one holds no buffer
  return 0;
}

}  // namespace matchcue::runtime
