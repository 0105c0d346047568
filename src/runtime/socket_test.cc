// SPDX-License-Identifier: Apache-2.0
#include "runtime/socket.h"

#include <gtest/gtest.h>

namespace matchcue::runtime {
namespace {

TEST(Address, ReadsWhatPeopleWrite) {
  EXPECT_EQ(parse_address("127.0.0.1:8080", "listen").value().text(), "127.0.0.1:8080");
  EXPECT_EQ(parse_address("localhost:0", "listen").value().text(), "127.0.0.1:0");
  EXPECT_EQ(parse_address("[::1]:9", "listen").value().text(), "[::1]:9");
}

TEST(Address, RefusesAnythingElseAndNamesIt) {
  for (const char* text :
       {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x", "host:80", "[::1:80"}) {
    const auto result = parse_address(text, "listen");
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_EQ(result.error().field, "listen");
    EXPECT_NE(result.error().message.find(text), std::string::npos);
  }
}

TEST(Address, KnowsLoopback) {
  EXPECT_TRUE(parse_address("127.8.0.1:1", "").value().is_loopback());
  EXPECT_TRUE(parse_address("[::1]:1", "").value().is_loopback());
  EXPECT_FALSE(parse_address("0.0.0.0:1", "").value().is_loopback());
  EXPECT_FALSE(parse_address("[::]:1", "").value().is_loopback());
}

TEST(Listener, TakesAFreePortWhichAnotherListenerMayShare) {
  const Fd first = listen_on(Address{"127.0.0.1", 0}).value();
  const Address bound = bound_address(first.get()).value();
  EXPECT_NE(bound.port, 0);
  EXPECT_TRUE(listen_on(bound).ok());
}

TEST(Listener, ASecondServerOnTheSamePortIsRefused) {
  const Fd first = listen_on(Address{"127.0.0.1", 0}, PortUse::first).value();
  const Address bound = bound_address(first.get()).value();
  const Fd another = listen_on(bound, PortUse::another).value();
  const auto second_server = listen_on(bound, PortUse::first);
  ASSERT_FALSE(second_server.ok());
  EXPECT_EQ(second_server.error().code, "cannot_listen");
  EXPECT_NE(second_server.error().message.find(bound.text()), std::string::npos);
}

}  // namespace
}  // namespace matchcue::runtime
