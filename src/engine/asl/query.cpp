#include "engine/asl/query.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/json_pointer.h"
#include "base/value/print.h"
#include "engine/asl/errors.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace stepd::asl {
namespace {

constexpr std::string_view kOpen = "{%";
constexpr std::string_view kClose = "%}";
constexpr double kWholeMax = 9'007'199'254'740'992.0;  // 2^53: beyond it a double does not tell neighbours apart

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string_view type_name(const Value& value) {
  switch (value.kind()) {
    case Kind::Null:
      return "null";
    case Kind::Bool:
      return "boolean";
    case Kind::String:
      return "string";
    case Kind::Array:
      return "array";
    case Kind::Object:
      return "object";
    default:
      return "number";
  }
}

/// A version 4 UUID, with which AWS marks an internal error.
std::string error_id(std::uint64_t drawn) {
  std::string bytes = sha256(std::to_string(drawn));
  bytes[6] = static_cast<char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);
  return to_uuid(bytes);
}

/// "line 1, column 5 of the expression", and below it the line with a caret.
void show_place(Diagnostic& diagnostic, std::string_view text, std::uint32_t byte_position) {
  const auto before = text.substr(0, byte_position);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto start = before.rfind('\n');
  const auto column = before.size() - (start == std::string_view::npos ? 0 : start + 1);
  const auto place = "line " + std::to_string(line) + ", column " + std::to_string(std::max<std::size_t>(column, 1)) +
                     " of the expression";
  diagnostic.hint = diagnostic.hint.empty() ? place : place + "; " + diagnostic.hint;
  diagnostic.excerpt = jsonata::show_position(text, byte_position);
}

/// AWS's texts, measured (floci, issues 2670 and 2745); that of a member of `$states` as its users report it.
class Judge {
 public:
  Judge(std::string_view text, const QueryPlace& place, Diagnostics& diagnostics)
      : text_(text), place_(place), diagnostics_(diagnostics) {}

  void invalid(const jsonata::Error& error) {
    auto& diagnostic = add(codes::kInvalidJsonata, error.message);
    diagnostic.hint = error.hint;
    show_place(diagnostic, text_, error.byte_position);
  }

  bool accepts(const jsonata::References& references) {
    for (const auto& each : references.top_level) {
      const std::string what = "Reference to '" + each.name + "' ";
      unsupported(what + (each.name == "$$" ? "is not supported." : "at the top level is not supported."), each,
                  "the input is $states.input");
    }
    std::set<std::string_view> refused;
    for (const auto& each : references.variables) {
      if (each.variable.name != "states" || each.names.empty() || has(each.names.front())) continue;
      if (!refused.insert(each.names.front()).second) continue;
      unsupported("Field '$states." + each.names.front() + "' does not exist.", each.variable, "");
    }
    return !refused_;
  }

 private:
  bool has(const std::string& member) const {
    return member == "input" || member == "context" || (member == "result" && place_.access.result) ||
           (member == "errorOutput" && place_.access.error_output);
  }

  void unsupported(std::string message, const jsonata::Reference& at, std::string hint) {
    refused_ = true;
    auto& diagnostic = add(codes::kUnsupportedJsonata, std::move(message));
    diagnostic.hint = std::move(hint);
    show_place(diagnostic, text_, at.byte_position);
  }

  Diagnostic& add(const char* code, std::string message) {
    return diagnostics_.emplace_back(Diagnostic{Severity::Error, code, std::move(message), place_.pointer});
  }

  std::string_view text_;
  const QueryPlace& place_;
  Diagnostics& diagnostics_;
  bool refused_ = false;
};

}  // namespace

QueryPlace QueryPlace::member(std::string_view name) const {
  return {child_pointer(pointer, name), location.empty() ? std::string(name) : location + "/" + std::string(name),
          access};
}

QueryPlace QueryPlace::item(std::size_t index) const {
  const auto number = std::to_string(index);
  return {child_pointer(pointer, number), location + "[" + number + "]", access};
}

bool Query::is_meant(std::string_view text) { return text.starts_with(kOpen) || text.ends_with(kClose); }

std::optional<Query> Query::compile(std::string_view text, const QueryPlace& place, Diagnostics& diagnostics) {
  if (text.size() < kOpen.size() + kClose.size() || !text.starts_with(kOpen) || !text.ends_with(kClose)) {
    diagnostics.push_back(
        {Severity::Error, codes::kSchema, "JSONata string must start with {% and end with %}", place.pointer});
    return std::nullopt;
  }
  text.remove_prefix(kOpen.size());
  text.remove_suffix(kClose.size());
  text = trimmed(text);
  Judge judge(text, place, diagnostics);
  auto compiled = jsonata::Expression::compile(text, jsonata::Dialect::StepFunctions);
  if (const auto* error = std::get_if<jsonata::Error>(&compiled)) {
    judge.invalid(*error);
    return std::nullopt;
  }
  Query query(std::get<jsonata::Expression>(std::move(compiled)));
  const auto& references = query.expression_.references();
  if (!judge.accepts(references)) return std::nullopt;
  query.location_ = place.location;
  for (const auto& each : references.variables) {
    const auto& name = each.variable.name;
    if (name == "states") {
      query.reads_states_ = true;
      query.reads_context_ = query.reads_context_ || each.names.empty() || each.names.front() == "context";
    } else if (std::find(query.variables_.begin(), query.variables_.end(), name) == query.variables_.end()) {
      query.variables_.push_back(name);
    }
  }
  return query;
}

EvaluationError Query::error(const std::string& what) const {
  return {
      AslError(std::string(errors::kQueryEvaluationError), "The JSONata expression '" + expression_.text() +
                                                               "' specified for the field '" + location_ + "' " + what),
      location_};
}

EvaluationError Query::unexpected(const Value& value, std::string_view expected) const {
  return error("returned an unexpected result type. Expected '" + std::string(expected) + "', but was '" +
               std::string(type_name(value)) + "' for value: " + print_for_cause(value));
}

Evaluated<Value> Query::evaluate(const Scope& scope) const {
  std::vector<jsonata::Binding> bindings;
  bindings.reserve(variables_.size() + 1);
  for (const auto& name : variables_) {
    if (auto value = scope.variable(name)) bindings.push_back({name, *std::move(value)});
  }
  // A variable may have the name of a function, as `count`.
  for (const auto& name : expression_.references().functions) {
    if (auto value = scope.variable(name)) bindings.push_back({name, *std::move(value)});
  }
  if (reads_states_) bindings.push_back({"states", scope.states(reads_context_)});
  const jsonata::Environment environment{scope.now_ms(), scope.draw()};
  auto outcome =
      jsonata::evaluate(expression_, std::nullopt, bindings, environment, jsonata::Bounds::of_step_functions());
  using Outcome = jsonata::Outcome::Kind;
  switch (outcome.kind) {
    case Outcome::Value:
    case Outcome::NotFinite:
      return std::move(outcome.value);
    case Outcome::Undefined:
      return error("returned nothing (undefined).");
    case Outcome::Function:
      return error("returned an unsupported result type.");
    case Outcome::Failed:
      break;
  }
  if (outcome.error.code == jsonata::kInternalError)
    return error("threw an internal error during evaluation. " + error_id(environment.seed));
  const char* separator = outcome.error.bound == jsonata::Bound::None ? ". " : ": ";
  return error("threw an error during evaluation" + std::string(separator) + outcome.error.text());
}

Evaluated<bool> Query::boolean(const Scope& scope) const {
  STEPD_TRY(const Value value, evaluate(scope));
  if (!value.is_bool()) return unexpected(value, "boolean");
  return value.boolean();
}

Evaluated<std::string> Query::string(const Scope& scope) const {
  STEPD_TRY(const Value value, evaluate(scope));
  if (!value.is_string()) return unexpected(value, "string");
  return std::string(value.string());
}

Evaluated<double> Query::number(const Scope& scope, double low, double high) const {
  STEPD_TRY(const Value value, evaluate(scope));
  if (!value.is_number()) return unexpected(value, "number");
  const double number = value.number();
  if (number >= low && number <= high) return number;
  return error("returned " + print_for_cause(value) + ", which is not between " + print(Value::number(low)) + " and " +
               print(Value::number(high)) + ".");
}

Evaluated<std::int64_t> Query::integer(const Scope& scope, std::int64_t low, std::int64_t high) const {
  STEPD_TRY(const Value value, evaluate(scope));
  if (!value.is_number()) return unexpected(value, "number");
  auto whole = value.integer();
  const double number = value.number();
  if (!whole && std::trunc(number) == number && std::abs(number) <= kWholeMax)
    whole = static_cast<std::int64_t>(number);
  if (whole && *whole >= low && *whole <= high) return *whole;
  return error("returned " + print_for_cause(value) + ", which is not an integer between " + std::to_string(low) +
               " and " + std::to_string(high) + ".");
}

}  // namespace stepd::asl
