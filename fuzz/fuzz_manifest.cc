// SPDX-License-Identifier: Apache-2.0
//
// No manifest of a solution version makes its reader crash or take much memory; and what opens scores. The input is a
// manifest whose key "arrays" says what weights lie beside it: {"base": [3], "near_items": {"integers": [0, 2]}}.
#include <memory>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/text.h"
#include "scoring/open_sequence_model.h"

namespace matchcue::fuzz {
namespace {

using Json = nlohmann::json;
using scoring::Tensor;

constexpr std::size_t kElementsMax = 4'096;
constexpr int kDepthMax = 64;  ///< open_solution_folder refuses deeper ones

/// A version with the arrays that its manifest asks for.
class Folder final : public scoring::SolutionFolder {
 public:
  Folder(std::string text, const Json& manifest) : manifest_(std::move(text)) {
    const auto arrays = manifest.find("arrays");
    if (arrays == manifest.end() || !arrays->is_object()) return;
    for (const auto& [name, value] : arrays->items()) add(name, value);
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
      tensors_[i].floats = floats_[i];
      tensors_[i].integers = integers_[i];
    }
  }
  const std::string& id() const override { return id_; }
  const std::string& manifest() const override { return manifest_; }
  const std::vector<Tensor>& tensors() const override { return tensors_; }

 private:
  void add(const std::string& name, const Json& value) {
    const bool whole = value.is_object() && value.contains("integers");
    const Json& numbers = whole ? value["integers"] : value;
    if (!numbers.is_array() || numbers.size() > kElementsMax) return;
    std::vector<std::int32_t> integers;
    for (const Json& number : numbers) {
      if (!number.is_number_integer()) return;
      integers.push_back(static_cast<std::int32_t>(number.get<std::int64_t>()));
    }
    if (whole) return push({name, {integers.size()}, {}, {}}, {}, std::move(integers));
    Tensor tensor{name, {}, {}, {}};
    std::size_t elements = 1;
    for (const std::int32_t extent : integers) {
      if (extent < 0 || static_cast<std::size_t>(extent) > kElementsMax) return;
      tensor.shape.push_back(static_cast<std::size_t>(extent));
      elements *= tensor.shape.back();
      if (elements > kElementsMax) return;
    }
    push(std::move(tensor), std::vector<float>(elements, .25F), {});
  }
  void push(Tensor tensor, std::vector<float> floats, std::vector<std::int32_t> integers) {
    tensors_.push_back(std::move(tensor));
    floats_.push_back(std::move(floats));
    integers_.push_back(std::move(integers));
  }

  std::string id_ = "fuzz-000000000000";
  std::string manifest_;
  std::vector<Tensor> tensors_;
  std::vector<std::vector<float>> floats_;
  std::vector<std::vector<std::int32_t>> integers_;
};

/// Two acts, then all items in a context.
void use(const scoring::SequenceModel& model) {
  std::vector<domain::Item> items;
  for (const char* id : {"a", "b", "n"}) {
    items.push_back(domain::make_item(domain::ItemId(id), {{"G", std::string("x|y")}}, "").value());
  }
  const domain::Catalogue catalogue(1, items);
  const domain::Values context = {{"P", std::string("x/z")}};
  CHECK(model.log_odds_scale() >= 0 && model.state_size() < (std::size_t{1} << 24), model.state_size());
  std::vector<float> state(model.state_size());
  model.start(state);
  for (std::int64_t act = 0; act < 2; ++act) model.advance(state, {items[0], "CLICK", context, act * 60, 1});
  std::vector<float> scores(items.size());
  model.fold(catalogue, {context, {}})->score(state, {{}, {}, {{"T", std::string("y")}}}, scores);
}

void run(std::string_view input) {
  bool too_deep = false;
  const auto watch_depth = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kDepthMax;
    return !too_deep;
  };
  const Json manifest = Json::parse(input, watch_depth, false);
  if (too_deep || !manifest.is_object()) return;
  const auto opened = scoring::open_sequence_model(std::make_shared<const Folder>(std::string(input), manifest));
  if (opened.ok()) return use(**opened);
  CHECK(is_utf8(opened.error().message) && !opened.error().message.empty());
}

}  // namespace
}  // namespace matchcue::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  matchcue::fuzz::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
