// What an expression may look at while it is evaluated.
#pragma once

#include "base/json.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace stepd::asl {

/// Input, context object and variables of one state. Thread: one.
class Scope {
 public:
  virtual ~Scope() = default;
  /// `$`
  virtual const Json& input() const = 0;
  /// `$$`, made when first asked for.
  virtual const Json& context() const = 0;
  /// `$$.first.second` where that is there without making the whole of `$$`, which holds the execution's input; nullptr
  /// says nothing about whether the member exists.
  virtual const Json* context_member(std::string_view first, std::string_view second) const {
    static_cast<void>(first), static_cast<void>(second);
    return nullptr;
  }
  /// `$name`; null if nothing of that name has been assigned.
  virtual const Json* variable(std::string_view name) const = 0;
  /// 64 bits for States.UUID and States.MathRandom: another value at each call, the same in a repeated turn.
  virtual std::uint64_t draw() const = 0;
};

}  // namespace stepd::asl
