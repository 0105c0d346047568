// SPDX-License-Identifier: Apache-2.0
#include "codec/websocket_cases.h"

#include <array>

namespace matchcue::codec {

namespace {

constexpr FrameLimits kWide = {16 * 1024 * 1024, 16 * 1024 * 1024, 1'000'000};

std::string text(std::string payload, bool final = true) { return frame_bytes({1, std::move(payload), final}); }
std::string binary(std::string payload, bool final = true) { return frame_bytes({2, std::move(payload), final}); }
std::string more(std::string payload, bool final) { return frame_bytes({0, std::move(payload), final}); }
std::string ping(std::string payload) { return frame_bytes({9, std::move(payload)}); }
std::string pong(std::string payload) { return frame_bytes({10, std::move(payload)}); }
std::string close(std::string payload) { return frame_bytes({8, std::move(payload)}); }
std::string closed(unsigned code, const std::string& reason = {}) {
  return close(std::string{static_cast<char>(code >> 8), static_cast<char>(code)} + reason);
}

using Cases = std::vector<FrameCase>;

std::string label(std::string_view group, std::size_t number) { return std::string(group) + std::to_string(number); }

void framing(Cases& cases) {
  for (const std::size_t size : {0u, 1u, 7u, 8u, 9u, 124u, 125u, 126u, 127u, 128u, 1000u, 65535u, 65536u, 65537u}) {
    const std::string payload(size, '*');
    cases.push_back({label("framing.text.", size), text(payload), "text:" + payload, kWide});
    cases.push_back({label("framing.binary.", size), binary(payload), "binary:" + payload, kWide});
    cases.push_back({label("framing.unmasked_from_server.", size), frame_bytes({1, payload, true, 0, false}),
                     "text:" + payload, kWide, Role::client});
  }
  for (const unsigned opcode : {0u, 1u, 2u, 8u, 9u, 10u}) {
    cases.push_back(
        {label("framing.unmasked_from_client.", opcode), frame_bytes({opcode, "x", true, 0, false}), "error:1002"});
    cases.push_back(
        {label("framing.masked_from_server.", opcode), frame_bytes({opcode, "x"}), "error:1002", {}, Role::client});
  }
  struct Longer {
    std::size_t size;
    int length_bytes;
    bool fine;
  };
  for (const Longer& longer : std::array<Longer, 10>{{{0, 2, false},
                                                      {125, 2, false},
                                                      {126, 2, true},
                                                      {65535, 2, true},
                                                      {0, 8, false},
                                                      {125, 8, false},
                                                      {126, 8, false},
                                                      {65535, 8, false},
                                                      {65536, 8, true},
                                                      {70000, 8, true}}}) {
    const std::string payload(longer.size, 'a');
    cases.push_back({"framing.length." + std::to_string(longer.length_bytes) + "." + std::to_string(longer.size),
                     frame_bytes({1, payload, true, 0, true, longer.length_bytes}),
                     longer.fine ? "text:" + payload : "error:1002", kWide});
  }
  cases.push_back({"framing.high_bit", frame_bytes({1, "a", true, 0, true, 8, 1ULL << 63}), "error:1002", kWide});
  cases.push_back({"framing.all_bits", frame_bytes({1, "a", true, 0, true, 8, ~1ULL}), "error:1002", kWide});
  cases.push_back({"framing.cut_header", text("Hello").substr(0, 5), ""});
  cases.push_back({"framing.cut_payload", text("Hello").substr(0, 9), ""});
  cases.push_back({"framing.nothing", "", ""});
  cases.push_back({"framing.two", text("a") + text("b"), "text:a text:b"});
}

void pings(Cases& cases) {
  const std::string long_payload(125, '\xfe');
  cases.push_back({"ping.empty", ping(""), "ping:"});
  cases.push_back({"ping.payload", ping("Hello, world!"), "ping:Hello, world!"});
  cases.push_back({"ping.binary", ping(std::string("\x00\xff\xfe\xfd\xfc\xfb\x00\xff", 8)),
                   "ping:" + std::string("\x00\xff\xfe\xfd\xfc\xfb\x00\xff", 8)});
  cases.push_back({"ping.longest", ping(long_payload), "ping:" + long_payload});
  for (const std::size_t size : {126u, 127u, 1000u, 65536u}) {
    for (const unsigned opcode : {8u, 9u, 10u}) {
      cases.push_back({"ping.too_long." + std::to_string(opcode) + "." + std::to_string(size),
                       frame_bytes({opcode, std::string(size, 'x')}), "error:1002", kWide});
    }
  }
  cases.push_back({"ping.unasked_pong", pong(""), "pong:"});
  cases.push_back({"ping.unasked_pong_payload", pong("unsolicited"), "pong:unsolicited"});
  cases.push_back({"ping.pong_then_ping", pong("a") + ping("b"), "pong:a ping:b"});
  std::string many;
  std::string expected;
  for (int i = 0; i < 10; ++i) {
    many += ping("payload-" + std::to_string(i));
    expected += (i == 0 ? "ping:payload-" : " ping:payload-") + std::to_string(i);
  }
  cases.push_back({"ping.ten", many, expected});
}

void reserved(Cases& cases) {
  for (unsigned bits = 1; bits < 8; ++bits) {
    for (const unsigned opcode : {1u, 2u, 8u, 9u, 10u}) {
      cases.push_back({"reserved.bits." + std::to_string(bits) + "." + std::to_string(opcode),
                       text("before") + frame_bytes({opcode, "x", true, bits}) + ping(""), "text:before error:1002"});
    }
  }
  for (const unsigned opcode : {3u, 4u, 5u, 6u, 7u, 11u, 12u, 13u, 14u, 15u}) {
    cases.push_back({label("reserved.opcode.alone.", opcode), frame_bytes({opcode, ""}), "error:1002"});
    cases.push_back({label("reserved.opcode.after.", opcode),
                     text("before") + frame_bytes({opcode, "payload"}) + ping(""), "text:before error:1002"});
    cases.push_back({label("reserved.opcode.inside.", opcode),
                     text("open", false) + frame_bytes({opcode, "payload"}) + more("end", true), "error:1002"});
  }
}

void fragmentation(Cases& cases) {
  const auto add = [&](std::string name, std::string sent, std::string expected) {
    cases.push_back({"fragments." + std::move(name), std::move(sent), std::move(expected)});
  };
  for (const unsigned opcode : {8u, 9u, 10u}) {
    add(label("control_not_final.", opcode), frame_bytes({opcode, "fr", false}) + more("ag", true), "error:1002");
    add(label("control_continued.", opcode), text("a", false) + frame_bytes({opcode, "", false}), "error:1002");
  }
  add("two", text("fragment1", false) + more("fragment2", true), "text:fragment1fragment2");
  add("two_binary", binary("a", false) + more("b", true), "binary:ab");
  add("ping_between", text("a", false) + ping("p") + more("b", true), "ping:p text:ab");
  add("pong_between", text("a", false) + pong("p") + more("b", true), "pong:p text:ab");
  add("pings_between", text("a", false) + ping("p") + more("b", false) + ping("q") + ping("") + more("c", true),
      "ping:p ping:q ping: text:abc");
  add("close_between", text("a", false) + closed(1000) + more("b", true), "close:1000:");
  add("ends_after_close_between", text("a", false) + closed(1000) + text("z"), "close:1000:");
  add("continuation_first", more("x", true), "error:1002");
  add("continuation_first_open", more("x", false), "error:1002");
  add("continuation_after_end", text("a", false) + more("b", true) + more("c", true), "text:ab error:1002");
  add("continuation_open_after_end", text("a") + more("c", false), "text:a error:1002");
  add("text_inside", text("a", false) + text("b", true), "error:1002");
  add("text_open_inside", text("a", false) + text("b", false), "error:1002");
  add("binary_inside", text("a", false) + binary("b"), "error:1002");
  add("empty_parts", text("", false) + more("", false) + more("", true), "text:");
  add("empty_first", text("", false) + more("a", false) + more("", true), "text:a");
  add("empty_binary_parts", binary("", false) + ping("") + more("", true), "ping: binary:");
  add("two_messages", text("a", false) + more("b", true) + text("c", false) + more("d", true), "text:ab text:cd");
  add("kinds_follow", binary("\xff", false) + more("\xfe", true) + text("c", false) + more("d", true),
      "binary:\xff\xfe text:cd");
  add("whole_after", text("a", false) + more("b", true) + text("c"), "text:ab text:c");
  add("open_at_end", text("a", false) + more("b", false), "");
  add("ping_open_at_end", text("a", false) + ping("x"), "ping:x");
}

void closing(Cases& cases) {
  const auto add = [&](std::string name, std::string sent, std::string expected) {
    cases.push_back({"close." + std::move(name), std::move(sent), std::move(expected)});
  };
  add("after_message", text("Hello") + closed(1000), "text:Hello close:1000:");
  add("twice", closed(1000) + closed(1000), "close:1000:");
  add("ping_after", closed(1000) + ping(""), "close:1000:");
  add("text_after", closed(1000) + text("x"), "close:1000:");
  add("garbage_after", closed(1000) + std::string(300, '\xff'), "close:1000:");
  add("empty", close(""), "close:1005:");
  add("one_byte", close("a"), "error:1002");
  add("reason", closed(1000, "Hello World!"), "close:1000:Hello World!");
  add("longest_reason", closed(1000, std::string(123, '*')), "close:1000:" + std::string(123, '*'));
  add("too_long_reason", closed(1000, std::string(124, '*')), "error:1002");
  add("bad_utf8", closed(1000, "\xce\xba\xe1\xbd\xb9\xcf\x83\xed\xa0\x80"), "error:1007");
  add("cut_utf8", closed(1000, "\xce"), "error:1007");
  add("utf8", closed(1000, "\xce\xba\xe1\xbd\xb9"), "close:1000:\xce\xba\xe1\xbd\xb9");
  for (const unsigned code : {1000u, 1001u, 1002u, 1003u, 1007u, 1008u, 1009u, 1010u, 1011u, 1012u, 1013u, 1014u, 3000u,
                              3999u, 4000u, 4007u, 4999u}) {
    add(label("code.", code), closed(code), "close:" + std::to_string(code) + ":");
  }
  for (const unsigned code : {0u, 1u, 999u, 1004u, 1005u, 1006u, 1015u, 1016u, 1100u, 2000u, 2999u, 5000u, 65535u}) {
    add(label("bad_code.", code), closed(code, "why"), "error:1002");
  }
}

void limits(Cases& cases) {
  const FrameLimits native;
  const std::string full(native.frame_bytes_max, 'x');
  cases.push_back({"limits.frame", text(full), "text:" + full});
  cases.push_back({"limits.frame_over", text(full + "x"), "error:1009"});
  cases.push_back({"limits.frame_over_header", text(full + "x").substr(0, 4), "error:1009"});
  cases.push_back({"limits.message", text(full, false) + more(full, true), "text:" + full + full});
  cases.push_back({"limits.message_over", text(full, false) + more(full, false) + more("x", true), "error:1009"});
  cases.push_back({"limits.message_full_empty_end", binary(full, false) + more(full, false) + more("", true),
                   "binary:" + full + full});
  cases.push_back({"limits.huge_announced", frame_bytes({2, "", true, 0, true, 8, (1ULL << 63) - 1}), "error:1009"});
  cases.push_back({"limits.four_gigabytes", frame_bytes({2, "", true, 0, true, 8, 1ULL << 32}), "error:1009", kWide});
  cases.push_back({"limits.after_message", text("a") + text(full + "x"), "text:a error:1009"});
  const auto fragments = [](std::size_t count) {
    std::string sent = text("0", false);
    for (std::size_t i = 1; i < count; ++i) sent += more("1", i + 1 == count);
    return sent;
  };
  cases.push_back({"limits.fragments", fragments(32), "text:0" + std::string(31, '1')});
  cases.push_back({"limits.fragments_over", fragments(33), "error:1009"});
  const std::string sample(kSampleRouteLimits.frame_bytes_max, 's');
  std::string sent = text(sample, false);
  for (int i = 1; i < 4; ++i) sent += more(sample, i == 3);
  cases.push_back({"limits.sample", sent, "text:" + sample + sample + sample + sample, kSampleRouteLimits});
  cases.push_back({"limits.sample_frame_over", text(sample + "s"), "error:1009", kSampleRouteLimits});
  cases.push_back({"limits.big", binary(std::string(1 << 20, 'b')), "binary:" + std::string(1 << 20, 'b'), kWide});
  // Autobahn's classes 9.3-9.4 and 10: one message in fragments of many sizes.
  const std::string whole(5000, 'w');
  for (const std::size_t size : {1u, 7u, 64u, 125u, 126u, 127u, 256u, 1000u, 1300u, 4096u, 5000u}) {
    for (const unsigned opcode : {1u, 2u}) {
      std::string pieces;
      for (std::size_t at = 0; at < whole.size(); at += size) {
        pieces += frame_bytes({at == 0 ? opcode : 0, whole.substr(at, size), at + size >= whole.size()});
      }
      cases.push_back({"sizes." + std::to_string(opcode) + "." + std::to_string(size), pieces,
                       (opcode == 1 ? "text:" : "binary:") + whole, kWide});
    }
  }
}

struct Utf8Text {
  std::string_view name;
  std::string_view bytes;
  std::string_view bad;  ///< what follows `bytes` and can never be right; empty when `bytes` is fine
};
constexpr auto kTexts = std::to_array<Utf8Text>({
    {"ascii", "Hello", ""},
    {"greek", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", ""},
    {"first_2", "\xc2\x80", ""},
    {"first_3", "\xe0\xa0\x80", ""},
    {"first_4", "\xf0\x90\x80\x80", ""},
    {"last_1", "\x7f", ""},
    {"last_2", "\xdf\xbf", ""},
    {"last_3", "\xef\xbf\xbf", ""},
    {"last_4", "\xf4\x8f\xbf\xbf", ""},
    {"before_surrogates", "\xed\x9f\xbf", ""},
    {"after_surrogates", "\xee\x80\x80", ""},
    {"replacement", "\xef\xbf\xbd", ""},
    {"noncharacter_fffe", "\xef\xbf\xbe", ""},
    {"noncharacter_1fffe", "\xf0\x9f\xbf\xbe", ""},
    {"noncharacter_10fffe", "\xf4\x8f\xbf\xbe", ""},
    {"long",
     "aaaaaaaaaaaaaaaa\xc3\xa4"
     "bbbbbbbb\xf0\x9f\x8e\xbe"
     "c",
     ""},
    {"stray_80", "ab", "\x80"},
    {"stray_bf", "", "\xbf"},
    {"stray_two", "", "\x80\xbf"},
    {"fe", "", "\xfe"},
    {"ff", "abcdefghij", "\xff"},
    {"lead_5", "", "\xf8\x88\x80\x80\x80"},
    {"lead_6", "", "\xfc\x84\x80\x80\x80\x80"},
    {"f5", "", "\xf5\x80\x80\x80"},
    {"above_10ffff", "\xf4", "\x90\x80\x80"},
    {"overlong_2_c0", "", "\xc0\xaf"},
    {"overlong_2_c1", "", "\xc1\xbf"},
    {"overlong_3", "\xe0", "\x80\xaf"},
    {"overlong_3_last", "\xe0", "\x9f\xbf"},
    {"overlong_4", "\xf0", "\x80\x80\xaf"},
    {"overlong_4_last", "\xf0", "\x8f\xbf\xbf"},
    {"overlong_nul", "", "\xc0\x80"},
    {"surrogate_first", "\xed", "\xa0\x80"},
    {"surrogate_last", "\xed", "\xbf\xbf"},
    {"surrogate_pair", "\xed", "\xa0\x80\xed\xb0\x80"},
    {"lonely_2", "\xc3", " "},
    {"lonely_3", "\xe1\xbd", "a"},
    {"lonely_4", "\xf0\x9f\x8e", "\xc3\xa4"},
    {"after_greek", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed",
     "\xa0\x80"
     "edited"},
});
constexpr auto kCut = std::to_array<Utf8Text>({
    {"2", "a\xc3", ""},
    {"3_1", "\xe1", ""},
    {"3_2", "\xe1\xbd", ""},
    {"4_1", "\xf0", ""},
    {"4_2", "\xf0\x9f", ""},
    {"4_3", "\xf0\x9f\x8e", ""},
});

}  // namespace

std::string frame_bytes(const FrameSpec& spec) {
  const std::uint64_t length = spec.length == ~0ULL ? spec.payload.size() : spec.length;
  const int shortest = length < 126 ? 0 : length < 65536 ? 2 : 8;
  const int length_bytes = spec.length_bytes < 0 ? shortest : spec.length_bytes;
  std::string out;
  out += static_cast<char>((spec.final ? 0x80u : 0u) | (spec.reserved << 4) | spec.opcode);
  const unsigned length7 = length_bytes == 0 ? static_cast<unsigned>(length) : length_bytes == 2 ? 126 : 127;
  out += static_cast<char>((spec.masked ? 0x80u : 0u) | length7);
  for (int i = length_bytes - 1; i >= 0; --i) out += static_cast<char>(length >> (8 * i));
  constexpr std::string_view kMask = "\x37\xfa\x21\x3d";
  if (spec.masked) out += kMask;
  for (std::size_t i = 0; i < spec.payload.size(); ++i) {
    out += spec.masked ? static_cast<char>(spec.payload[i] ^ kMask[i % 4]) : spec.payload[i];
  }
  return out;
}

std::vector<FrameCase> frame_cases() {
  Cases cases;
  framing(cases);
  pings(cases);
  reserved(cases);
  fragmentation(cases);
  closing(cases);
  limits(cases);
  return cases;
}

std::vector<FrameCase> utf8_cases() {
  Cases cases;
  for (const Utf8Text& t : kTexts) {
    const std::string all = std::string(t.bytes) + std::string(t.bad);
    const std::string name = "utf8." + std::string(t.name);
    const std::string expected = t.bad.empty() ? "text:" + all : "error:1007";
    cases.push_back({name + ".whole", text(all), expected});
    std::string pieces = text("", false);
    for (const char c : all) pieces += more(std::string(1, c), false);
    cases.push_back({name + ".byte_a_frame", pieces + more("", true), expected, kWide});
    cases.push_back({name + ".binary", binary(all), "binary:" + all});
    if (t.bad.empty()) continue;
    // Refused at the bad byte, though the message and even its frame go on.
    const std::string early = std::string(t.bytes) + std::string(t.bad.substr(0, 1));
    cases.push_back({name + ".early_frame", text(early, false), "error:1007"});
    cases.push_back({name + ".early_byte", frame_bytes({1, early, true, 0, true, 2, 1000}), "error:1007"});
    if (!t.bytes.empty()) {
      cases.push_back({name + ".not_too_early", text(std::string(t.bytes), false) + ping(""), "ping:"});
    }
  }
  for (const Utf8Text& t : kCut) {
    const std::string name = "utf8.cut." + std::string(t.name);
    cases.push_back({name + ".whole", text(std::string(t.bytes)), "error:1007"});
    cases.push_back({name + ".fragments", text(std::string(t.bytes), false) + more("", true), "error:1007"});
    cases.push_back({name + ".open", text(std::string(t.bytes), false), ""});
  }
  return cases;
}

}  // namespace matchcue::codec
