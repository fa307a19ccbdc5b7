// States.MathAdd, States.MathRandom and States.UUID. Chance comes from the scope, never from here.
#include "engine/asl/intrinsics/intrinsic.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <random>

namespace stepd::asl {

std::optional<std::int64_t> rounded(const Value& value) {
  if (value.kind() == Kind::Integer) return value.integer();
  if (value.kind() != Kind::Decimal) return std::nullopt;
  const auto number = value.number();
  const auto below = std::floor(number);
  const auto whole = number - below >= 0.5 ? below + 1 : below;
  if (!(std::abs(whole) < 0x1p63)) return std::nullopt;
  return static_cast<std::int64_t>(whole);
}

namespace intrinsic {

Result<Value> math_add(std::vector<Value>& arguments, const Scope&) {
  const auto a = rounded(arguments[0]);
  const auto b = rounded(arguments[1]);
  std::int64_t sum = 0;
  if (!a || !b || __builtin_add_overflow(*a, *b, &sum)) {
    return intrinsic_failure("The arguments of States.MathAdd must be integers whose sum fits in 64 bits");
  }
  return Value::integer(sum);
}

Result<Value> math_random(std::vector<Value>& arguments, const Scope& scope) {
  const auto low = rounded(arguments[0]);
  const auto high = rounded(arguments[1]);
  if (!low || !high || *low >= *high) {
    return intrinsic_failure("States.MathRandom needs a start that is less than its end, both integers");
  }
  std::optional<std::int64_t> seed;
  if (arguments.size() == 3) {
    seed = rounded(arguments[2]);
    if (!seed) return intrinsic_failure("The seed of States.MathRandom must be an integer");
  }
  std::mt19937_64 engine(seed ? static_cast<std::uint64_t>(*seed) : scope.draw());
  const auto span = static_cast<std::uint64_t>(*high) - static_cast<std::uint64_t>(*low);
  return Value::integer(static_cast<std::int64_t>(static_cast<std::uint64_t>(*low) + engine() % span));
}

Result<Value> uuid(std::vector<Value>&, const Scope& scope) {
  const std::uint64_t high = (scope.draw() & ~0xF000ull) | 0x4000ull;       // version 4
  const std::uint64_t low = (scope.draw() & ~(3ull << 62)) | (2ull << 62);  // variant 1
  std::array<char, 37> text;
  std::snprintf(text.data(), text.size(), "%08llx-%04llx-%04llx-%04llx-%012llx",
                static_cast<unsigned long long>(high >> 32), static_cast<unsigned long long>((high >> 16) & 0xFFFF),
                static_cast<unsigned long long>(high & 0xFFFF), static_cast<unsigned long long>(low >> 48),
                static_cast<unsigned long long>(low & 0xFFFFFFFFFFFFull));
  return Value::string(text.data());
}

}  // namespace intrinsic
}  // namespace stepd::asl
