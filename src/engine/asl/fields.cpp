#include "engine/asl/fields.h"

#include "base/json_pointer.h"
#include "engine/asl/hint.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::asl {
namespace {

std::string listed(const Fields::Names& names) {
  std::string list;
  for (const auto name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  return "[" + list + "]";
}

}  // namespace

const MemberReader::Dialect Fields::kDialect{
    .null_is_absent = false,
    .whole_floats = false,
    .types = {"String", "String", "Boolean", "Integer", "Number", "Object", "Array"},
};

Fields::Fields(const Json& object, std::string pointer, Diagnostics& diagnostics, QueryLanguage language,
               std::string location)
    : MemberReader(object, kDialect),
      pointer_(std::move(pointer)),
      diagnostics_(diagnostics),
      language_(language),
      location_(std::move(location)) {}

void Fields::mistyped(std::string_view name, const Wanted& wanted, const Json&) {
  fault(name, "Expected value of type " + wanted.name);
}

bool Fields::out_of_range(std::string_view name, const Wanted& wanted, const Json&, bool too_small) {
  fault(name, too_small ? "Minimum value is " + wanted.low : "Maximum value is " + wanted.high);
  return true;
}

std::optional<std::string> Fields::one_of(std::string_view name, const Names& values) {
  auto text = string(name);
  if (!text || std::find(values.begin(), values.end(), *text) != values.end()) return text;
  fault(name, "Value should be one of the following: " + listed(values));
  diagnostics_.back().hint = did_you_mean(*text, values);
  return std::nullopt;
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
  const Json* found = take(name);
  const bool rooted = found == nullptr || !found->is_string() || found->get_ref<const std::string&>().starts_with("$");
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

std::optional<PayloadTemplate> Fields::payload_template(std::string_view name, StatesAccess access) {
  const Json* value = take(name);
  if (value == nullptr) return std::nullopt;
  if (!is_jsonata()) return PayloadTemplate::compile(*value, pointer_to(name), diagnostics_);
  return PayloadTemplate::compile_jsonata(*value, {pointer_to(name), location_of(name), access}, diagnostics_);
}

std::optional<Query> Fields::query(std::string_view name) {
  const Json* value = is_jsonata() ? take(name) : nullptr;
  if (value == nullptr || !value->is_string() || !Query::is_meant(value->get_ref<const std::string&>()))
    return std::nullopt;
  hide(name);
  return Query::compile(value->get_ref<const std::string&>(), {pointer_to(name), location_of(name)}, diagnostics_);
}

std::optional<std::string_view> Fields::at_most_one(const Names& names) {
  std::optional<std::string_view> found;
  for (const auto name : names) know(name);
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
  for (const auto& [field, value] : value().items()) {
    if (!belongs_to_other(language_, field) || std::find(names.begin(), names.end(), field) == names.end()) continue;
    fault_of(field, "The QueryLanguage is set to '" + std::string(name_of(language_)) + "', but field '" + field +
                        "' is only supported for the '" + std::string(name_of(other)) + "' QueryLanguage");
    hide(field);
  }
}

void Fields::refuse_others() {
  const Names candidates(known().begin(), known().end());
  for (const auto& name : unknown()) {
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

std::string Fields::location_of(std::string_view name) const {
  return location_.empty() ? std::string(name) : location_ + "/" + std::string(name);
}

std::string Fields::pointer_to(std::string_view name) const { return child_pointer(pointer_, name); }

}  // namespace stepd::asl
