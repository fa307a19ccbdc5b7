// Scope: the data that an expression can read while it is evaluated.
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
  /// `$$`. It is made by the first call.
  virtual Value context() const = 0;
  /// `$name`; none if no variable of that name is assigned.
  virtual std::optional<Value> variable(std::string_view name) const = 0;
  /// `$states` of JSONata, with its member `context` if that is asked for. Only states have it.
  virtual Value states(bool /*with_context*/) const { return Value::empty_object(); }
  /// Milliseconds since 1970 UTC, of $now and $millis: the same all through a turn.
  virtual std::int64_t now_ms() const { return 0; }
  /// 64 random bits for States.UUID, States.MathRandom and an evaluation of JSONata, different at each call. A turn
  /// with the same seed draws the same ones.
  virtual std::uint64_t draw() const = 0;
  /// The budget of all values that are built in this scope.
  virtual Budget& budget() const = 0;
};

}  // namespace stepd::asl
