// SPDX-License-Identifier: Apache-2.0
//
// Tensors that are read lie within the bytes, one behind the other, each as large as its shape says; and what was read
// is read again after it was written.
#include <algorithm>
#include <cstring>
#include <memory>

#include "base/check.h"
#include "base/text.h"
#include "fuzz/pieces.h"
#include "scoring/safetensors.h"

namespace matchcue::fuzz {
namespace {

using scoring::bytes_of;
using scoring::Tensor;

/// A copy at an address that a mapped file could have, just as long, so that AddressSanitizer sees a read behind it.
class MappedBytes {
 public:
  explicit MappedBytes(std::string_view bytes) : size_(bytes.size()), bytes_(new char[size_]) {
    if (size_ > 0) std::memcpy(bytes_.get(), bytes.data(), size_);
  }
  std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<char[]> bytes_;
};

const Tensor& get_tensor(const std::vector<Tensor>& tensors, const std::string& name) {
  const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const Tensor& t) { return t.name == name; });
  CHECK(found != tensors.end(), name);
  return *found;
}

void run(std::string_view input) {
  const MappedBytes bytes(input);
  const auto read = scoring::read_safetensors(bytes.view());
  if (!read.ok()) {
    CHECK(is_utf8(read.error().message) && !read.error().message.empty());
    return;
  }
  const char* next = nullptr;
  for (const Tensor& tensor : *read) {
    std::size_t elements = 1;
    for (const std::size_t size : tensor.shape) elements *= size;
    CHECK(4 * elements == bytes_of(tensor).size(), tensor.name, elements);
    if (bytes_of(tensor).empty()) continue;
    CHECK(next == nullptr || bytes_of(tensor).data() == next);
    CHECK(bytes_of(tensor).data() >= bytes.view().data());
    next = bytes_of(tensor).data() + bytes_of(tensor).size();
    CHECK(next <= bytes.view().data() + bytes.view().size());
  }
  const auto layout = scoring::lay_out_safetensors(*read);
  if (!layout.ok()) return;  // a float that is not finite
  std::string written = layout->prefix;
  for (const std::size_t i : layout->order) written += bytes_of((*read)[i]);
  const MappedBytes again_bytes(written);
  const auto again = scoring::read_safetensors(again_bytes.view());
  CHECK(again.ok() && again->size() == read->size());
  for (const Tensor& tensor : *read) {
    const Tensor& same = get_tensor(*again, tensor.name);
    CHECK(same.shape == tensor.shape && bytes_of(same) == bytes_of(tensor), tensor.name);
  }
}

}  // namespace
}  // namespace matchcue::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  matchcue::fuzz::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
