#include "engine/asl/choice_rules.h"

#include "base/clock.h"
#include "base/json_pointer.h"
#include "base/long_integer.h"
#include "base/value/json_border.h"
#include "engine/asl/choice_operators.h"
#include "engine/asl/errors.h"
#include "engine/asl/fields.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <variant>

namespace stepd::asl {

struct ChoiceRule::Node {
  using Shared = std::shared_ptr<const Node>;
  struct All {
    std::vector<Shared> rules;
  };
  struct Any {
    std::vector<Shared> rules;
  };
  struct Not {
    Shared rule;
  };
  struct Test {
    const ChoiceOperator* op = nullptr;
    Path variable = Path::root();
    Value literal;
    std::optional<Path> operand;  ///< of the Path form
  };
  std::variant<All, Any, Not, Test, Query, bool> value;
};

namespace {

using Node = ChoiceRule::Node;
using Takes = ChoiceOperator::Takes;

constexpr int kNestingMax = 100;

bool fits(Takes takes, const Json& literal) {
  switch (takes) {
    case Takes::String:
      return literal.is_string();
    case Takes::Number:
      return literal.is_number() || is_long_integer(literal);
    case Takes::Boolean:
    case Takes::TypeTest:
      return literal.is_boolean();
    case Takes::Timestamp:
      return literal.is_string() && from_rfc3339(literal.get_ref<const std::string&>()).has_value();
  }
  return false;
}

const char* refusal(Takes takes, const Json& literal) {
  switch (takes) {
    case Takes::Timestamp:
      if (literal.is_string()) return "String does not match RFC3339 timestamp";
      [[fallthrough]];
    case Takes::String:
      return "Expected value of type String";
    case Takes::Number:
      return "Expected value of type Number";
    default:
      return "Expected value of type Boolean";
  }
}

/// The operators, each followed by its Path form.
const Fields::Names& comparisons() {
  static const auto all = [] {
    static std::vector<std::string> paths;
    paths.reserve(choice_operators().size());
    Fields::Names names;
    for (const auto& op : choice_operators()) {
      names.push_back(op.name);
      if (op.has_path_form) names.push_back(paths.emplace_back(std::string(op.name) + "Path"));
    }
    return names;
  }();
  return all;
}

class Compiler {
 public:
  Compiler(Diagnostics& diagnostics, QueryLanguage language, const std::string& location)
      : diagnostics_(diagnostics), language_(language), location_(location) {}

  Node::Shared compile(const Json& rule, const std::string& pointer, int depth) {
    Fields fields(rule, pointer, diagnostics_, language_, location_);
    fields.take("Comment");
    if (depth == 0) {
      for (const auto name : {"Next", "Assign"}) fields.take(name);
    }
    fields.refuse_other_language({"Condition", "Output", "Variable"});
    auto node = language_ == QueryLanguage::Jsonata ? condition(fields) : compile_fields(fields, depth);
    fields.refuse_others();
    return node;
  }

 private:
  static Node::Shared condition(Fields& fields) {
    fields.take("Output");
    const bool by_path = fields.take("Variable") != nullptr;
    for (const auto name : comparisons()) fields.take(name);  // the fault of Variable stands for them
    if (!fields.has("Condition") && !by_path) fields.require({"Condition"});
    if (auto query = fields.query("Condition")) return std::make_shared<Node>(Node{*std::move(query)});
    // Measured on AWS (LocalStack's snapshots): `true` and `false` are accepted.
    const Json* value = fields.take("Condition");
    if (value == nullptr) return nullptr;
    if (value->is_boolean()) return std::make_shared<Node>(Node{value->get<bool>()});
    fields.fault("Condition", value->is_string() ? "JSONata string must start with {% and end with %}"
                                                 : "Expected value of type String");
    return nullptr;
  }

  Node::Shared compile_fields(Fields& fields, int depth) {
    if (depth > kNestingMax) {
      fields.fault_here("Choice rules are nested more than " + std::to_string(kNestingMax) + " levels deep",
                        codes::kTooDeep);
      return nullptr;
    }
    constexpr std::array<std::string_view, 4> kForms{"And", "Or", "Not", "Variable"};
    const auto forms = std::count_if(kForms.begin(), kForms.end(), [&](auto name) { return fields.has(name); });
    for (const auto name : kForms) fields.take(name);
    if (forms != 1) {
      for (const auto name : comparisons()) fields.take(name);
      fields.fault_here("The object must have only one of the following fields, [And, Or, Not, Variable, Condition]");
      return nullptr;
    }
    if (fields.has("And")) return std::make_shared<Node>(Node{Node::All{list(fields, "And", depth)}});
    if (fields.has("Or")) return std::make_shared<Node>(Node{Node::Any{list(fields, "Or", depth)}});
    if (fields.has("Not")) {
      const Json* inner = fields.object("Not");
      if (inner == nullptr) return nullptr;
      return std::make_shared<Node>(Node{Node::Not{compile(*inner, fields.pointer_to("Not"), depth + 1)}});
    }
    return test(fields);
  }

  std::vector<Node::Shared> list(Fields& fields, std::string_view name, int depth) {
    std::vector<Node::Shared> rules;
    const Json* array = fields.array(name);
    if (array == nullptr) return rules;
    if (array->empty()) fields.fault(name, "Value cannot be empty");
    for (std::size_t i = 0; i < array->size(); ++i) {
      const auto pointer = child_pointer(fields.pointer_to(name), std::to_string(i));
      if ((*array)[i].is_object())
        rules.push_back(compile((*array)[i], pointer, depth + 1));
      else
        diagnostics_.push_back({Severity::Error, codes::kSchema, "Expected value of type Object", pointer});
    }
    return rules;
  }

  static Node::Shared test(Fields& fields) {
    Node::Test test;
    if (auto variable = fields.operand("Variable")) test.variable = *std::move(variable);
    fields.exactly_one(comparisons());
    for (const auto& op : choice_operators()) {
      const std::string path_form = std::string(op.name) + "Path";
      if (fields.has(op.name)) {
        test.op = &op;
        const Json& literal = *fields.take(op.name);
        if (!fits(op.takes, literal)) fields.fault(op.name, refusal(op.takes, literal));
        test.literal = from_json(literal);
      } else if (op.has_path_form && fields.has(path_form)) {
        test.op = &op;
        test.operand = fields.operand(path_form);
      }
    }
    return std::make_shared<Node>(Node{std::move(test)});
  }

  Diagnostics& diagnostics_;
  QueryLanguage language_;
  const std::string& location_;
};

Evaluated<bool> evaluate(const Node& node, const Scope& scope);

Result<bool> evaluate_test(const Node::Test& test, const Scope& scope) {
  const auto value = test.variable.select(scope);
  if (test.op->name == "IsPresent") return value.has_value() == test.literal.boolean();
  if (!value) {
    return errors::runtime("Invalid path '" + test.variable.text() +
                           "': The choice state's condition path references an invalid value.");
  }
  if (!test.operand) return test.op->holds(*value, test.literal);
  const auto operand = test.operand->select(scope);
  if (!operand) {
    return errors::runtime("Invalid path '" + test.operand->text() +
                           "': The choice state's condition path references an invalid value.");
  }
  return test.op->holds(*value, *operand);
}

Evaluated<bool> evaluate(const Node& node, const Scope& scope) {
  if (const auto* query = std::get_if<Query>(&node.value)) return query->boolean(scope);
  if (const auto* literal = std::get_if<bool>(&node.value)) return *literal;
  if (const auto* test = std::get_if<Node::Test>(&node.value)) return evaluate_test(*test, scope);
  if (const auto* negated = std::get_if<Node::Not>(&node.value)) {
    STEPD_TRY(const bool inner, evaluate(*negated->rule, scope));
    return !inner;
  }
  const auto* all = std::get_if<Node::All>(&node.value);
  const auto& rules = all != nullptr ? all->rules : std::get<Node::Any>(node.value).rules;
  for (const auto& rule : rules) {
    STEPD_TRY(const bool holds, evaluate(*rule, scope));
    if (holds != (all != nullptr)) return holds;  // the first false decides And, the first true Or
  }
  return all != nullptr;
}

}  // namespace

ChoiceRule ChoiceRule::compile(const Json& rule, const std::string& pointer, Diagnostics& diagnostics,
                               QueryLanguage language, const std::string& location) {
  ChoiceRule compiled;
  compiled.root_ = Compiler(diagnostics, language, location).compile(rule, pointer, 0);
  return compiled;
}

Evaluated<bool> ChoiceRule::holds(const Scope& scope) const { return evaluate(*root_, scope); }

}  // namespace stepd::asl
