// What the tests of the language share: a scope with fixed contents, and strict comparison of JSON.
#pragma once

#include "base/payload.h"
#include "engine/asl/scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace stepd::asl::test {

/// Draws 1, 2, 3, ... scrambled, so that what is drawn differs from call to call and repeats from run to run.
class FixedScope final : public Scope {
 public:
  explicit FixedScope(Json input, Json context = Json::object(), Json variables = Json::object())
      : input_(std::move(input)), context_(std::move(context)), variables_(std::move(variables)) {}
  const Json& input() const override { return input_; }
  const Json& context() const override { return context_; }
  const Json* variable(std::string_view name) const override {
    const auto found = variables_.find(name);
    return found == variables_.end() ? nullptr : &*found;
  }
  std::uint64_t draw() const override { return ++drawn_ * 0x9E3779B97F4A7C15ull; }

 private:
  Json input_;
  Json context_;
  Json variables_;
  mutable std::uint64_t drawn_ = 0;
};

/// 1 is not 1.0, and the order of members counts: AWS's answers show both.
inline void expect_same(const Json& got, const Json& wanted) { EXPECT_EQ(print_json(got), print_json(wanted)); }

}  // namespace stepd::asl::test
