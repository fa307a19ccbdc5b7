#include "dynamodb/expression_parameters.h"

#include "dynamodb/expressions/expression_reader.h"
#include "dynamodb/typed_value.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

constexpr std::size_t kPlaceholderBytes = 255;

std::string list_present(const Request& request, std::initializer_list<const char*> names) {
  std::string list;
  for (const char* name : names) {
    if (request.has(name)) list += (list.empty() ? "" : ", ") + std::string(name);
  }
  return list;
}

bool is_placeholder(const std::string& key, char sign) {
  return key.size() > 1 && key.front() == sign && std::all_of(key.begin() + 1, key.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
         });
}

Result<void> check_placeholder(const std::string& map, const std::string& key, char sign) {
  if (key.size() > kPlaceholderBytes) {
    const auto size = sign == '#' ? " size of key: " + std::to_string(key.size()) : std::string();
    return validation_error(
        map + " contains invalid key: The expression attribute map contains a key that is too long;" + size);
  }
  if (!is_placeholder(key, sign))
    return validation_error(map + " contains invalid key: Syntax error; key: \"" + key + "\"");
  return {};
}

}  // namespace

Result<void> check_mixing(const Request& request, std::initializer_list<const char*> legacy,
                          std::initializer_list<const char*> expressions) {
  const auto old = list_present(request, legacy);
  const auto fresh = list_present(request, expressions);
  if (old.empty() || fresh.empty()) return {};
  return validation_error(
      "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {" +
      old + "} Expression parameters: {" + fresh + "}");
}

Result<Placeholders> PlaceholderParameters::read(std::initializer_list<const char*> expressions) const {
  const std::string names = "ExpressionAttributeNames";
  const std::string values = "ExpressionAttributeValues";
  const bool any = std::any_of(expressions.begin(), expressions.end(),
                               [&](const char* expression) { return request_.has(expression); });
  const auto refuse_without_expression = [&](const std::string& map, bool says_which) {
    std::string message = map + " can only be specified when using expressions";
    if (says_which && request_.wording() == Wording::Old) {
      message += ":";
      for (const char* expression : expressions)
        message += std::string(message.ends_with(':') ? " " : " and ") + expression;
      message += expressions.size() == 1 ? " is null" : " are null";
    }
    return validation_error(std::move(message));
  };
  if (names_ != nullptr && !any) return refuse_without_expression(names, false);
  if (values_ != nullptr && !any) return refuse_without_expression(values, true);
  std::map<std::string, std::string, std::less<>> read_names;
  std::map<std::string, Attribute, std::less<>> read_values;
  if (names_ != nullptr) {
    if (names_->empty()) return validation_error(names + " must not be empty");
    for (const auto& [key, name] : names_->items()) {
      STEPD_CHECK(check_placeholder(names, key, '#'));
      auto text = name.get<std::string>();
      if (text.empty()) return validation_error(names + " contains invalid value: Empty attribute name for key " + key);
      read_names.emplace(key, std::move(text));
    }
  }
  if (values_ != nullptr) {
    if (values_->empty()) return validation_error(values + " must not be empty");
    for (const auto& [key, given] : values_->items()) {
      STEPD_CHECK(check_placeholder(values, key, ':'));
      auto value = from_typed(given, request_.wording());
      if (!value) {
        if (request_.wording() != Wording::Old) return value.error();
        return validation_error(values + " contains invalid value: " + value.error().cause + " for key " + key);
      }
      read_values.emplace(key, *std::move(value));
    }
  }
  return Placeholders(std::move(read_names), std::move(read_values));
}

Result<void> check_all_used(const Placeholders& placeholders) {
  if (auto unused = placeholders.unused(); !unused.empty()) return validation_error(std::move(unused));
  return {};
}

Item select(const Item& item, const Selection& selection) { return selection ? project(item, *selection) : item; }

}  // namespace stepd::dynamodb
