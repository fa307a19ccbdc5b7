#include "dynamodb/expressions/key_condition.h"

#include "dynamodb/expressions/expression_reader.h"

#include <algorithm>

namespace stepd::dynamodb {
namespace {

using Kind = Condition::Kind;

bool is_key_operator(Kind kind) {
  switch (kind) {
    case Kind::Equal:
    case Kind::Less:
    case Kind::AtMost:
    case Kind::Greater:
    case Kind::AtLeast:
    case Kind::Between:
    case Kind::BeginsWith:
      return true;
    default:
      return false;
  }
}

AslError wrong_operator(Kind kind) {
  return validation_error("Invalid operator used in KeyConditionExpression: " + std::string(name_of(kind)));
}

/// `:v < a` is `a > :v`.
Kind mirrored(Kind kind) {
  switch (kind) {
    case Kind::Less:
      return Kind::Greater;
    case Kind::AtMost:
      return Kind::AtLeast;
    case Kind::Greater:
      return Kind::Less;
    case Kind::AtLeast:
      return Kind::AtMost;
    default:
      return kind;
  }
}

Result<KeyClause> clause_of(const Condition& condition) {
  if (!is_key_operator(condition.kind)) return wrong_operator(condition.kind);
  auto operands = condition.operands;
  auto kind = condition.kind;
  const auto is_path = [](const ConditionOperand& operand) { return operand.kind == ConditionOperand::Kind::Path; };
  if (operands.size() == 2 && kind != Kind::BeginsWith && !is_path(operands[0])) {
    std::swap(operands[0], operands[1]);
    kind = mirrored(kind);
  }
  if (!is_path(operands[0])) return validation_error("Query key condition not supported");
  KeyClause clause{std::get<std::string>(operands[0].path.front()), kind, {}};
  if (operands[0].path.size() > 1) {
    return validation_error(
        "Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes");
  }
  for (auto value = operands.begin() + 1; value != operands.end(); ++value) {
    if (value->kind != ConditionOperand::Kind::Literal) return validation_error("Query key condition not supported");
    clause.values.push_back(std::move(value->literal));
  }
  return clause;
}

Result<void> collect_clauses(const Condition& condition, std::vector<KeyClause>& clauses) {
  if (condition.kind == Kind::And) {
    for (const auto& child : condition.children) STEPD_CHECK(collect_clauses(child, clauses));
    return {};
  }
  STEPD_TRY(KeyClause clause, clause_of(condition));
  clauses.push_back(std::move(clause));
  return {};
}

Result<void> check_value(const KeyAttribute& attribute, const Attribute& value) {
  if (!fits(attribute.type, value)) {
    return validation_error(
        "One or more parameter values were invalid: Condition parameter type does not match schema type");
  }
  const auto* text = value.as<std::string>();
  const auto* bytes = value.as<AttributeBytes>();
  const bool is_empty = (text != nullptr && text->empty()) || (bytes != nullptr && bytes->bytes.empty());
  if (!is_empty) return {};
  return validation_error(
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty " +
      std::string(text != nullptr ? "string" : "binary") + " value. Key: " + attribute.name);
}

void set_bounds(const KeyClause& clause, ItemQuery& query) {
  const auto& values = clause.values;
  switch (clause.kind) {
    case Kind::Less:
    case Kind::AtMost:
      query.to = ItemQuery::Bound{values[0], clause.kind == Kind::AtMost};
      break;
    case Kind::Greater:
    case Kind::AtLeast:
      query.from = ItemQuery::Bound{values[0], clause.kind == Kind::AtLeast};
      break;
    case Kind::BeginsWith:
      query.begins_with = values[0];
      break;
    default:
      query.from = ItemQuery::Bound{values.front(), true};
      query.to = ItemQuery::Bound{values.back(), true};
  }
}

}  // namespace

Result<std::vector<KeyClause>> parse_key_condition(std::string_view text, Placeholders& placeholders) {
  STEPD_TRY(const Condition condition, parse_condition("KeyConditionExpression", text, placeholders));
  std::vector<KeyClause> clauses;
  STEPD_CHECK(collect_clauses(condition, clauses));
  if (clauses.size() > 2) return validation_error("Conditions can be of length 1 or 2 only");
  if (clauses.size() == 2 && clauses[0].attribute == clauses[1].attribute)
    return validation_error("KeyConditionExpressions must only contain one condition per key");
  return clauses;
}

Result<void> apply_key_clauses(const std::vector<KeyClause>& clauses, const KeyAttribute& partition,
                               const std::optional<KeyAttribute>& sort, ItemQuery& query) {
  const auto find = [&](const std::string& name) {
    const auto found =
        std::find_if(clauses.begin(), clauses.end(), [&](const auto& each) { return each.attribute == name; });
    return found == clauses.end() ? nullptr : &*found;
  };
  const auto* of_partition = find(partition.name);
  if (of_partition == nullptr) return validation_error("Query condition missed key schema element: " + partition.name);
  if (of_partition->kind != Kind::Equal) return validation_error("Query key condition not supported");
  STEPD_CHECK(check_value(partition, of_partition->values.front()));
  query.partition = of_partition->values.front();
  if (clauses.size() == 1) return {};
  const auto* of_sort = sort ? find(sort->name) : nullptr;
  if (of_sort == nullptr) {
    if (!sort) return validation_error("Query key condition not supported");
    return validation_error("Query condition missed key schema element: " + sort->name);
  }
  for (const auto& value : of_sort->values) STEPD_CHECK(check_value(*sort, value));
  set_bounds(*of_sort, query);
  return {};
}

}  // namespace stepd::dynamodb
