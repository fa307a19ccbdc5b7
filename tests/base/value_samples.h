// Values for the tests of base/value.
#pragma once

#include "base/value/builder.h"
#include "base/value/parse.h"
#include "base/value/print.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <ostream>
#include <random>
#include <string>
#include <string_view>

namespace stepd {

inline void PrintTo(const Value& value, std::ostream* out) { *out << print(value); }

inline Value value_of(std::string_view text) {
  auto value = parse_value(text);
  if (!value) ADD_FAILURE() << value.error().cause << " in " << text;
  return value ? *std::move(value) : Value();
}

/// The text printed again, or the cause of its refusal.
inline std::string reprint(std::string_view text) {
  const auto value = parse_value(text);
  return value ? print(*value) : "refused: " + value.error().cause;
}

inline std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

inline std::string nested_arrays(std::size_t levels) { return repeat("[", levels) + repeat("]", levels); }

/// Trees with a little of everything: text that needs escapes, long and short, numbers of each form, wide objects.
class RandomValues {
 public:
  explicit RandomValues(std::uint64_t seed) : draw_(seed) {}

  Value tree(int levels = 4) {
    Budget budget = Budget::without_limits();
    Builder builder(budget);
    add_tree(builder, levels);
    return std::move(builder).finish();
  }
  std::size_t below(std::size_t limit) { return draw_() % limit; }

 private:
  std::string text() {
    constexpr std::array<std::string_view, 12> kPieces{
        "a", "\"", "\\", "\n", "\x01", "\x7f", "ü", "日本", "\xF0\x9F\x98\x80", "/", "long text without any escape",
        " "};
    std::string out;
    for (std::size_t i = below(6); i > 0; --i) out += kPieces[below(kPieces.size())];
    return out;
  }

  void add_number(Builder& builder) {
    constexpr std::array<const char*, 10> kNumbers{"-0",
                                                   "0.10",
                                                   "1e2",
                                                   "100000000000000000000",
                                                   "1.7976931348623157e308",
                                                   "5e-324",
                                                   "1E-2",
                                                   "12.50",
                                                   "0.1000000000000000055511151231257827",
                                                   "-1"};
    switch (below(3)) {
      case 0:
        builder.integer(static_cast<std::int64_t>(draw_()) >> below(64));
        break;
      case 1:
        builder.number(std::ldexp(static_cast<double>(below(1'000'000)), static_cast<int>(below(200)) - 100));
        break;
      default:
        builder.decimal(kNumbers[below(kNumbers.size())]);
    }
  }

  void add_tree(Builder& builder, int levels) {
    switch (below(levels > 0 ? 8 : 5)) {
      case 0:
        builder.null();
        return;
      case 1:
        builder.boolean(below(2) == 0);
        return;
      case 2:
        add_number(builder);
        return;
      case 3:
      case 4:
        builder.string(text());
        return;
      case 5: {
        builder.begin_array();
        for (std::size_t i = below(6); i > 0; --i) add_tree(builder, levels - 1);
        break;
      }
      default: {
        builder.begin_object();
        // Some have an index, and names do repeat.
        for (std::size_t i = below(8) == 0 ? 40 : below(6); i > 0; --i) {
          builder.key(text() + std::to_string(below(30)));
          add_tree(builder, levels - 2);
        }
      }
    }
    builder.end();
  }

  std::mt19937_64 draw_;
};

}  // namespace stepd
