// UpdateExpression: a list of actions, and what they make of an item. Source: DynamoDB developer guide, Update
// expressions.
#pragma once

#include "base/attribute/attribute.h"
#include "base/result.h"
#include "dynamodb/expressions/document_path.h"
#include "dynamodb/expressions/expression_placeholders.h"

#include <string_view>
#include <vector>

namespace stepd::dynamodb {

/// A value that SET computes.
struct UpdateValue {
  enum class Kind : std::uint8_t {
    Literal,
    Path,
    IfNotExists,  ///< what is at the path, else the part
    ListAppend,   ///< of two parts
    Plus,         ///< likewise
    Minus,        ///< likewise
  };
  Kind kind = Kind::Literal;
  Attribute literal = {};
  DocumentPath path = {};
  std::vector<UpdateValue> parts = {};
};

struct UpdateAction {
  /// Add: a number to a number, or a set to a set; where nothing is, the value is put. Delete: members of a set.
  enum class Kind : std::uint8_t { Set, Remove, Add, Delete };
  Kind kind = Kind::Set;
  DocumentPath path = {};
  UpdateValue value = {};  ///< of Add and Delete a literal, of Remove none
};

struct Update {
  std::vector<UpdateAction> actions = {};
};

/// Errors are `ValidationException` in AWS's words.
Result<Update> parse_update(std::string_view text, Placeholders& placeholders);

/// How paths are judged that lead nowhere. Lenient: removing beneath what is missing is no error, as for a missing
/// item.
enum class MissingPaths : std::uint8_t { Refused, Lenient };

/// All actions see `item` as it was; positions in lists are those of the old item. Errors are `ValidationException` in
/// AWS's words.
Result<Item> apply_update(const Update& update, const Item& item, MissingPaths missing = MissingPaths::Refused);

/// Numbers of items keep 38 digits and a range (developer guide: Numbers). Beyond them, the message that AWS has.
std::string_view fault_of_number(const ExactNumber& number);

}  // namespace stepd::dynamodb
