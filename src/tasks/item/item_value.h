// Values of items beyond JSON, and how values compare and add up.
//
// A JSON object with one member named as below stands for what JSON has no form for; what really is such an object is
// kept as {"$M": object}.
//   {"$B": base64}    bytes               {"$BS": [base64]}  a set of them
//   {"$SS": [text]}   a set of texts      {"$NS": [number]}  a set of numbers
#pragma once

#include "base/json.h"
#include "base/result.h"

#include <array>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace stepd::tasks {

/// As DynamoDB names types.
inline constexpr std::array<std::string_view, 10> kValueTypes{"S", "N", "BOOL", "NULL", "L",
                                                              "M", "B", "SS",   "NS",   "BS"};

std::string_view type_of(const Json& value);
bool is_set(const Json& value);

/// Whatever the order of an object's members and of a set's elements.
bool same(const Json& a, const Json& b);
/// Texts by bytes, numbers, and bytes in base64; none for everything else and for values of two types.
std::optional<std::partial_ordering> order(const Json& a, const Json& b);
/// Whether a text, an array or a set holds it.
bool contains(const Json& whole, const Json& part);
/// Characters of a text, bytes, elements or members; none for the other types.
std::optional<std::int64_t> size_of(const Json& value);

/// `sign` is 1 or -1. Decimal: 0.1 + 0.2 is 0.3. `Item.InvalidUpdate` unless both are numbers.
Result<Json> sum(const Json& a, const Json& b, int sign);
/// Two sets of one type, together or one without the other; none when nothing is left. `Item.InvalidUpdate` otherwise.
Result<std::optional<Json>> join_sets(const Json& a, const Json& b);
Result<std::optional<Json>> subtract_set(const Json& a, const Json& b);

}  // namespace stepd::tasks
