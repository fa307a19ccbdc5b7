// What the fuzz targets share: something to look at, and the way to cut their input in two.
#pragma once

#include "base/json.h"
#include "base/payload.h"
#include "engine/asl/scope.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

namespace stepd::fuzz {

class FuzzScope final : public asl::Scope {
 public:
  explicit FuzzScope(Json input) : input_(std::move(input)) {}
  const Json& input() const override { return input_; }
  const Json& context() const override { return input_; }
  const Json* variable(std::string_view) const override { return &input_; }
  std::uint64_t draw() const override { return ++draws_; }

 private:
  Json input_;
  mutable std::uint64_t draws_ = 0;
};

/// What stands before the first line feed, and what stands after it.
inline std::pair<std::string_view, std::string_view> cut(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto end = text.find('\n');
  return {text.substr(0, end), end == std::string_view::npos ? std::string_view() : text.substr(end + 1)};
}

/// The JSON of the second part, or something with a little of everything.
inline Json input_of(std::string_view text) {
  auto value = parse_json(text);
  if (value) return *std::move(value);
  return Json{{"a", {1, 2.5, "x", nullptr, {{"b", {true, false}}}}}, {"n", 3}, {"s", "a,b"}};
}

}  // namespace stepd::fuzz
