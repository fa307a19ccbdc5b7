// What an expression may look at while it is evaluated.
#pragma once

#include "base/value/builder.h"
#include "base/value/value.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace stepd::asl {

/// Input, context object and variables of one state. Thread: one.
class Scope {
 public:
  virtual ~Scope() = default;
  /// `$`
  virtual Value input() const = 0;
  /// `$$`, made when it is first asked for.
  virtual Value context() const = 0;
  /// `$name`; nothing if no variable of that name has been assigned.
  virtual std::optional<Value> variable(std::string_view name) const = 0;
  /// 64 bits for States.UUID and States.MathRandom: another value at each call, the same in a repeated turn.
  virtual std::uint64_t draw() const = 0;
  /// What everything that is evaluated in this scope may build.
  virtual Budget& budget() const = 0;
};

}  // namespace stepd::asl
