#include "network.h"

#include <cstring>

namespace stepd::test {
namespace {

// Protocol Buffers' encoding: a field is its number and wire type, then its content. Numbers from onnx.proto.

std::string varint(std::uint64_t value) {
  std::string bytes;
  while (value > 127) {
    bytes += static_cast<char>((value & 127u) | 128u);
    value >>= 7;
  }
  return bytes + static_cast<char>(value);
}

std::string number(unsigned field, std::uint64_t value) { return varint(field << 3) + varint(value); }

std::string bytes(unsigned field, const std::string& content) {
  return varint(field << 3 | 2u) + varint(content.size()) + content;
}

std::string node(const std::string& kind, const std::vector<std::string>& inputs, const std::string& output,
                 const std::string& attribute = "") {
  std::string content;
  for (const auto& input : inputs) content += bytes(1, input);
  content += bytes(2, output) + bytes(3, kind + "0") + bytes(4, kind);
  constexpr std::uint64_t kInteger = 2;
  if (!attribute.empty()) content += bytes(5, bytes(1, attribute) + number(3, 1) + number(20, kInteger));
  return bytes(1, content);
}

std::string tensor(const std::string& name, const std::vector<std::uint64_t>& sizes, const std::vector<float>& values) {
  std::string raw(values.size() * sizeof(float), '\0');
  std::memcpy(raw.data(), values.data(), raw.size());
  std::string content;
  for (const auto size : sizes) content += number(1, size);
  constexpr std::uint64_t kFloat = 1;
  return bytes(5, content + number(2, kFloat) + bytes(8, name) + bytes(9, raw));
}

std::string value_info(unsigned field, const std::string& name, const std::vector<std::uint64_t>& sizes) {
  std::string shape;
  for (const auto size : sizes) shape += bytes(1, number(1, size));
  return bytes(field, bytes(1, name) + bytes(2, bytes(1, number(1, 1) + bytes(2, shape))));
}

}  // namespace

std::string averaging_network(std::uint32_t side, const std::vector<std::vector<float>>& weights) {
  std::vector<float> flat;
  for (const auto& row : weights) flat.insert(flat.end(), row.begin(), row.end());
  const std::uint64_t classes = weights.size();
  const auto graph = node("GlobalAveragePool", {"picture"}, "averages") +
                     node("Flatten", {"averages"}, "flat", "axis") +
                     node("Gemm", {"flat", "weights", "bias"}, "scores", "transB") + bytes(2, "averaging") +
                     tensor("weights", {classes, 3}, flat) + tensor("bias", {classes}, std::vector<float>(classes, 0)) +
                     value_info(11, "picture", {1, 3, side, side}) + value_info(12, "scores", {1, classes});
  constexpr std::uint64_t kFormat = 6;
  constexpr std::uint64_t kOperators = 11;
  return number(1, kFormat) + bytes(7, graph) + bytes(8, bytes(1, "") + number(2, kOperators));
}

}  // namespace stepd::test
