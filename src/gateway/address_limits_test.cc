// SPDX-License-Identifier: Apache-2.0
#include "gateway/address_limits.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "gateway/memory_watch.h"

namespace matchcue::gateway {
namespace {

constexpr SteadyTime kStart{std::chrono::hours(1)};

sockaddr_storage peer(const char* text) {
  sockaddr_storage storage{};
  auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
  if (::inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
  } else {
    v6.sin6_family = AF_INET6;
    EXPECT_EQ(::inet_pton(AF_INET6, text, &v6.sin6_addr), 1) << text;
  }
  return storage;
}

TEST(AddressLimits, CountsAnIpv6NetworkAsOneAndThisMachineNotAtAll) {
  const AddressLimits limits({});
  EXPECT_EQ(limits.key_of(peer("127.0.0.1")), 0U);
  EXPECT_EQ(limits.key_of(peer("127.9.9.9")), 0U);
  EXPECT_EQ(limits.key_of(peer("::1")), 0U);
  EXPECT_EQ(limits.key_of(peer("::ffff:127.0.0.1")), 0U);
  EXPECT_NE(limits.key_of(peer("192.0.2.1")), limits.key_of(peer("192.0.2.2")));
  EXPECT_EQ(limits.key_of(peer("192.0.2.1")), limits.key_of(peer("::ffff:192.0.2.1")));
  EXPECT_EQ(limits.key_of(peer("2001:db8::1")), limits.key_of(peer("2001:db8::2")));
  EXPECT_NE(limits.key_of(peer("2001:db8::1")), limits.key_of(peer("2001:db8:0:1::1")));
}

TEST(AddressLimits, HoldsAnAddressToItsConnections) {
  AddressLimits limits({3, 1'000, 1'000, 1, 1, ""});
  const AddressKey one = limits.key_of(peer("192.0.2.1"));
  const AddressKey other = limits.key_of(peer("192.0.2.2"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limits.admit(one, kStart), AddressLimits::Admitted::yes);
  EXPECT_EQ(limits.admit(one, kStart), AddressLimits::Admitted::too_many);
  EXPECT_EQ(limits.admit(other, kStart), AddressLimits::Admitted::yes);
  limits.release(one, kStart);
  EXPECT_EQ(limits.admit(one, kStart), AddressLimits::Admitted::yes);
}

TEST(AddressLimits, HoldsAnAddressToItsPace) {
  AddressLimits limits({1'000, 10, 20, 5, 5, ""});
  const AddressKey one = limits.key_of(peer("192.0.2.1"));
  int admitted = 0;
  for (int i = 0; i < 200; ++i) admitted += limits.admit(one, kStart) == AddressLimits::Admitted::yes ? 1 : 0;
  EXPECT_EQ(admitted, 20) << "at ten times the limit as at the limit";
  EXPECT_EQ(limits.admit(one, kStart), AddressLimits::Admitted::too_fast);
  EXPECT_EQ(limits.admit(one, kStart + std::chrono::milliseconds(150)), AddressLimits::Admitted::yes);
  EXPECT_EQ(limits.admit(one, kStart + std::chrono::milliseconds(160)), AddressLimits::Admitted::too_fast);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(limits.take_message(one, kStart));
  for (int i = 0; i < 45; ++i) EXPECT_FALSE(limits.take_message(one, kStart));
}

TEST(AddressLimits, HoldsAllAddressesTogetherToOnePace) {
  AddressLimitOptions options;
  options.all_connects_per_second = 10;
  options.all_connects_burst = 20;
  AddressLimits limits(options);
  const auto admitted = [&](AddressKey address, SteadyTime now) {
    return limits.admit(address, now) == AddressLimits::Admitted::yes;
  };
  for (AddressKey address = 1; address <= 20; ++address) EXPECT_TRUE(admitted(address, kStart)) << address;
  EXPECT_EQ(limits.admit(21, kStart), AddressLimits::Admitted::all_too_fast);
  for (AddressKey address = 22; address <= 200; ++address) EXPECT_FALSE(admitted(address, kStart)) << address;
  EXPECT_TRUE(admitted(0, kStart)) << "this machine is not counted";
  EXPECT_TRUE(admitted(21, kStart + Milliseconds(150)));
  EXPECT_FALSE(admitted(22, kStart + Milliseconds(150)));
}

TEST(AddressLimits, WhoHasSaidTooMuchIsNotForgotten) {
  AddressLimitOptions options;
  options.messages_per_second = 1;
  options.messages_burst = 10;
  AddressLimits limits(options);
  const AddressKey loud = 1;
  EXPECT_EQ(limits.admit(loud, kStart), AddressLimits::Admitted::yes);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(limits.take_message(loud, kStart));
  limits.release(loud, kStart);
  const SteadyTime later = kStart + Milliseconds(900);
  for (AddressKey address = 2; address < 2'000; ++address) {
    if (limits.admit(address, later) == AddressLimits::Admitted::yes) limits.release(address, later);
  }
  EXPECT_FALSE(limits.take_message(loud, later));
}

TEST(AddressLimits, ForgetsWhoIsGone) {
  AddressLimits limits({1, 50, 100, 5, 5, ""});
  for (std::uint64_t i = 1; i <= 5'000; ++i) {
    const SteadyTime now = kStart + std::chrono::seconds(i);
    EXPECT_EQ(limits.admit(i, now), AddressLimits::Admitted::yes);
    limits.release(i, now);
  }
  EXPECT_LE(limits.size(), 1'100U) << "of 5,000";
}

TEST(AddressRanges, RefusesWhatIsNone) {
  for (const char* wrong : {"127.0.0.1/33", "localhost", "::1/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0"}) {
    const auto parsed = AddressRanges::parse(std::string("::1, ") + wrong);
    ASSERT_FALSE(parsed.ok()) << wrong;
    EXPECT_NE(parsed.error().message.find(wrong), std::string::npos);
  }
  const auto some = AddressRanges::parse("10.0.0.0/9").value();
  EXPECT_TRUE(some.contains({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 127, 1, 1}));
  EXPECT_FALSE(some.contains({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 128, 1, 1}));
}

TEST(MemoryWatch, ShedsStepByStepAndRecoversWithRoom) {
  std::size_t resident = 0;
  MemoryWatch watch(1'000, [&] { return resident; });
  const auto at = [&](std::size_t bytes) {
    resident = bytes;
    return watch.measure();
  };
  EXPECT_EQ(at(849), Shedding::nothing);
  EXPECT_EQ(at(850), Shedding::newcomers);
  EXPECT_EQ(at(930), Shedding::interactions);
  EXPECT_EQ(at(1'000), Shedding::slow_viewers);
  EXPECT_EQ(at(980), Shedding::slow_viewers) << "not to and fro";
  EXPECT_EQ(at(960), Shedding::interactions);
  EXPECT_EQ(at(821), Shedding::newcomers);
  EXPECT_EQ(at(800), Shedding::nothing);
}

}  // namespace
}  // namespace matchcue::gateway
