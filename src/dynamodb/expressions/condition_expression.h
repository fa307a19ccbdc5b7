// ConditionExpression, FilterExpression and what a KeyConditionExpression is read as: a tree, and what it means for an
// item. Source: DynamoDB developer guide, Condition and filter expressions.
#pragma once

#include "base/attribute/attribute.h"
#include "base/result.h"
#include "dynamodb/expressions/document_path.h"
#include "dynamodb/expressions/expression_placeholders.h"

#include <optional>
#include <string_view>
#include <vector>

namespace stepd::dynamodb {

struct ConditionOperand {
  enum class Kind : std::uint8_t { Path, Literal, Size };  ///< Size: of what is at the path
  Kind kind = Kind::Literal;
  DocumentPath path = {};
  Attribute literal = {};
};

struct Condition {
  enum class Kind : std::uint8_t {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Between,  ///< three operands
    In,       ///< the first is one of the others
    Exists,
    NotExists,
    HasType,  ///< the second operand names it
    BeginsWith,
    Contains,
    Not,
    And,  ///< of all children; without any it holds
    Or,
  };
  Kind kind = Kind::And;
  std::vector<ConditionOperand> operands = {};
  std::vector<Condition> children = {};
};

/// As AWS writes the operator or function: `=`, `BETWEEN`, `attribute_exists`, ...
std::string_view name_of(Condition::Kind kind);

/// `kind` is `ConditionExpression`, ... Errors are `ValidationException` in AWS's words.
Result<Condition> parse_condition(std::string_view kind, std::string_view text, Placeholders& placeholders);

/// A missing item is an empty one. Depth and time are bounded by the length of an expression.
bool holds(const Condition& condition, const Item& item);

/// The length of a text in UTF-16 units, of bytes, sets, lists and maps; none for other types.
std::optional<std::int64_t> size_value(const Attribute& value);
/// Whether a text or bytes contain a part, or a set or list has a member.
bool contains_value(const Attribute& whole, const Attribute& part);
bool begins_with_value(const Attribute& whole, const Attribute& beginning);

/// The names of all attributes that the condition reads.
void collect_names(const Condition& condition, std::vector<std::string>& names);
/// Whether a path of several steps begins with this name.
bool reads_beneath(const Condition& condition, std::string_view name);

}  // namespace stepd::dynamodb
