#include "base/value/json_border.h"

#include "base/long_integer.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace stepd {
namespace {

Json number_to_json(const Value& number) {
  // nlohmann reads what has no sign as unsigned.
  const std::string text = number.number_text();
  if (const auto value = number.integer()) {
    return text.starts_with('-') ? Json(*value) : Json(static_cast<std::uint64_t>(*value));
  }
  if (number.kind() == Kind::Integer) {
    std::uint64_t value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{}) return value;
  }
  return json_number(number.number(), text);
}

// A builder takes no more levels than a parser follows, so this ends there.
bool append_json(const Json& json, Builder& builder) {
  switch (json.type()) {
    case Json::value_t::boolean:
      return builder.boolean(json.get<bool>());
    case Json::value_t::number_integer:
      return builder.integer(json.get<std::int64_t>());
    case Json::value_t::number_unsigned:
      return builder.decimal(std::to_string(json.get<std::uint64_t>()));
    case Json::value_t::number_float:
      return builder.number(json.get<double>());
    case Json::value_t::binary:
      return builder.decimal(long_integer_digits(json));
    case Json::value_t::string:
      return builder.string(json.get_ref<const std::string&>());
    case Json::value_t::array: {
      if (!builder.begin_array()) return false;
      for (const Json& item : json) {
        if (!append_json(item, builder)) return false;
      }
      return builder.end();
    }
    case Json::value_t::object: {
      if (!builder.begin_object()) return false;
      for (const auto& [name, value] : json.get_ref<const Json::object_t&>()) {
        if (!builder.key(name) || !append_json(value, builder)) return false;
      }
      return builder.end();
    }
    default:
      return builder.null();
  }
}

}  // namespace

// No value is deeper than limits::kJsonDepth, so recursion is bounded.
Json to_json(const Value& value) {
  switch (value.kind()) {
    case Kind::Null:
      return nullptr;
    case Kind::Bool:
      return value.boolean();
    case Kind::Integer:
    case Kind::Decimal:
      return number_to_json(value);
    case Kind::String:
      return std::string(value.string());
    case Kind::Array: {
      Json array = Json::array();
      for (const Value& item : value.items()) array.push_back(to_json(item));
      return array;
    }
    case Kind::Object: {
      Json json = Json::object();
      // Appended, not looked up: names differ.
      for (const auto& [key, member] : value.members()) {
        json.get_ref<Json::object_t&>().emplace_back(std::string(key), to_json(member));
      }
      return json;
    }
  }
  return nullptr;
}

Result<Value> from_json(const Json& json, Budget& budget) {
  Builder builder(budget);
  if (!append_json(json, builder)) return AslError{"", std::string(describe(builder.limit()))};
  return std::move(builder).finish();
}

Value from_json(const Json& json) {
  Budget budget = Budget::without_limits();
  auto value = from_json(json, budget);
  if (!value) throw std::length_error(value.error().cause);
  return *std::move(value);
}

}  // namespace stepd
