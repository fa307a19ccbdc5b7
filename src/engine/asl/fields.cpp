#include "engine/asl/fields.h"

#include "engine/asl/pointer.h"

#include <nlohmann/json.hpp>

namespace stepd::asl {

Fields::Fields(const Json& object, std::string pointer, Diagnostics& diagnostics)
    : object_(object), pointer_(std::move(pointer)), diagnostics_(diagnostics) {}

bool Fields::has(std::string_view name) const { return object_.contains(name); }

const Json* Fields::take(std::string_view name) {
  known_.emplace(name);
  const auto found = object_.find(name);
  return found == object_.end() ? nullptr : &*found;
}

std::optional<std::string> Fields::string(std::string_view name) {
  const Json* value = take(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  expected(name, "String");
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
    expected(name, "Integer");
    return std::nullopt;
  }
  const bool huge = value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
  const auto number = huge ? INT64_MAX : value->get<std::int64_t>();
  if (number < low) fault(name, "Value is less than the minimum of " + std::to_string(low));
  if (number > high) fault(name, "Value is greater than the maximum of " + std::to_string(high));
  return number;
}

std::optional<double> Fields::number(std::string_view name, double low, double high) {
  const Json* value = take(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) {
    expected(name, "Number");
    return std::nullopt;
  }
  const auto number = value->get<double>();
  if (number < low) fault(name, "Value is less than the minimum of " + Json(low).dump());
  if (number > high) fault(name, "Value is greater than the maximum of " + Json(high).dump());
  return number;
}

std::optional<std::vector<std::string>> Fields::strings(std::string_view name) {
  const Json* value = array(name);
  if (value == nullptr) return std::nullopt;
  std::vector<std::string> all;
  for (const auto& item : *value) {
    if (!item.is_string()) {
      fault(name, "Expected an Array of Strings");
      return std::nullopt;
    }
    all.push_back(item.get<std::string>());
  }
  return all;
}

std::optional<Path> Fields::path(std::string_view name) {
  const auto text = string(name);
  if (!text) return std::nullopt;
  auto path = Path::parse(*text);
  if (!path) {
    fault(name, "Value is not a valid JSONPath: " + path.error().cause);
    return std::nullopt;
  }
  return *std::move(path);
}

std::optional<Path> Fields::reference_path(std::string_view name) {
  auto parsed = path(name);
  if (parsed && !parsed->is_reference()) {
    fault(name, "Value is not a Reference Path: '" + parsed->text() + "' can name more than one place");
    return std::nullopt;
  }
  return parsed;
}

std::optional<PayloadTemplate> Fields::payload_template(std::string_view name) {
  const Json* value = take(name);
  if (value == nullptr) return std::nullopt;
  return PayloadTemplate::compile(*value, pointer_to(name), diagnostics_);
}

const Json* Fields::object(std::string_view name) {
  const Json* value = take(name);
  if (value == nullptr || value->is_object()) return value;
  expected(name, "Object");
  return nullptr;
}

const Json* Fields::array(std::string_view name) {
  const Json* value = take(name);
  if (value == nullptr || value->is_array()) return value;
  expected(name, "Array");
  return nullptr;
}

std::optional<std::string_view> Fields::at_most_one(const std::vector<std::string_view>& names) {
  std::optional<std::string_view> found;
  known_.insert(names.begin(), names.end());
  for (const auto name : names) {
    if (!has(name)) continue;
    if (found) {
      std::string list;
      for (const auto each : names) list += (list.empty() ? "" : ", ") + std::string(each);
      fault_here("Only one of these fields may be used: [" + list + "]");
      return found;
    }
    found = name;
  }
  return found;
}

void Fields::require(const std::vector<std::string_view>& names) {
  std::string missing;
  for (const auto name : names) {
    if (!has(name)) missing += (missing.empty() ? "" : ", ") + std::string(name);
  }
  if (!missing.empty()) fault_here("These fields are required: [" + missing + "]");
}

void Fields::refuse_others() {
  for (const auto& [name, value] : object_.items()) {
    if (!known_.contains(name)) fault(name, "Field is not supported");
  }
}

void Fields::fault(std::string_view name, std::string message) {
  diagnostics_.push_back({Severity::Error, "SCHEMA_VALIDATION_FAILED", std::move(message), pointer_to(name)});
}

void Fields::fault_here(std::string message) {
  diagnostics_.push_back({Severity::Error, "SCHEMA_VALIDATION_FAILED", std::move(message), pointer_});
}

std::string Fields::pointer_to(std::string_view name) const { return child_pointer(pointer_, name); }

void Fields::expected(std::string_view name, const char* what) {
  fault(name, std::string("Expected value of type ") + what);
}

}  // namespace stepd::asl
