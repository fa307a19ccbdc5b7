#include "dynamodb/api_request.h"

#include "dynamodb/expressions/expression_reader.h"
#include "dynamodb/typed_value.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

constexpr std::size_t kViolationsMax = 10;
constexpr std::size_t kTableNameMax = 255;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

/// `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME` names a table, too.
std::string name_in_arn(const std::string& given) {
  constexpr std::string_view kMark = ":table/";
  const auto mark = given.find(kMark);
  if (!given.starts_with("arn:") || mark == std::string::npos) return given;
  const auto name = given.substr(mark + kMark.size());
  return name.substr(0, name.find('/'));
}

}  // namespace

const Json* Request::find(const char* name) const {
  const auto found = arguments_.find(name);
  return found == arguments_.end() || found->is_null() ? nullptr : &*found;
}

void Request::mistyped(const Json& found, const char* wanted) {
  auto& root = parent_ == nullptr ? *this : *parent_;
  if (root.wrong_type_) return;
  const std::string to = std::string(" cannot be converted to ") + wanted;
  if (found.is_object()) {
    root.wrong_type_ = "Start of structure or map found where not expected";
  } else if (found.is_array()) {
    root.wrong_type_ = "Start of list found where not expected";
  } else if (std::string_view(wanted).empty()) {
    root.wrong_type_ = "Unexpected field type";
  } else if (found.is_boolean()) {
    root.wrong_type_ = (found.get<bool>() ? "TRUE_VALUE" : "FALSE_VALUE") + to;
  } else {
    root.wrong_type_ = (found.is_string() ? "STRING_VALUE" : "NUMBER_VALUE") + to;
  }
}

void Request::note_form(const Result<void>& checked) {
  auto& root = parent_ == nullptr ? *this : *parent_;
  if (!checked && !root.wrong_type_) root.wrong_type_ = checked.error().cause;
}

std::optional<std::string> Request::text(const char* name) {
  const Json* found = find(name);
  if (found == nullptr) return std::nullopt;
  if (found->is_string()) return found->get<std::string>();
  mistyped(*found, "String");
  return std::nullopt;
}

std::optional<bool> Request::boolean(const char* name) {
  const Json* found = find(name);
  if (found == nullptr) return std::nullopt;
  if (found->is_boolean()) return found->get<bool>();
  mistyped(*found, "Boolean");
  return std::nullopt;
}

std::optional<std::int64_t> Request::integer(const char* name) {
  const Json* found = find(name);
  if (found == nullptr) return std::nullopt;
  if (found->is_number_integer()) return found->get<std::int64_t>();
  if (found->is_number_float()) return static_cast<std::int64_t>(std::clamp(found->get<double>(), -1e18, 1e18));
  mistyped(*found, "Integer");
  return std::nullopt;
}

const Json* Request::object(const char* name) {
  const Json* found = find(name);
  if (found == nullptr || found->is_object()) return found;
  mistyped(*found, "");
  return nullptr;
}

const Json* Request::list(const char* name) {
  const Json* found = find(name);
  if (found == nullptr || found->is_array()) return found;
  mistyped(*found, "");
  return nullptr;
}

std::vector<const Json*> Request::objects(const char* name) {
  std::vector<const Json*> found;
  const Json* all = list(name);
  if (all == nullptr) return found;
  for (const auto& each : *all) {
    if (each.is_object()) {
      found.push_back(&each);
    } else {
      mistyped(each, "");
    }
  }
  return found;
}

std::vector<std::string> Request::texts(const char* name) {
  std::vector<std::string> found;
  const Json* all = list(name);
  if (all == nullptr) return found;
  for (const auto& each : *all) {
    if (each.is_string()) {
      found.push_back(each.get<std::string>());
    } else {
      mistyped(each, "String");
    }
  }
  return found;
}

const Json* Request::text_map(const char* name) {
  const Json* found = object(name);
  if (found == nullptr) return nullptr;
  for (const auto& [key, value] : found->items()) {
    if (value.is_string()) continue;
    mistyped(value, "String");
    return nullptr;
  }
  return found;
}

const Json* Request::values(const char* name) {
  const Json* found = find(name);
  if (found == nullptr) return nullptr;
  const auto checked = check_form_of_map(*found);
  note_form(checked);
  return checked ? found : nullptr;
}

const Json* Request::value(const char* name) {
  const Json* found = find(name);
  if (found == nullptr) return nullptr;
  const auto checked = check_form(*found);
  note_form(checked);
  return checked ? found : nullptr;
}

std::string Request::table_name(const char* name) {
  std::string path = name;
  path.front() = static_cast<char>(path.front() - 'A' + 'a');
  const bool present = has(name);
  const auto given = text(name);
  if (!given) {
    if (!present) violate(path, std::nullopt, "not be null");
    return "";
  }
  const auto table = name_in_arn(*given);
  if (table.empty()) {
    violate(path, table, "have length greater than or equal to 1");
  } else if (table.size() > kTableNameMax) {
    violate(path, table, "have length less than or equal to " + std::to_string(kTableNameMax));
  } else if (!std::all_of(table.begin(), table.end(), is_name_character)) {
    violate(path, table, "satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
  }
  return table;
}

std::optional<std::string> Request::choice(const char* name, const std::string& path, std::string_view set) {
  const auto given = text(name);
  if (!given) return std::nullopt;
  for (auto rest = set; !rest.empty();) {
    const auto end = std::min(rest.find(", "), rest.size());
    if (rest.substr(0, end) == *given) return given;
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  violate(path, *given, "satisfy enum value set: [" + std::string(set) + "]");
  return std::nullopt;
}

void Request::violate(const std::string& path, const std::optional<std::string>& value, const std::string& constraint) {
  const std::string shown = value ? "'" + *value + "'" : "null";
  violate("Value " + shown + " at '" + path + "' failed to satisfy constraint: Member must " + constraint);
}

void Request::violate(std::string message) {
  auto& root = parent_ == nullptr ? *this : *parent_;
  if (root.violations_.size() < kViolationsMax) root.violations_.push_back(std::move(message));
}

Result<void> Request::check() const {
  if (wrong_type_) return AslError{"SerializationException", *wrong_type_};
  if (violations_.empty()) return {};
  std::string message = std::to_string(violations_.size()) +
                        (violations_.size() == 1 ? " validation error" : " validation errors") + " detected: ";
  for (const auto& each : violations_) message += (&each == &violations_.front() ? "" : "; ") + each;
  return validation_error(std::move(message));
}

AslError Request::early(AslError error) const {
  const bool is_prefixed = wording_ == Wording::Prefixed && error.name == "ValidationException" &&
                           is_early_fault(error) && !error.cause.starts_with(kOneError);
  if (is_prefixed) error.cause = std::string(kOneError) + error.cause;
  return error;
}

std::string in_brackets(std::span<const std::string> texts) {
  std::string list;
  for (const auto& text : texts) list += (list.empty() ? "[" : ", ") + text;
  return list.empty() ? "[]" : list + "]";
}

}  // namespace stepd::dynamodb
