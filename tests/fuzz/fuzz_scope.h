// What the fuzz targets share: something to look at, and the way to cut their input in two.
#pragma once

#include "base/value/builder.h"
#include "base/value/parse.h"

#include "base/json.h"
#include "base/payload.h"
#include "engine/asl/scope.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

namespace stepd::fuzz {

class FuzzScope final : public asl::Scope {
 public:
  explicit FuzzScope(Value input) : input_(std::move(input)) {}
  Value input() const override { return input_; }
  Value context() const override { return input_; }
  std::optional<Value> variable(std::string_view) const override { return input_; }
  std::uint64_t draw() const override { return ++draws_; }
  Budget& budget() const override { return budget_; }

 private:
  Value input_;
  mutable Budget budget_;
  mutable std::uint64_t draws_ = 0;
};

/// What stands before the first line feed, and what stands after it.
inline std::pair<std::string_view, std::string_view> cut(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto end = text.find('\n');
  return {text.substr(0, end), end == std::string_view::npos ? std::string_view() : text.substr(end + 1)};
}

/// The JSON of the second part, or something with a little of everything.
inline Value input_of(std::string_view text) {
  auto value = parse_value(text);
  if (value) return *std::move(value);
  return parse_value(R"({"a":[1,2.5,"x",null,{"b":[true,false]}],"n":3,"s":"a,b"})").value();
}

}  // namespace stepd::fuzz
