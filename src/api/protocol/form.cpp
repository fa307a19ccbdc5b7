#include "api/protocol/form.h"

#include "base/encoding.h"
#include "base/value/escape.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::size_t kFieldsMax = 1'000;
constexpr std::size_t kFieldNameBytesMax = 256;
constexpr std::ptrdiff_t kFieldDepthMax = 8;

ApiError malformed_form(std::string why) { return {"MalformedQueryString", std::move(why)}; }

/// Takes the next field off `form`.
std::pair<std::string_view, std::string_view> take_field(std::string_view& form) {
  const auto field = form.substr(0, form.find('&'));
  form.remove_prefix(std::min(form.size(), field.size() + 1));
  const auto equals = std::min(field.find('='), field.size());
  return {field.substr(0, equals), field.substr(std::min(equals + 1, field.size()))};
}

/// False where a part of the name leads through a text, or the whole leads to an object.
bool place(Json& object, std::string_view name, std::string value) {
  Json* at = &object;
  for (;;) {
    const auto dot = name.find('.');
    Json& next = (*at)[std::string(name.substr(0, dot))];
    if (dot == std::string_view::npos) {
      if (next.is_object()) return false;
      next = std::move(value);
      return true;
    }
    if (next.is_null()) next = Json::object();
    if (!next.is_object()) return false;
    at = &next;
    name.remove_prefix(dot + 1);
  }
}

std::optional<unsigned> number_in(const std::string& name) {
  unsigned number = 0;
  const auto [end, fault] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (fault != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

/// Makes lists of what names lists. Its depth is kFieldDepthMax at most.
void settle_lists(Json& value) {
  if (!value.is_object() || value.empty()) return;
  std::map<unsigned, Json*> elements;
  bool numbered = true;
  for (auto& [name, member] : value.items()) {
    settle_lists(member);
    const auto number = number_in(name);
    numbered = numbered && number.has_value();
    if (numbered) elements[*number] = &member;
  }
  if (numbered) {
    Json list = Json::array();
    for (auto& [number, element] : elements) list.push_back(std::move(*element));
    value = std::move(list);
    return;
  }
  if (value.size() != 1) return;
  const auto only = value.begin();
  if (!only.value().is_array() || (only.key() != "member" && only.key() != "entry")) return;
  Json list = std::move(only.value());
  value = std::move(list);
}

}  // namespace

std::optional<std::string> form_field(std::string_view form, std::string_view name) {
  while (!form.empty()) {
    const auto [key, value] = take_field(form);
    if (percent_decode(key, Space::Plus) == name) return percent_decode(value, Space::Plus);
  }
  return std::nullopt;
}

Checked<Json> read_form(std::string_view form) {
  Json object = Json::object();
  std::size_t count = 0;
  while (!form.empty()) {
    const auto [key, text] = take_field(form);
    if (key.empty()) continue;
    if (++count > kFieldsMax) return malformed_form("More than " + std::to_string(kFieldsMax) + " form fields");
    const auto name = percent_decode(key, Space::Plus);
    auto value = percent_decode(text, Space::Plus);
    if (!name || !value || !is_utf8(*name) || !is_utf8(*value))
      return malformed_form("A form field is not percent-encoded UTF-8: " +
                            std::string(key.substr(0, kFieldNameBytesMax)));
    const auto deep = std::count(name->begin(), name->end(), '.') > kFieldDepthMax;
    if (deep || name->size() > kFieldNameBytesMax) return malformed_form("The name of a form field is too long");
    if (!place(object, *name, std::move(*value))) {
      return malformed_form("The form field " + *name + " is a text and a structure at once");
    }
  }
  for (auto& [name, member] : object.items()) settle_lists(member);
  return object;
}

}  // namespace stepd::api
