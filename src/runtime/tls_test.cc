// SPDX-License-Identifier: Apache-2.0
#include "runtime/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <fstream>

#include "base/replaceable.h"
#include "runtime/socket.h"
#include "runtime/test_certificate.h"

namespace matchcue::runtime {
namespace {

using testing::HasSubstr;

/// Both ends of one connection, on sockets that never wait.
class TlsTest : public testing::Test {
 protected:
  TlsTest() : context(TlsContext::load(certificate.certificate(), certificate.key()).value()) { connect(); }
  void connect() {
    server.reset();
    client.reset();
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    near.reset(ends[0]);
    far.reset(ends[1]);
  }
  void begin(int version_max = 0) {
    server = std::make_unique<TlsStream>(context, near.get());
    client = std::make_unique<TestTlsClient>(far.get(), version_max);
    for (int i = 0; i < 10 && SSL_do_handshake(client->ssl()) != 1; ++i) EXPECT_EQ(hear(), "");
    EXPECT_EQ(hear(), "");
  }
  /// What the server reads now; "" when nothing is there.
  std::string hear() {
    char buffer[64 * 1024];
    const ssize_t got = server->read(buffer);
    return got > 0 ? std::string(buffer, static_cast<std::size_t>(got)) : std::string();
  }
  void say(const std::string& text) {
    ASSERT_EQ(SSL_write(client->ssl(), text.data(), static_cast<int>(text.size())), static_cast<int>(text.size()));
  }
  /// What the client reads now.
  std::string client_hears() {
    std::string text;
    char buffer[16 * 1024];
    for (int got = 1; got > 0;) {
      got = SSL_read(client->ssl(), buffer, sizeof buffer);
      if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
    }
    return text;
  }

  TestCertificate certificate{"first"};
  TlsContextPtr context;
  Fd near, far;
  std::unique_ptr<TlsStream> server;
  std::unique_ptr<TestTlsClient> client;
};

TEST_F(TlsTest, CarriesTextBothWays) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    SCOPED_TRACE(version);
    connect();
    begin(version);
    say("hello");
    EXPECT_EQ(hear(), "hello");
    EXPECT_EQ(server->write("welcome"), 7);
    EXPECT_EQ(client_hears(), "welcome");
    EXPECT_EQ(SSL_version(client->ssl()), version);
    server.reset();
    client_hears();
    EXPECT_EQ(SSL_get_shutdown(client->ssl()) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN) << "it said goodbye";
  }
}

TEST_F(TlsTest, TheKeysOfASessionAreExchangedInMidSession) {
  connect();
  begin(TLS1_3_VERSION);
  say("hello");
  EXPECT_EQ(hear(), "hello");
  ASSERT_EQ(SSL_key_update(client->ssl(), SSL_KEY_UPDATE_REQUESTED), 1);
  say("with another key");
  EXPECT_EQ(hear(), "with another key");
  EXPECT_EQ(server->write("with mine"), 9);
  EXPECT_EQ(client_hears(), "with mine");
}

TEST_F(TlsTest, WhoHasItTalkToItselfIsBrokenOff) {
  begin(TLS1_3_VERSION);
  say("hello");
  EXPECT_EQ(hear(), "hello");
  const auto exchange_keys = [&] {
    ASSERT_EQ(SSL_key_update(client->ssl(), SSL_KEY_UPDATE_NOT_REQUESTED), 1);
    ASSERT_EQ(SSL_do_handshake(client->ssl()), 1);
  };
  for (int i = 0; i < 40; ++i) exchange_keys();
  say("forty keys later");
  EXPECT_EQ(hear(), "forty keys later");
  for (int i = 0; i < ProtocolMeter::kMessagesMax; ++i) exchange_keys();
  say("what comes behind that is not read");
  char buffer[64];
  EXPECT_EQ(server->read(buffer), -1);
  EXPECT_EQ(errno, EPROTO);
}

TEST_F(TlsTest, ARenegotiationIsRefused) {
  begin(TLS1_2_VERSION);
  say("hello");
  EXPECT_EQ(hear(), "hello");
  SSL_renegotiate(client->ssl());
  SSL_do_handshake(client->ssl());
  EXPECT_EQ(hear(), "");
  ERR_clear_error();
  EXPECT_NE(SSL_do_handshake(client->ssl()), 1);
  EXPECT_EQ(ERR_GET_REASON(ERR_peek_error()), SSL_R_NO_RENEGOTIATION);
  ERR_clear_error();
  EXPECT_EQ(server->write("no"), 2) << "the session is as it was";
}

TEST_F(TlsTest, RefusesOldVersionsAndWhatIsNoTls) {
  begin(TLS1_1_VERSION);
  EXPECT_NE(SSL_is_init_finished(client->ssl()), 1);
  TlsStream other(context, near.get());
  ASSERT_EQ(::send(far.get(), "GET / HTTP/1.1\r\n\r\n", 18, 0), 18);
  char buffer[64];
  EXPECT_EQ(other.read(buffer), -1);
  EXPECT_EQ(errno, EPROTO);
  EXPECT_EQ(other.read(buffer), -1);
}

TEST_F(TlsTest, KeepsWhatASlowSocketDoesNotTakeAndTakesNoMore) {
  begin();
  std::string all;
  std::string piece(10'000, 'a');
  while (!server->has_unsent()) {
    ASSERT_EQ(server->write(piece), static_cast<ssize_t>(piece.size()));
    all += piece;
    ++piece[0];
  }
  EXPECT_EQ(server->write(piece), -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(server->flush(), -1) << "the socket is still full";
  std::string heard;
  for (int i = 0; i < 1'000 && heard.size() < all.size(); ++i) {
    heard += client_hears();
    server->flush();
  }
  EXPECT_EQ(heard, all);
  EXPECT_FALSE(server->has_unsent());
  EXPECT_EQ(server->write("more"), 4);
}

TEST_F(TlsTest, APeerThatVanishesEndsIt) {
  begin();
  far.reset();
  char buffer[64];
  EXPECT_LE(server->read(buffer), 0);
  EXPECT_EQ(server->write("x"), -1);
}

TEST_F(TlsTest, AnotherCertificateServesFromTheNextConnectionOn) {
  Replaceable<TlsContext> holder(context);
  certificate.renew("second");
  const auto next = TlsContext::load(certificate.certificate(), certificate.key());
  ASSERT_TRUE(next.ok());
  begin();
  holder.replace(*next);
  EXPECT_EQ(client->server_name(), "first");
  say("still here");
  EXPECT_EQ(hear(), "still here");
  context = holder.get();
  connect();
  begin();
  EXPECT_EQ(client->server_name(), "second");
}

TEST_F(TlsTest, SaysWhatIsWrongWithAFile) {
  const TestCertificate stranger("other");
  EXPECT_THAT(TlsContext::load("/nowhere.pem", certificate.key()).error().message, HasSubstr("/nowhere.pem"));
  const auto mixed = TlsContext::load(certificate.certificate(), stranger.key());
  EXPECT_EQ(mixed.error().code, "invalid_tls_files");
  EXPECT_THAT(mixed.error().message, HasSubstr("key values mismatch"));
  std::ofstream(certificate.key()) << "nonsense";
  EXPECT_THAT(TlsContext::load(certificate.certificate(), certificate.key()).error().message, HasSubstr("key.pem"));
}

}  // namespace
}  // namespace matchcue::runtime
