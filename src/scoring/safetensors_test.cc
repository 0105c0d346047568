// SPDX-License-Identifier: Apache-2.0
#include "scoring/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>

namespace matchcue::scoring {
namespace {

/// Bytes at an address that a mapped file could have.
class AlignedBytes {
 public:
  explicit AlignedBytes(std::string_view bytes) : words_(bytes.size() / 4 + 1), size_(bytes.size()) {
    std::memcpy(words_.data(), bytes.data(), bytes.size());
  }
  std::string_view view() const { return {reinterpret_cast<const char*>(words_.data()), size_}; }

 private:
  std::vector<std::uint32_t> words_;
  std::size_t size_;
};

std::string file_of(std::string header, std::size_t data_bytes) {
  header.append((4 - header.size() % 4) % 4, ' ');
  const std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + std::string(data_bytes, '\0');
}

std::string write(std::span<const Tensor> tensors) {
  const SafetensorsLayout layout = lay_out_safetensors(tensors).value();
  std::string bytes = layout.prefix;
  for (const std::size_t i : layout.order) bytes += bytes_of(tensors[i]);
  return bytes;
}

/// What the reader says about these bytes; "" when it reads them.
std::string complaint(const std::string& bytes) {
  const AlignedBytes aligned(bytes);
  const auto tensors = read_safetensors(aligned.view());
  return tensors.ok() ? "" : tensors.error().message;
}

std::string complaint_about(std::span<const Tensor> tensors) {
  const auto layout = lay_out_safetensors(tensors);
  return layout.ok() ? "" : layout.error().message;
}

TEST(Safetensors, WhatWasWrittenIsRead) {
  const std::vector<float> matrix(32, 1.5f);
  const std::vector<float> bias = {1, -2, 3};
  const std::vector<std::int32_t> codes = {7, -8};
  const std::vector<Tensor> tensors = {
      {"bias", {3}, bias, {}}, {"codes", {1, 2}, {}, codes}, {"matrix", {2, 16}, matrix, {}}, {"none", {0, 4}, {}, {}}};
  const AlignedBytes bytes(write(tensors));
  const auto read = read_safetensors(bytes.view()).value();
  ASSERT_EQ(read.size(), 4u);
  for (const Tensor& tensor : read) {
    const auto same =
        std::find_if(tensors.begin(), tensors.end(), [&](const Tensor& t) { return t.name == tensor.name; });
    ASSERT_NE(same, tensors.end()) << tensor.name;
    EXPECT_EQ(tensor.shape, same->shape);
    EXPECT_TRUE(std::equal(tensor.floats.begin(), tensor.floats.end(), same->floats.begin(), same->floats.end()));
    EXPECT_TRUE(
        std::equal(tensor.integers.begin(), tensor.integers.end(), same->integers.begin(), same->integers.end()));
  }
}

TEST(Safetensors, AScalarHasOneElement) {
  const float one = 1;
  const AlignedBytes bytes(write(std::vector<Tensor>{{"scale", {}, {&one, 1}, {}}}));
  EXPECT_EQ(read_safetensors(bytes.view()).value()[0].floats[0], 1);
}

TEST(Safetensors, WholeLinesComeFirstAndAligned) {
  const std::vector<float> small(3);
  const std::vector<float> large(48);
  const std::vector<Tensor> tensors = {{"a", {3}, small, {}}, {"c", {3, 16}, large, {}}, {"b", {16, 3}, large, {}}};
  const std::string bytes = write(tensors);
  const AlignedBytes aligned(bytes);
  const auto read = read_safetensors(aligned.view()).value();
  EXPECT_EQ(read[0].name, "b");
  EXPECT_EQ(read[1].name, "c");
  EXPECT_EQ(read[2].name, "a");
  for (const Tensor& tensor : read) {
    EXPECT_EQ((bytes_of(tensor).data() - aligned.view().data()) % kTensorAlignment, 0) << tensor.name;
  }
}

TEST(Safetensors, TheOrderInWhichTensorsAreGivenDoesNotMatter) {
  const std::vector<float> values = {1, 2};
  const Tensor a{"a", {2}, values, {}};
  const Tensor b{"b", {2, 1}, values, {}};
  EXPECT_EQ(write(std::vector<Tensor>{a, b}), write(std::vector<Tensor>{b, a}));
}

TEST(Safetensors, WhatOthersWriteIsRead) {
  const std::string header = R"({"__metadata__":{"format":"pt"},"y":{"dtype":"I32","shape":[2],"data_offsets":[4,12]},)"
                             R"("x":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}})";
  const AlignedBytes bytes(file_of(header, 12));
  const auto read = read_safetensors(bytes.view()).value();
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].name, "x");
  EXPECT_EQ(read[1].integers.size(), 2u);
}

TEST(Safetensors, EachDamageIsNamed) {
  const auto entry = [](const std::string& rest) { return "{\"x\":{" + rest + "}}"; };
  EXPECT_EQ(complaint("abc"), "shorter than 8 bytes");
  EXPECT_NE(complaint(std::string(8, '\xff')).find("longer than the file"), std::string::npos);
  EXPECT_NE(complaint(file_of("{}", 0).substr(0, 10)).find("longer than the file"), std::string::npos);
  EXPECT_EQ(complaint(file_of("[1]", 0)), "the header is not a JSON object");
  EXPECT_EQ(complaint(file_of("{\"x\":", 0)), "the header is not a JSON object");
  EXPECT_EQ(complaint(file_of("{\"x\":3}", 0)), "tensor \"x\": not described by an object");
  EXPECT_EQ(complaint(file_of(entry(R"("shape":[])"), 0)), "tensor \"x\": no dtype");
  EXPECT_EQ(complaint(file_of(entry(R"("dtype":"F64","shape":[1],"data_offsets":[0,8])"), 8)),
            "tensor \"x\": dtype \"F64\" is not F32 or I32");
  EXPECT_EQ(complaint(file_of(entry(R"("dtype":"F32","shape":[-1],"data_offsets":[0,4])"), 4)),
            "tensor \"x\": shape is not an array of sizes");
  EXPECT_EQ(complaint(file_of(entry(R"("dtype":"F32","shape":[1],"data_offsets":[0])"), 4)),
            "tensor \"x\": data_offsets is not an array of two offsets");
  EXPECT_EQ(complaint(file_of(entry(R"("dtype":"F32","shape":[2],"data_offsets":[0,4])"), 4)),
            "tensor \"x\": its offsets do not fit its shape");
  EXPECT_EQ(complaint(file_of(entry(R"("dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0])"), 0)),
            "tensor \"x\": its offsets do not fit its shape");
  EXPECT_NE(complaint(file_of(entry(R"("dtype":"F32","shape":[1],"data_offsets":[4,8])"), 8)).find("leave a gap"),
            std::string::npos);
  EXPECT_NE(complaint(file_of(entry(R"("dtype":"F32","shape":[2],"data_offsets":[0,8])"), 4)).find("behind the file"),
            std::string::npos);
  EXPECT_EQ(complaint(file_of(entry(R"("dtype":"F32","shape":[1],"data_offsets":[0,4])"), 5)),
            "1 bytes belong to no tensor");
}

TEST(Safetensors, WhatCannotBeWrittenIsNamed) {
  const std::vector<float> values = {1, std::numeric_limits<float>::quiet_NaN()};
  const std::vector<std::int32_t> integers = {1};
  EXPECT_EQ(complaint_about(std::vector<Tensor>{{"w", {2}, values, {}}}),
            "tensor \"w\": element 1 is not a finite number");
  EXPECT_EQ(complaint_about(std::vector<Tensor>{{"w", {2}, {}, integers}}),
            "tensor \"w\": 1 elements are not what its shape says");
  EXPECT_EQ(complaint_about(std::vector<Tensor>{{"", {1}, {}, integers}}), "tensor \"\": this cannot be a name");
  EXPECT_EQ(complaint_about(std::vector<Tensor>{{"w", {1}, {}, integers}, {"w", {1, 1}, {}, integers}}),
            "tensor \"w\" is there twice");
}

}  // namespace
}  // namespace matchcue::scoring
