// SPDX-License-Identifier: Apache-2.0
#include "codec/websocket.h"

#include "base/random.h"
#include "base/text.h"
#include "codec/websocket_cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace matchcue::codec {
namespace {

std::vector<FrameCase> all_cases() {
  std::vector<FrameCase> cases = frame_cases();
  for (FrameCase& c : utf8_cases()) cases.push_back(std::move(c));
  return cases;
}

std::size_t whole(std::size_t left) { return left; }
std::size_t one(std::size_t) { return 1; }

TEST(FrameReader, CasesAreManyAndNamedOnce) {
  std::set<std::string> names;
  for (const FrameCase& c : all_cases()) EXPECT_TRUE(names.insert(c.name).second) << c.name;
  EXPECT_GE(names.size(), 250u);
}

TEST(FrameReader, ReportsWhatEveryCaseExpects) {
  for (const FrameCase& c : all_cases()) EXPECT_EQ(transcript(c, whole), c.expected) << c.name;
}

TEST(FrameReader, ReportsTheSameByteByByte) {
  for (const FrameCase& c : all_cases()) EXPECT_EQ(transcript(c, one), c.expected) << c.name;
}

TEST(FrameReader, ReportsTheSameInRandomPieces) {
  Random random(20240607);
  for (const FrameCase& c : all_cases()) {
    for (int round = 0; round < 8; ++round) {
      const std::size_t size_max = 1 + random.below(c.sent.size() + 1);
      const auto next_size = [&](std::size_t left) { return std::min<std::size_t>(left, 1 + random.below(size_max)); };
      ASSERT_EQ(transcript(c, next_size), c.expected) << c.name << " round " << round;
    }
  }
}

TEST(FrameReader, HandsOutAWholeMessageWithoutCopyingIt) {
  std::string sent = frame_bytes({1, "Hello"});
  std::span<char> chunk(sent);
  FrameReader reader(Role::server);
  const FrameEvent event = reader.next(chunk);
  EXPECT_EQ(event.payload, "Hello");
  EXPECT_EQ(event.payload.data(), sent.data() + 6);
  EXPECT_EQ(reader.buffered_bytes(), 0u);
}

TEST(FrameReader, HoldsMemoryOnlyWhileAMessageIsIncomplete) {
  std::string sent = frame_bytes({1, std::string(5000, 'x')});
  FrameReader reader(Role::server);
  std::span<char> first = std::span(sent).first(3000);
  EXPECT_EQ(reader.next(first).kind, FrameEvent::Kind::none);
  EXPECT_GE(reader.buffered_bytes(), 2900u);
  std::span<char> second = std::span(sent).subspan(3000);
  EXPECT_EQ(reader.next(second).payload.size(), 5000u);
  EXPECT_EQ(reader.next(second).kind, FrameEvent::Kind::none);
  EXPECT_EQ(reader.buffered_bytes(), 0u);
}

TEST(FrameReader, DoesNotReserveWhatIsOnlyAnnounced) {
  std::string sent = frame_bytes({2, "ab", true, 0, true, 2, 16384});
  FrameReader reader(Role::server);
  std::span<char> chunk(sent);
  EXPECT_EQ(reader.next(chunk).kind, FrameEvent::Kind::none);
  EXPECT_LT(reader.buffered_bytes(), 256u);
}

TEST(FrameReader, KeepsAnOpenMessageWhenAControlFrameCameInPieces) {
  std::string sent = frame_bytes({1, "ab", false}) + frame_bytes({9, "ping"}) + frame_bytes({0, "cd"});
  FrameCase c{"", sent, "", {}, Role::server};
  EXPECT_EQ(transcript(c, [](std::size_t left) { return std::min<std::size_t>(left, 11); }), "ping:ping text:abcd");
}

TEST(WriteFrame, IsReadBackByTheOtherSide) {
  for (const std::size_t size : {0u, 1u, 125u, 126u, 65535u, 65536u}) {
    const std::string payload(size, 'p');
    FrameCase c{"", "", "", {1 << 20, 1 << 20, 1}, Role::client};
    append_frame(Opcode::text, payload, c.sent);
    EXPECT_EQ(transcript(c, whole), "text:" + payload);
    EXPECT_EQ(c.sent.size(), size + (size < 126 ? 2 : size < 65536 ? 4 : 10));
    c.role = Role::server;
    c.sent.clear();
    append_masked_frame(Opcode::binary, payload, 0xa1b2c3d4, c.sent);
    EXPECT_EQ(transcript(c, whole), "binary:" + payload);
  }
}

TEST(WriteFrame, MatchesTheExamplesOfTheRfc) {
  std::string out;
  append_frame(Opcode::text, "Hello", out);
  EXPECT_EQ(out, "\x81\x05Hello");
  std::string masked;
  append_masked_frame(Opcode::text, "Hello", 0x3d21fa37, masked);
  EXPECT_EQ(masked, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
}

TEST(WriteFrame, CloseCarriesItsCodeAndAReasonCutAtACharacter) {
  std::string reason(122, 'r');
  reason += "\xc3\xa4";  // its second byte would be the 124th
  FrameCase c{"", "", "", {}, Role::client};
  append_close(CloseCode::slow_viewer, reason, c.sent);
  EXPECT_EQ(transcript(c, whole), "close:4002:" + std::string(122, 'r'));
}

TEST(ApplyMask, IsTheSameFromAnyOffset) {
  constexpr std::array<unsigned char, 4> kMask = {1, 2, 3, 4};
  std::string expected(100, '\0');
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<char>(kMask[i % 4]);
  for (std::size_t cut = 0; cut <= 40; ++cut) {
    std::string bytes(100, '\0');
    apply_mask(std::span(bytes).first(cut), kMask, 0);
    apply_mask(std::span(bytes).subspan(cut), kMask, cut);
    EXPECT_EQ(bytes, expected) << cut;
  }
}

TEST(AcceptKey, MatchesTheExampleOfTheRfc) {
  EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(CloseCodes, AreSortedSendableAndNamedOnce) {
  std::set<std::string_view> names;
  std::uint16_t before = 0;
  for (const CloseCodeRow& row : kCloseCodes) {
    const auto code = static_cast<std::uint16_t>(row.code);
    EXPECT_GT(code, before);
    before = code;
    EXPECT_TRUE(is_sendable_close_code(code)) << code;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.meaning.empty());
    EXPECT_EQ(find_close_code(code), &row);
  }
  EXPECT_EQ(find_close_code(1006), nullptr);
  EXPECT_EQ(find_close_code(4000)->then, AfterClose::reconnect);
  EXPECT_EQ(find_close_code(4003)->then, AfterClose::stop);
}

TEST(Utf8Stream, AgreesWithTheWholeCheckOnRandomBytes) {
  Random random(7);
  constexpr std::string_view kBytes = "a\x7f\x80\x8f\x90\x9f\xa0\xbf\xc1\xc2\xdf\xe0\xe1\xed\xef\xf0\xf1\xf4\xf5\xff";
  for (int round = 0; round < 200'000; ++round) {
    std::string bytes(round % 3 == 0 ? 9 : 0, 'a');
    const std::size_t size = random.below(6);
    for (std::size_t i = 0; i < size; ++i) bytes += kBytes[random.below(kBytes.size())];
    Utf8Stream stream;
    const std::size_t cut = random.below(bytes.size() + 1);
    const bool fine = stream.feed(std::string_view(bytes).substr(0, cut)) &&
                      stream.feed(std::string_view(bytes).substr(cut)) && stream.complete();
    ASSERT_EQ(fine, is_utf8(bytes)) << testing::PrintToString(bytes);
  }
}

}  // namespace
}  // namespace matchcue::codec
