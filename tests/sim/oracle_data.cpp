#include "sim/oracle_data.h"

#include "sim/oracle.h"

#include <cmath>
#include <optional>

namespace stepd::test::oracle {
namespace {

[[noreturn]] void fault(const char* error) { throw Failure{error, kFaultCause}; }

// ---- paths ----------------------------------------------------------------------------------------------------------

struct Steps {
  std::string root;         ///< "$", "$$" or "$name"
  std::vector<Tree> steps;  ///< names and indices
};

Steps read_path(const std::string& text) {
  Steps path;
  auto at = std::min(text.find_first_of(".[", 1), text.size());
  path.root = text.substr(0, at);
  while (at < text.size()) {
    const bool quoted = text.compare(at, 2, "['") == 0;
    const auto begin = at + (quoted ? 2 : 1);
    const auto end = text[at] == '.' ? std::min(text.find_first_of(".[", begin), text.size())
                                     : text.find(quoted ? "']" : "]", begin);
    const auto step = text.substr(begin, end - begin);
    path.steps.push_back(text[at] == '.' || quoted ? Tree(step) : Tree(std::stoul(step)));
    at = text[at] == '.' ? end : end + (quoted ? 2 : 1);
  }
  return path;
}

/// Null: there is nothing.
const Tree* look(const Steps& path, const Scope& scope) {
  const Tree* at = path.root == "$" ? &scope.input : path.root == "$$" ? &scope.context : nullptr;
  for (const auto* outer = &scope.variables; at == nullptr && outer != nullptr; outer = outer->outer) {
    const auto found = outer->own.find(path.root.substr(1));
    if (found != outer->own.end()) at = &found->second;
  }
  if (at == nullptr) return nullptr;
  for (const auto& step : path.steps) {
    if (step.is_string() ? !at->is_object() || !at->contains(step.get<std::string>())
                         : !at->is_array() || step.get<std::size_t>() >= at->size())
      return nullptr;
    at = step.is_string() ? &at->at(step.get<std::string>()) : &at->at(step.get<std::size_t>());
  }
  return at;
}

const Tree* look(const std::string& text, const Scope& scope) { return look(read_path(text), scope); }

/// Measured on AWS: an index past the end of a list, with nothing behind it, gives a template null.
bool ends_past_list(const std::string& text, const Scope& scope) {
  auto path = read_path(text);
  if (path.steps.empty() || path.steps.back().is_string()) return false;
  const auto index = path.steps.back().get<std::size_t>();
  path.steps.pop_back();
  const Tree* list = look(path, scope);
  return list != nullptr && list->is_array() && index >= list->size();
}

// ---- intrinsic functions --------------------------------------------------------------------------------------------

/// As Java shows its maps and lists.
std::string shown(const Tree& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_structured()) return value.dump();
  std::string inside;
  for (const auto& [key, member] : value.items())
    inside += (inside.empty() ? "" : ", ") + (value.is_object() ? key + "=" : "") + shown(member);
  return value.is_object() ? "{" + inside + "}" : "[" + inside + "]";
}

std::int64_t integer(const Tree& value) {
  if (!value.is_number()) fault("States.IntrinsicFailure");
  return value.is_number_integer() ? value.get<std::int64_t>()
                                   : static_cast<std::int64_t>(std::floor(value.get<double>() + 0.5));
}

Tree format(const std::vector<Tree>& arguments) {
  std::string text = arguments.at(0).get<std::string>();
  std::size_t at = 0;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    at = text.find('{', at);
    if (at == std::string::npos || text.compare(at, 2, "{}") != 0) fault("States.IntrinsicFailure");
    const auto value = shown(arguments[i]);
    text.replace(at, 2, value);
    at += value.size();
  }
  if (text.find('{', at) != std::string::npos) fault("States.IntrinsicFailure");
  return text;
}

Tree call(const std::string& name, const std::vector<Tree>& arguments) {
  if (name == "States.Array") return Tree(arguments);
  if (name == "States.Format") return format(arguments);
  if (name == "States.MathAdd") return integer(arguments.at(0)) + integer(arguments.at(1));
  if (name == "States.JsonToString") return arguments.at(0).dump();
  if (name == "States.ArrayLength" && !arguments.at(0).is_array()) fault("States.IntrinsicFailure");
  if (name == "States.ArrayLength") return arguments[0].size();
  if (name != "States.StringToJson") throw std::logic_error("the oracle does not know " + name);
  const auto text = arguments.at(0).is_string() ? arguments[0].get<std::string>() : "no text";
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return {};
  const auto parsed = Tree::parse(text, nullptr, false);
  if (parsed.is_discarded()) fault("States.IntrinsicFailure");
  return parsed;
}

/// The expression that begins at `at`, which is moved behind it.
Tree term(const std::string& text, std::size_t& at, const Scope& scope) {
  const auto begin = at;
  if (text[at] == '\'') {
    at = text.find('\'', begin + 1) + 1;
    return text.substr(begin + 1, at - begin - 2);
  }
  if (text[at] == 'S') {
    at = text.find('(', begin) + 1;
    const auto name = text.substr(begin, at - 1 - begin);
    std::vector<Tree> arguments;
    while (text[at] != ')') {
      arguments.push_back(term(text, at, scope));
      while (text[at] == ',' || text[at] == ' ') ++at;
    }
    ++at;
    return call(name, arguments);
  }
  for (bool quoted = false; at < text.size() && (quoted || (text[at] != ',' && text[at] != ')')); ++at)
    quoted ^= text[at] == '\'';
  const auto word = text.substr(begin, at - begin);
  return word[0] == '$' ? find(word, scope) : Tree::parse(word);
}

// ---- choice rules ---------------------------------------------------------------------------------------------------

bool is_of(const std::string& type, const Tree& value) {
  if (type == "String") return value.is_string();
  if (type == "Numeric") return value.is_number();
  if (type == "Boolean") return value.is_boolean();
  if (type == "Null") return value.is_null();
  const auto text = value.is_string() ? value.get<std::string>() : "";
  return text.size() == 20 && text[10] == 'T' && text[19] == 'Z';
}

bool like(const std::string& text, std::size_t at, const std::string& pattern, std::size_t from) {
  if (from == pattern.size()) return at == text.size();
  if (pattern[from] != '*')
    return at < text.size() && text[at] == pattern[from] && like(text, at + 1, pattern, from + 1);
  return like(text, at, pattern, from + 1) || (at < text.size() && like(text, at + 1, pattern, from));
}

bool compare(const std::string& op, const Tree& value, const Tree& operand) {
  for (const std::string type : {"String", "Numeric", "Boolean", "Timestamp"}) {
    if (!op.starts_with(type)) continue;
    if (!is_of(type, value) || !is_of(type, operand)) return false;
    const auto relation = op.substr(type.size());
    if (relation == "Matches") return like(value.get<std::string>(), 0, operand.get<std::string>(), 0);
    if (relation == "Equals") return value == operand;
    if (relation == "LessThan") return value < operand;
    if (relation == "GreaterThan") return value > operand;
    if (relation == "LessThanEquals") return value <= operand;
    if (relation == "GreaterThanEquals") return value >= operand;
  }
  throw std::logic_error("the oracle does not know " + op);
}

}  // namespace

Tree find(const std::string& path, const Scope& scope) {
  const Tree* found = look(path, scope);
  if (found == nullptr) fault("States.Runtime");
  return *found;
}

Tree evaluate(const std::string& expression, const Scope& scope) {
  std::size_t at = 0;
  return expression[0] == '$' ? find(expression, scope) : term(expression, at, scope);
}

Tree fill(const Tree& payload_template, const Scope& scope) {
  if (!payload_template.is_structured()) return payload_template;
  if (payload_template.is_array()) {
    Tree items = Tree::array();
    for (const auto& item : payload_template) items.push_back(fill(item, scope));
    return items;
  }
  Tree object = Tree::object();
  for (const bool dynamic : {false, true}) {
    for (const auto& [key, member] : payload_template.items()) {
      if (key.ends_with(".$") != dynamic) continue;
      const auto text = dynamic ? member.get<std::string>() : "";
      if (!dynamic)
        object[key] = fill(member, scope);
      else if (text[0] == '$' && ends_past_list(text, scope))
        object[key.substr(0, key.size() - 2)] = nullptr;
      else
        object[key.substr(0, key.size() - 2)] = evaluate(text, scope);
    }
  }
  return object;
}

Tree put(const std::string& path, Tree input, Tree result) {
  Tree* at = &input;
  for (const auto& step : read_path(path).steps) {
    if (step.is_string() && at->is_null()) *at = Tree::object();
    if (step.is_string() ? !at->is_object() : !at->is_array() || step.get<std::size_t>() >= at->size())
      fault("States.ResultPathMatchFailure");
    at = step.is_string() ? &(*at)[step.get<std::string>()] : &at->at(step.get<std::size_t>());
  }
  *at = std::move(result);
  return input;
}

bool holds(const Tree& rule, const Scope& scope) {
  if (rule.contains("Not")) return !holds(rule["Not"], scope);
  for (const char* form : {"And", "Or"}) {
    if (!rule.contains(form)) continue;
    const bool decides = form[0] == 'O';
    for (const auto& each : rule[form]) {
      if (holds(each, scope) == decides) return decides;
    }
    return !decides;
  }
  const auto variable = rule["Variable"].get<std::string>();
  for (const auto& [op, operand] : rule.items()) {
    if (op == "Variable" || op == "Next" || op == "Assign") continue;
    const Tree* value = look(variable, scope);
    if (op == "IsPresent") return (value != nullptr) == operand.get<bool>();
    if (value == nullptr) fault("States.Runtime");
    if (op.starts_with("Is")) return is_of(op.substr(2), *value) == operand.get<bool>();
    if (!op.ends_with("Path")) return compare(op, *value, operand);
    return compare(op.substr(0, op.size() - 4), *value, find(operand.get<std::string>(), scope));
  }
  throw std::logic_error("a rule without comparison");
}

}  // namespace stepd::test::oracle
