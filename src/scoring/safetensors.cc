// SPDX-License-Identifier: Apache-2.0
#include "scoring/safetensors.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.h"

namespace matchcue::scoring {

namespace {

using Json = nlohmann::json;

static_assert(std::endian::native == std::endian::little, "weights are mapped as they lie in the file");
static_assert(sizeof(float) == 4);

constexpr std::size_t kElementBytes = 4;
constexpr std::size_t kLengthBytes = 8;
constexpr std::string_view kMetadata = "__metadata__";

std::string in_quotes(std::string_view text) {
  std::string out;
  append_json_string(first_characters(text, 80), out);
  return out;
}

Error corrupt(const std::string& what) { return Error{ErrorKind::corrupt, "corrupt_weights", what, {}}; }

/// Nothing when the product does not fit.
std::optional<std::size_t> element_count(std::span<const std::size_t> shape) {
  std::size_t count = 1;
  for (const std::size_t size : shape) {
    if (__builtin_mul_overflow(count, size, &count)) return std::nullopt;
  }
  return count;
}

Result<void> check_tensor(const Tensor& tensor) {
  const auto wrong = [&](const std::string& what) {
    return invalid("invalid_weights", "tensor " + in_quotes(tensor.name) + ": " + what);
  };
  if (tensor.name.empty() || tensor.name == kMetadata || !is_utf8(tensor.name)) return wrong("this cannot be a name");
  if (!tensor.floats.empty() && !tensor.integers.empty()) return wrong("both floats and whole numbers");
  const std::size_t count = tensor.floats.size() + tensor.integers.size();
  if (element_count(tensor.shape) != count) {
    return wrong(std::to_string(count) + " elements are not what its shape says");
  }
  const auto unusable =
      std::find_if_not(tensor.floats.begin(), tensor.floats.end(), [](float x) { return std::isfinite(x); });
  if (unusable == tensor.floats.end()) return {};
  return wrong("element " + std::to_string(unusable - tensor.floats.begin()) + " is not a finite number");
}

/// One entry of the header.
struct Entry {
  std::string name;
  std::vector<std::size_t> shape;
  bool whole_numbers = false;
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::optional<std::vector<std::size_t>> read_sizes(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array()) return std::nullopt;
  std::vector<std::size_t> sizes;
  for (const Json& size : *found) {
    if (!size.is_number_unsigned()) return std::nullopt;
    sizes.push_back(size.get<std::size_t>());
  }
  return sizes;
}

Result<Entry> read_entry(const std::string& name, const Json& json) {
  const auto wrong = [&](const std::string& what) { return corrupt("tensor " + in_quotes(name) + ": " + what); };
  if (name.empty()) return wrong("no name");
  if (!json.is_object()) return wrong("not described by an object");
  const auto type = json.find("dtype");
  if (type == json.end() || !type->is_string()) return wrong("no dtype");
  if (*type != "F32" && *type != "I32")
    return wrong("dtype " + in_quotes(type->get<std::string>()) + " is not F32 or I32");
  const auto shape = read_sizes(json, "shape");
  if (!shape) return wrong("shape is not an array of sizes");
  const auto offsets = read_sizes(json, "data_offsets");
  if (!offsets || offsets->size() != 2) return wrong("data_offsets is not an array of two offsets");
  Entry entry{name, *shape, *type == "I32", (*offsets)[0], (*offsets)[1]};
  const auto count = element_count(entry.shape);
  const bool fits = count && entry.begin <= entry.end && entry.begin % kElementBytes == 0 &&
                    (entry.end - entry.begin) % kElementBytes == 0 &&
                    (entry.end - entry.begin) / kElementBytes == *count;
  if (!fits) return wrong("its offsets do not fit its shape");
  return entry;
}

Result<std::vector<Entry>> read_header(std::string_view text) {
  const Json header = Json::parse(text, nullptr, false);
  if (!header.is_object()) return corrupt("the header is not a JSON object");
  std::vector<Entry> entries;
  for (const auto& [name, json] : header.items()) {
    if (name == kMetadata) continue;
    MCUE_TRY(Entry entry, read_entry(name, json));
    entries.push_back(std::move(entry));
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
  return entries;
}

}  // namespace

std::string_view bytes_of(const Tensor& tensor) {
  if (tensor.integers.empty()) {
    return {reinterpret_cast<const char*>(tensor.floats.data()), tensor.floats.size_bytes()};
  }
  return {reinterpret_cast<const char*>(tensor.integers.data()), tensor.integers.size_bytes()};
}

Result<SafetensorsLayout> lay_out_safetensors(std::span<const Tensor> tensors) {
  SafetensorsLayout layout;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    MCUE_TRY_VOID(check_tensor(tensors[i]));
    layout.order.push_back(i);
  }
  const auto key = [&](std::size_t i) {
    return std::make_pair(bytes_of(tensors[i]).size() % kTensorAlignment != 0, std::string_view(tensors[i].name));
  };
  std::sort(layout.order.begin(), layout.order.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  std::string header = "{";
  std::size_t offset = 0;
  std::vector<std::string_view> names;
  for (const std::size_t i : layout.order) {
    const Tensor& tensor = tensors[i];
    const std::size_t end = offset + bytes_of(tensor).size();
    if (offset + header.size() > 1) header += ',';
    append_json_string(tensor.name, header);
    header += R"(:{"dtype":")" + std::string(tensor.integers.empty() ? "F32" : "I32") + R"(","shape":)" +
              Json(tensor.shape).dump() + R"(,"data_offsets":)" + Json({offset, end}).dump() + '}';
    offset = end;
    names.push_back(tensor.name);
  }
  header += '}';
  std::sort(names.begin(), names.end());
  if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end()) {
    return invalid("invalid_weights", "tensor " + in_quotes(*twice) + " is there twice");
  }
  const std::size_t size = kLengthBytes + header.size();
  header.append((kTensorAlignment - size % kTensorAlignment) % kTensorAlignment, ' ');
  if (header.size() > kSafetensorsHeaderBytesMax) {
    return invalid("invalid_weights", std::to_string(tensors.size()) + " tensors are too many");
  }
  const std::uint64_t length = header.size();
  layout.prefix.assign(reinterpret_cast<const char*>(&length), kLengthBytes);
  layout.prefix += header;
  return layout;
}

Result<std::vector<Tensor>> read_safetensors(std::string_view bytes) {
  CHECK(reinterpret_cast<std::uintptr_t>(bytes.data()) % kElementBytes == 0);
  if (bytes.size() < kLengthBytes) return corrupt("shorter than 8 bytes");
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > kSafetensorsHeaderBytesMax || length > bytes.size() - kLengthBytes) {
    return corrupt("a header of " + std::to_string(length) + " bytes is longer than the file or than can be read");
  }
  if (length % kElementBytes != 0) return corrupt("the header's length is not a multiple of 4");
  MCUE_TRY(const std::vector<Entry> entries, read_header(bytes.substr(kLengthBytes, length)));
  const std::string_view data = bytes.substr(kLengthBytes + length);
  std::vector<Tensor> tensors;
  std::size_t end = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != end || entry.end > data.size()) {
      return corrupt("tensor " + in_quotes(entry.name) + ": bytes " + std::to_string(entry.begin) + " to " +
                     std::to_string(entry.end) + " leave a gap, overlap or end behind the file");
    }
    end = entry.end;
    const std::size_t count = (entry.end - entry.begin) / kElementBytes;
    Tensor tensor{entry.name, entry.shape, {}, {}};
    const char* begin = data.data() + entry.begin;
    if (entry.whole_numbers) {
      tensor.integers = {reinterpret_cast<const std::int32_t*>(begin), count};
    } else {
      tensor.floats = {reinterpret_cast<const float*>(begin), count};
    }
    tensors.push_back(std::move(tensor));
  }
  if (end != data.size()) return corrupt(std::to_string(data.size() - end) + " bytes belong to no tensor");
  return tensors;
}

}  // namespace matchcue::scoring
