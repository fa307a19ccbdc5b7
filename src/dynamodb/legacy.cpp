#include "dynamodb/legacy.h"

#include "dynamodb/expressions/expression_reader.h"
#include "dynamodb/typed_value.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

struct LegacyOperator {
  std::string_view name;
  Condition::Kind kind;
  std::size_t values;
  bool negated;
};

constexpr std::size_t kAnyNumber = SIZE_MAX;
/// Of attributes in one legacy parameter. AWS has no such limit; one request would otherwise keep a thread for minutes.
constexpr std::size_t kAttributesMax = 2'000;
constexpr std::array kOperators{
    LegacyOperator{"EQ", Condition::Kind::Equal, 1, false},
    LegacyOperator{"NE", Condition::Kind::NotEqual, 1, false},
    LegacyOperator{"LE", Condition::Kind::AtMost, 1, false},
    LegacyOperator{"LT", Condition::Kind::Less, 1, false},
    LegacyOperator{"GE", Condition::Kind::AtLeast, 1, false},
    LegacyOperator{"GT", Condition::Kind::Greater, 1, false},
    LegacyOperator{"NOT_NULL", Condition::Kind::Exists, 0, false},
    LegacyOperator{"NULL", Condition::Kind::NotExists, 0, false},
    LegacyOperator{"CONTAINS", Condition::Kind::Contains, 1, false},
    LegacyOperator{"NOT_CONTAINS", Condition::Kind::Contains, 1, true},
    LegacyOperator{"BEGINS_WITH", Condition::Kind::BeginsWith, 1, false},
    LegacyOperator{"IN", Condition::Kind::In, kAnyNumber, false},
    LegacyOperator{"BETWEEN", Condition::Kind::Between, 2, false},
};

std::string invalid_parameters(const std::string& why) { return "One or more parameter values were invalid: " + why; }

ConditionOperand path_operand(const std::string& attribute) {
  return {ConditionOperand::Kind::Path, {PathStep(attribute)}, {}};
}

ConditionOperand literal_operand(Attribute value) { return {ConditionOperand::Kind::Literal, {}, std::move(value)}; }

Result<std::vector<Attribute>> read_list_of_values(const Json* list, Wording wording) {
  std::vector<Attribute> values;
  if (list == nullptr) return values;
  for (const auto& each : *list) {
    STEPD_CHECK(check_form(each));
    STEPD_TRY(Attribute value, from_typed(each, wording));
    values.push_back(std::move(value));
  }
  return values;
}

Result<void> check_count(const char* parameter, std::size_t count) {
  if (count <= kAttributesMax) return {};
  return validation_error(
      invalid_parameters(std::string(parameter) + " has more than " + std::to_string(kAttributesMax) + " attributes"));
}

const Json* member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

Result<const LegacyOperator*> find_operator(const Json& given) {
  const auto found = std::find_if(kOperators.begin(), kOperators.end(), [&](const auto& each) {
    return given.is_string() && each.name == given.get_ref<const std::string&>();
  });
  if (found != kOperators.end()) return &*found;
  return validation_error(
      std::string(kOneError) + "Value '" + (given.is_string() ? given.get<std::string>() : "") +
      "' at 'comparisonOperator' failed to satisfy constraint: Member must satisfy enum value set: [IN, NULL, BETWEEN, "
      "LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]");
}

/// One attribute's condition: ComparisonOperator with AttributeValueList, or Value and Exists.
Result<Condition> read_condition(const std::string& attribute, const Json& given, Wording wording) {
  Condition made;
  made.operands.push_back(path_operand(attribute));
  const Json* comparison = member(given, "ComparisonOperator");
  const Json* exists = member(given, "Exists");
  const Json* value = member(given, "Value");
  if (comparison == nullptr) {
    const bool wanted = exists == nullptr || !exists->is_boolean() || exists->get<bool>();
    if (wanted && value == nullptr) {
      return validation_error(invalid_parameters("Value must be provided when Exists is " +
                                                 std::string(exists == nullptr ? "null" : "true") +
                                                 " for Attribute: " + attribute));
    }
    if (!wanted && value != nullptr) {
      return validation_error(
          invalid_parameters("Value cannot be used when Exists is false for Attribute: " + attribute));
    }
    made.kind = wanted ? Condition::Kind::Equal : Condition::Kind::NotExists;
    if (value == nullptr) return made;
    STEPD_CHECK(check_form(*value));
    STEPD_TRY(Attribute literal, from_typed(*value, wording));
    made.operands.push_back(literal_operand(std::move(literal)));
    return made;
  }
  STEPD_TRY(const LegacyOperator* known, find_operator(*comparison));
  const Json* list = member(given, "AttributeValueList");
  if (list != nullptr && !list->is_array()) return AslError{"SerializationException", "Unexpected field type"};
  STEPD_TRY(auto values, read_list_of_values(list, wording));
  if (value != nullptr && list == nullptr) {
    STEPD_CHECK(check_form(*value));
    STEPD_TRY(Attribute literal, from_typed(*value, wording));
    values.push_back(std::move(literal));
  }
  const bool fits =
      known->values == kAnyNumber ? !values.empty() && values.size() < kInOperandsMax : values.size() == known->values;
  if (!fits) {
    return validation_error(invalid_parameters("Invalid number of argument(s) for the " + std::string(known->name) +
                                               " ComparisonOperator"));
  }
  made.kind = known->kind;
  for (auto& each : values) made.operands.push_back(literal_operand(std::move(each)));
  if (!known->negated) return made;
  Condition negated;
  negated.kind = Condition::Kind::Not;
  negated.children.push_back(std::move(made));
  // An attribute that is missing contains nothing, and is no match either.
  Condition present{Condition::Kind::Exists, {path_operand(attribute)}, {}};
  return Condition{Condition::Kind::And, {}, {std::move(present), std::move(negated)}};
}

Result<UpdateAction> read_update(const std::string& attribute, const Json& given, Wording wording) {
  UpdateAction action;
  action.path = {PathStep(attribute)};
  const Json* kind = member(given, "Action");
  const Json* value = member(given, "Value");
  const auto name = kind != nullptr && kind->is_string() ? kind->get<std::string>() : "PUT";
  if (value != nullptr) {
    STEPD_CHECK(check_form(*value));
    STEPD_TRY(action.value.literal, from_typed(*value, wording));
  }
  const auto& literal = action.value.literal;
  if (name == "DELETE") {
    action.kind = value == nullptr ? UpdateAction::Kind::Remove : UpdateAction::Kind::Delete;
    if (value != nullptr && !literal.is_set()) {
      return validation_error(invalid_parameters("DELETE action with value is not supported for the type " +
                                                 std::string(name_of(literal.type()))));
    }
    return action;
  }
  if (value == nullptr) {
    return validation_error(invalid_parameters("Only DELETE action is allowed when no attribute value is specified"));
  }
  if (name != "ADD") return action;
  if (literal.type() == AttributeType::List) {
    // The list that is there, or an empty one, with the value appended.
    UpdateValue present{UpdateValue::Kind::IfNotExists, {}, action.path, {}};
    present.parts.push_back({UpdateValue::Kind::Literal, Attribute(Attribute::Form(Attribute::List())), {}, {}});
    UpdateValue appended{UpdateValue::Kind::ListAppend, {}, {}, {}};
    appended.parts = {std::move(present), std::move(action.value)};
    action.value = std::move(appended);
    return action;
  }
  if (literal.type() != AttributeType::Number && !literal.is_set()) {
    return validation_error(
        invalid_parameters("ADD action is not supported for the type " + std::string(name_of(literal.type()))));
  }
  action.kind = UpdateAction::Kind::Add;
  return action;
}

}  // namespace

Result<std::optional<Condition>> read_legacy_conditions(Request& request, const char* parameter) {
  const Json* given = request.object(parameter);
  if (given == nullptr) return std::optional<Condition>();
  STEPD_CHECK(check_count(parameter, given->size()));
  Condition joined;
  const Json* by = member(request.arguments(), "ConditionalOperator");
  if (by != nullptr && *by == "OR") joined.kind = Condition::Kind::Or;
  for (const auto& [attribute, each] : given->items()) {
    if (!each.is_object()) return AslError{"SerializationException", "Unexpected field type"};
    STEPD_TRY(Condition condition, read_condition(attribute, each, request.wording()));
    joined.children.push_back(std::move(condition));
  }
  if (joined.children.empty()) joined.kind = Condition::Kind::And;
  return std::optional(std::move(joined));
}

Result<std::optional<Update>> read_attribute_updates(Request& request) {
  const Json* given = request.object("AttributeUpdates");
  if (given == nullptr) return std::optional<Update>();
  STEPD_CHECK(check_count("AttributeUpdates", given->size()));
  Update update;
  for (const auto& [attribute, each] : given->items()) {
    if (!each.is_object()) return AslError{"SerializationException", "Unexpected field type"};
    STEPD_TRY(UpdateAction action, read_update(attribute, each, request.wording()));
    update.actions.push_back(std::move(action));
  }
  return std::optional(std::move(update));
}

Result<std::optional<std::vector<KeyClause>>> read_key_conditions(Request& request) {
  const Json* given = request.object("KeyConditions");
  if (given == nullptr) return std::optional<std::vector<KeyClause>>();
  std::vector<KeyClause> clauses;
  for (const auto& [attribute, each] : given->items()) {
    if (!each.is_object()) return AslError{"SerializationException", "Unexpected field type"};
    STEPD_TRY(Condition condition, read_condition(attribute, each, request.wording()));
    KeyClause clause{attribute, condition.kind, {}};
    for (std::size_t i = 1; i < condition.operands.size(); ++i)
      clause.values.push_back(std::move(condition.operands[i].literal));
    const bool is_supported = !clause.values.empty() && condition.children.empty() &&
                              condition.kind != Condition::Kind::NotEqual && condition.kind != Condition::Kind::In &&
                              condition.kind != Condition::Kind::Contains;
    if (!is_supported) return validation_error("Attempted conditional constraint is not an indexable operation");
    clauses.push_back(std::move(clause));
  }
  if (clauses.empty() || clauses.size() > 2) return validation_error("Conditions can be of length 1 or 2 only");
  return std::optional(std::move(clauses));
}

Result<Selection> read_attributes_to_get(Request& request) {
  if (!request.has("AttributesToGet")) return Selection();
  std::vector<DocumentPath> paths;
  const auto names = request.texts("AttributesToGet");
  STEPD_CHECK(check_count("AttributesToGet", names.size()));
  for (const auto& name : names) {
    DocumentPath path{PathStep(name)};
    if (std::find(paths.begin(), paths.end(), path) != paths.end()) {
      return validation_error(invalid_parameters("Duplicate value in attribute name: " + name));
    }
    paths.push_back(std::move(path));
  }
  return Selection(std::move(paths));
}

}  // namespace stepd::dynamodb
