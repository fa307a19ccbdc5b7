// Constraints of members and the messages AWS gives for each.
#include "api/protocol/members.h"

#include "base/long_integer.h"
#include "base/payload.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

/// AWS's service counts as Java does: characters beyond the basic plane are two.
std::size_t utf16_length(std::string_view text) {
  std::size_t length = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) length += byte >= 0xF0 ? 2 : 1;
  }
  return length;
}

const char* token_name(const Json& value) {
  switch (value.type()) {
    case Json::value_t::string:
      return "STRING_VALUE";
    case Json::value_t::boolean:
      return value.get<bool>() ? "TRUE_VALUE" : "FALSE_VALUE";
    case Json::value_t::number_float:
      return "DECIMAL_VALUE";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::binary:  // a long integer
      return "NUMBER_VALUE";
    case Json::value_t::array:
      return "START_ARRAY";
    default:
      return "START_OBJECT";
  }
}

std::string join(std::initializer_list<const char*> values) {
  std::string list;
  for (const char* value : values) list += (list.empty() ? "" : ", ") + std::string(value);
  return "[" + list + "]";
}

}  // namespace

const MemberReader::Dialect Members::kDialect{
    .null_is_absent = true,
    .whole_floats = false,
    .types = {"String", "String", "Boolean", "Integer", "Float", "Structure", "List"},
};

void Members::refuse_null(const std::string& path) {
  root().violations_.push_back("Value null at '" + path + "' failed to satisfy constraint: Member must not be null");
}

void Members::refuse(const std::string& path, const Wanted& wanted, const Json& found) {
  if (found.is_null()) return refuse_null(path);
  auto& first = root().wrong_type_;
  if (!first) first = std::string(token_name(found)) + " can not be converted to " + wanted.name + " (" + path + ")";
}

void Members::mistyped(std::string_view name, const Wanted& wanted, const Json& found) {
  refuse(path_of(name), wanted, found);
}

bool Members::out_of_range(std::string_view name, const Wanted& wanted, const Json& found, bool too_small) {
  violates(name, found.dump(),
           too_small ? "Member must have value greater than or equal to " + wanted.low
                     : "Member must have value less than or equal to " + wanted.high);
  return true;
}

void Members::violates(std::string_view name, const std::optional<std::string>& value, const std::string& constraint) {
  const std::string shown = value ? "Value '" + *value + "' at '" : "Value at '";
  root().violations_.push_back(shown + path_of(name) + "' failed to satisfy constraint: " + constraint);
}

void Members::require(const char* name) {
  if (!has(name)) refuse_null(path_of(name));
}

void Members::check(const char* name, const std::string& value, const StringRule& rule) {
  const auto length = utf16_length(value);
  const auto shown = rule.sensitive ? std::nullopt : std::optional(value);
  if (length < rule.length_min) {
    violates(name, shown, "Member must have length greater than or equal to " + std::to_string(rule.length_min));
  }
  if (length > rule.length_max) {
    violates(name, shown, "Member must have length less than or equal to " + std::to_string(rule.length_max));
  }
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (rule.ascii && !std::all_of(value.begin(), value.end(), is_ascii)) {
    violates(name, shown, "Member must satisfy regular expression pattern: \\p{ASCII}*");
  }
}

std::optional<std::string> Members::string(const char* name, const StringRule& rule) {
  auto value = MemberReader::string(name);
  if (value) check(name, *value, rule);
  return value;
}

std::string Members::required_string(const char* name, const StringRule& rule) {
  auto value = string(name, rule);
  if (!value) require(name);
  return value.value_or("");
}

void Members::check_enum(const char* name, const std::string& value, std::initializer_list<const char*> values) {
  for (const char* known : values) {
    if (value == known) return;
  }
  violates(name, value, "Member must satisfy enum value set: " + join(values));
}

std::optional<std::string> Members::one_of(const char* name, std::initializer_list<const char*> values) {
  auto value = string(name, {});
  if (value) check_enum(name, *value, values);
  return value;
}

std::string Members::required_one_of(const char* name, std::initializer_list<const char*> values) {
  auto value = one_of(name, values);
  if (!value) require(name);
  return value.value_or("");
}

std::int64_t Members::required_integer(const char* name, std::int64_t min, std::int64_t max) {
  const auto value = integer(name, min, max);
  if (!value) require(name);
  return value.value_or(0);
}

std::vector<Members> Members::structures(const char* name, const ListRule& rule) {
  std::vector<Members> elements;
  const Json* given = array(name);
  if (!given) return elements;
  if (given->size() < rule.length_min) {
    violates(name, std::nullopt, "Member must have length greater than or equal to " + std::to_string(rule.length_min));
  }
  if (given->size() > rule.length_max) {
    violates(name, std::nullopt, "Member must have length less than or equal to " + std::to_string(rule.length_max));
  }
  elements.reserve(given->size());
  for (std::size_t i = 0; i < given->size(); ++i) {
    const auto path = path_of(name) + "." + std::to_string(i + 1) + ".member";
    const Json& element = (*given)[i];
    if (element.is_object()) {
      elements.emplace_back(element, path + ".", *this);
    } else {
      refuse(path, wanted(Type::Object), element);
    }
  }
  return elements;
}

std::vector<std::string> Members::strings(const char* name, const StringRule& rule) {
  std::vector<std::string> elements;
  const Json* given = array(name);
  if (!given) return elements;
  bool within = true;
  for (std::size_t i = 0; i < given->size(); ++i) {
    const auto path = path_of(name) + "." + std::to_string(i + 1) + ".member";
    const Json& element = (*given)[i];
    if (!element.is_string()) {
      refuse(path, wanted(Type::String), element);
      continue;
    }
    elements.push_back(element.get<std::string>());
    const auto length = utf16_length(elements.back());
    within = within && length >= rule.length_min && length <= rule.length_max;
  }
  if (within) return elements;
  violates(name, std::nullopt,
           "Member must satisfy constraint: [Member must have length less than or equal to " +
               std::to_string(rule.length_max) + ", Member must have length greater than or equal to " +
               std::to_string(rule.length_min) + "]");
  return elements;
}

std::optional<ApiError> Members::fault() const {
  if (wrong_type_) return ApiError("SerializationException", *wrong_type_);
  if (violations_.empty()) return std::nullopt;
  std::string message = std::to_string(violations_.size()) +
                        (violations_.size() == 1 ? " validation error detected: " : " validation errors detected: ");
  for (std::size_t i = 0; i < violations_.size(); ++i) message += (i == 0 ? "" : "; ") + violations_[i];
  return validation_error(std::move(message));
}

}  // namespace stepd::api
