// What the tests of the language share: a scope with fixed contents, and strict comparison of JSON.
#pragma once

#include "base/limits.h"
#include "base/payload.h"
#include "base/value/json_border.h"
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
  explicit FixedScope(const Json& input, const Json& context = Json::object(), const Json& variables = Json::object())
      : input_(from_json(input)), context_(from_json(context)), variables_(from_json(variables)) {
    budget_.bytes = limits::kEvaluationBytes;
  }
  Value input() const override { return input_; }
  Value context() const override { return context_; }
  std::optional<Value> variable(std::string_view name) const override {
    const Value* found = variables_.find(name);
    return found == nullptr ? std::nullopt : std::optional(*found);
  }
  std::uint64_t draw() const override { return ++drawn_ * 0x9E3779B97F4A7C15ull; }
  Budget& budget() const override { return budget_; }

 private:
  Value input_;
  Value context_;
  Value variables_;
  mutable Budget budget_;
  mutable std::uint64_t drawn_ = 0;
};

/// 1 is not 1.0, and the order of members counts: AWS's answers show both.
inline void expect_same(const Json& got, const Json& wanted) { EXPECT_EQ(print_json(got), print_json(wanted)); }

}  // namespace stepd::asl::test
