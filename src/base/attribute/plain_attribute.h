// Attributes as plain JSON: what handlers and status routes take and show, and what stores keep. A number is a JSON
// number with all its digits, a map is an object. What JSON has no form for is an object of one member:
//
//   {"$B": base64}    bytes               {"$BS": [base64]}  a set of them
//   {"$SS": [text]}   a set of texts      {"$NS": [number]}  a set of numbers
//
// A set has at least one member and none twice. A map that would be read as one of these is written as {"$M": map}.
// Nothing is lost either way, except how a number was written.
#pragma once

#include "base/attribute/attribute.h"
#include "base/json.h"
#include "base/result.h"
#include "base/value/value.h"

#include <string>
#include <string_view>

namespace stepd {

Value to_plain(const Attribute& value);
/// Throws std::length_error beyond limits::kJsonDepth levels.
Value to_plain(const AttributeMap& item);
Attribute from_plain(const Value& value);

/// For the rooms that use nlohmann's JSON: decimals become doubles there.
Json to_plain_json(const Attribute& value);
Json to_plain_json(const AttributeMap& item);
Attribute from_plain_json(const Json& value);
/// `object` is a JSON object, an item whatever its members are named.
Item item_from_plain_json(const Json& object);

/// The text of an item as it is stored.
std::string print_item(const AttributeMap& item);
/// The error has no name. Text that this program has printed, or an object that an older one has.
Result<AttributeMap> parse_item(std::string_view text);

}  // namespace stepd
