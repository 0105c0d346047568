#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// TLS 1.2 and 1.3 on non-blocking sockets, by OpenSSL.

#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace matchcue::runtime {

/// One certificate with its key, ready to serve; or who is believed, ready to ask. Immutable; any thread.
class TlsContext {
 public:
  /// Reads a PEM certificate chain and the PEM private key of its first certificate.
  /// Errors: invalid_tls_files, naming the file and what is wrong with it.
  static Result<std::shared_ptr<const TlsContext>> load(const std::string& certificate, const std::string& key);
  /// A client's. `ca` is a PEM file of who may sign the server's certificate; "" is whom this machine believes.
  /// Errors: invalid_tls_files.
  static Result<std::shared_ptr<const TlsContext>> for_client(const std::string& ca);

  SSL_CTX* native() const { return context_.get(); }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  TlsContext() = default;
  std::unique_ptr<SSL_CTX, Free> context_;
};
using TlsContextPtr = std::shared_ptr<const TlsContext>;

/// Counts the messages of TLS's own on one connection, handshakes, new keys and alerts of both sides: a handshake has
/// some twelve, new keys two. OpenSSL works through as many as come before it returns, and each costs more than a
/// record of data, so whoever sends many wants to keep us busy. Single thread. Not movable: OpenSSL has its address.
class ProtocolMeter {
 public:
  static constexpr int kMessagesMax = 64;
  ProtocolMeter() = default;
  ProtocolMeter(const ProtocolMeter&) = delete;
  ProtocolMeter& operator=(const ProtocolMeter&) = delete;
  /// Counts what is said through `ssl`, which must not outlive this. `beyond` is called at each message above the most,
  /// in the midst of a call of OpenSSL's.
  void follow(SSL* ssl, std::function<void()> beyond = nullptr);
  bool is_beyond() const { return messages_ > kMessagesMax; }

 private:
  static void count(int, int, int type, const void*, std::size_t, SSL*, void* meter);
  int messages_ = 0;
  std::function<void()> beyond_;
};

/// One side of a connection, the context's; borrows its socket. An idle one holds no buffer. Single thread. Not
/// movable: OpenSSL has its address.
class TlsStream {
 public:
  /// host  whom a client wants to talk to; a server does not ask
  TlsStream(TlsContextPtr context, int fd, const std::string& host = {});
  ~TlsStream();  ///< says that nothing follows, where that can be said at once
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  /// As recv(2): how many bytes, 0 at the end, -1 with errno: EAGAIN, or EPROTO when the other side does not speak TLS
  /// well or is not who it should be. Goes on with the handshake while there is one; a client's begins here.
  ssize_t read(std::span<char> into);
  /// As send(2), but takes all or nothing: what the socket does not take is kept here, and EAGAIN is for more while
  /// that is so, or before the handshake is over.
  ssize_t write(std::string_view bytes);
  /// Something that was taken is not sent yet: flush() when the socket can be written.
  bool has_unsent() const { return !unsent_.empty(); }
  /// 0; -1 with errno, EAGAIN when something is still unsent.
  int flush();

 private:
  friend struct SocketBio;
  bool send_now(std::string_view bytes);
  ssize_t fail(int returned, bool reading);
  void forget_key_exchange();

  TlsContextPtr context_;
  ProtocolMeter meter_;
  SSL* ssl_;
  int fd_;
  std::string unsent_;  ///< ciphertext
  bool broken_ = false;
  bool agreed_ = false;  ///< bytes have come, and the handshake's keys are forgotten
};

}  // namespace matchcue::runtime
