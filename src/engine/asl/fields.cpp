#include "engine/asl/fields.h"

#include "base/json_pointer.h"
#include "engine/asl/nearest.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::asl {
namespace {

std::string listed(const Fields::Names& names) {
  std::string list;
  for (const auto name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  return "[" + list + "]";
}

/// Strings that open with `{%` close with `%}`, at any depth.
void check_delimiters(const Json& value, const std::string& pointer, Diagnostics& diagnostics) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (text.starts_with("{%") != text.ends_with("%}")) {
      diagnostics.push_back(
          {Severity::Error, codes::kSchema, "JSONata string must start with {% and end with %}", pointer});
    }
  } else if (value.is_structured()) {
    for (const auto& [key, member] : value.items()) check_delimiters(member, child_pointer(pointer, key), diagnostics);
  }
}

}  // namespace

Fields::Fields(const Json& object, std::string pointer, Diagnostics& diagnostics, QueryLanguage language)
    : object_(object), pointer_(std::move(pointer)), diagnostics_(diagnostics), language_(language) {}

bool Fields::has(std::string_view name) const { return object_.contains(name) && !hidden_.contains(name); }

const Json* Fields::take(std::string_view name) {
  known_.emplace(name);
  if (hidden_.contains(name)) return nullptr;
  const auto found = object_.find(name);
  return found == object_.end() ? nullptr : &*found;
}

bool Fields::is_expression(const Json& value) const {
  return language_ == QueryLanguage::Jsonata && value.is_string() &&
         value.get_ref<const std::string&>().starts_with("{%");
}

std::optional<std::string> Fields::string(std::string_view name) {
  const Json* value = take(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  expected(name, "String");
  return std::nullopt;
}

std::optional<std::string> Fields::one_of(std::string_view name, const Names& values) {
  auto text = string(name);
  if (!text || std::find(values.begin(), values.end(), *text) != values.end()) return text;
  fault(name, "Value should be one of the following: " + listed(values));
  diagnostics_.back().hint = did_you_mean(*text, values);
  return std::nullopt;
}

std::optional<bool> Fields::boolean(std::string_view name) {
  const Json* value = take(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  expected(name, "Boolean");
  return std::nullopt;
}

std::optional<std::int64_t> Fields::integer(std::string_view name, std::int64_t low, std::int64_t high) {
  const Json* value = take(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number_integer()) {
    if (is_expression(*value))
      check_delimiters(*value, pointer_to(name), diagnostics_);
    else
      expected(name, "Integer");
    return std::nullopt;
  }
  const bool huge = value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
  const auto number = huge ? INT64_MAX : value->get<std::int64_t>();
  if (number < low) fault(name, "Minimum value is " + std::to_string(low));
  if (number > high) fault(name, "Maximum value is " + std::to_string(high));
  return number;
}

std::optional<double> Fields::number(std::string_view name, double low, double high) {
  const Json* value = take(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) {
    if (is_expression(*value))
      check_delimiters(*value, pointer_to(name), diagnostics_);
    else
      expected(name, "Number");
    return std::nullopt;
  }
  const auto number = value->get<double>();
  if (number < low) fault(name, "Minimum value is " + Json(low).dump());
  if (number > high) fault(name, "Maximum value is " + Json(high).dump());
  return number;
}

std::optional<std::vector<std::string>> Fields::strings(std::string_view name) {
  const Json* value = array(name);
  if (value == nullptr) return std::nullopt;
  std::vector<std::string> all;
  for (std::size_t i = 0; i < value->size(); ++i) {
    if (!(*value)[i].is_string()) {
      diagnostics_.push_back({Severity::Error, codes::kSchema, "Expected value of type String",
                              child_pointer(pointer_to(name), std::to_string(i))});
      return std::nullopt;
    }
    all.push_back((*value)[i].get<std::string>());
  }
  return all;
}

std::optional<Path> Fields::parse_path(std::string_view name, const char* refusal) {
  const auto text = string(name);
  if (!text) return std::nullopt;
  auto path = Path::parse(*text);
  if (path) return *std::move(path);
  fault(name, refusal);
  diagnostics_.back().hint = path.error().cause;
  return std::nullopt;
}

std::optional<Path> Fields::path(std::string_view name) { return parse_path(name, "Value must be a valid JSONPath."); }

std::optional<Path> Fields::operand(std::string_view name) {
  const auto found = object_.find(name);
  const bool rooted =
      found == object_.end() || !found->is_string() || found->get_ref<const std::string&>().starts_with("$");
  return parse_path(name, rooted ? "Value is not a Reference Path"
                                 : "Value is not a Reference Path: Reference path didn't start with '$'");
}

std::optional<Path> Fields::reference_path(std::string_view name) {
  auto parsed = operand(name);
  if (!parsed) return std::nullopt;
  if (parsed->is_reference() && parsed->root_kind() != Path::Root::Context) return parsed;
  fault(name, "Value is not a Reference Path");
  diagnostics_.back().hint = parsed->is_reference() ? "the context object '$$' cannot be used here"
                                                    : "'" + parsed->text() + "' can name more than one place";
  return std::nullopt;
}

std::optional<PayloadTemplate> Fields::payload_template(std::string_view name) {
  const Json* value = take(name);
  if (value == nullptr) return std::nullopt;
  return PayloadTemplate::compile(*value, pointer_to(name), diagnostics_);
}

void Fields::jsonata(std::string_view name) {
  if (const Json* value = take(name)) check_delimiters(*value, pointer_to(name), diagnostics_);
}

const Json* Fields::object(std::string_view name) {
  const Json* value = take(name);
  if (value == nullptr || value->is_object()) return value;
  if (!is_expression(*value)) expected(name, "Object");
  return nullptr;
}

const Json* Fields::array(std::string_view name) {
  const Json* value = take(name);
  if (value == nullptr || value->is_array()) return value;
  if (!is_expression(*value)) expected(name, "Array");
  return nullptr;
}

std::optional<std::string_view> Fields::at_most_one(const Names& names) {
  std::optional<std::string_view> found;
  known_.insert(names.begin(), names.end());
  for (const auto name : names) {
    if (!has(name)) continue;
    if (found) {
      fault_of(name, "There should only be one of the following fields: " + listed(names));
      return found;
    }
    found = name;
  }
  return found;
}

std::optional<std::string_view> Fields::exactly_one(const Names& names) {
  const auto found = at_most_one(names);
  if (!found) fault_here("This object should have only one of the following fields: " + listed(names));
  return found;
}

void Fields::require(const Names& names) {
  Names missing;
  std::copy_if(names.begin(), names.end(), std::back_inserter(missing), [&](auto name) { return !has(name); });
  if (!missing.empty()) fault_here("These fields are required: " + listed(missing));
}

void Fields::refuse_other_language(const Names& names) {
  const auto other = language_ == QueryLanguage::JsonPath ? QueryLanguage::Jsonata : QueryLanguage::JsonPath;
  for (const auto& [field, value] : object_.items()) {
    if (!belongs_to_other(language_, field) || std::find(names.begin(), names.end(), field) == names.end()) continue;
    fault_of(field, "The QueryLanguage is set to '" + std::string(name_of(language_)) + "', but field '" + field +
                        "' is only supported for the '" + std::string(name_of(other)) + "' QueryLanguage");
    known_.insert(field);
    hidden_.insert(field);
  }
}

void Fields::refuse_others() {
  const Names candidates(known_.begin(), known_.end());
  for (const auto& [name, value] : object_.items()) {
    if (known_.contains(name)) continue;
    fault_of(name, "Field '" + name + "' is not supported", did_you_mean(name, candidates));
  }
}

void Fields::fault(std::string_view name, std::string message, const char* code) {
  diagnostics_.push_back({Severity::Error, code, std::move(message), pointer_to(name)});
}

void Fields::fault_here(std::string message, const char* code) {
  diagnostics_.push_back({Severity::Error, code, std::move(message), pointer_});
}

void Fields::fault_of(std::string_view name, std::string message, std::string hint, const char* code) {
  diagnostics_.push_back(
      {Severity::Error, code, std::move(message), pointer_to(name), Located::Parent, "", std::move(hint)});
}

void Fields::warn(std::string_view name, const char* code, std::string message) {
  diagnostics_.push_back({Severity::Warning, code, std::move(message), pointer_to(name)});
}

std::string Fields::pointer_to(std::string_view name) const { return child_pointer(pointer_, name); }

void Fields::expected(std::string_view name, const char* what) {
  fault(name, std::string("Expected value of type ") + what);
}

}  // namespace stepd::asl
