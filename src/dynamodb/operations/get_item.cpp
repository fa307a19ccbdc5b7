// GetItem; every read is a consistent one. Source: DynamoDB API reference.
#include "dynamodb/capacity.h"
#include "dynamodb/dynamodb_operation.h"
#include "dynamodb/expressions/projection.h"
#include "dynamodb/item_checks.h"
#include "dynamodb/legacy.h"
#include "dynamodb/typed_value.h"

#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

Answer get(const Json& arguments, const Desk& desk) {
  Request request(arguments, Wording::New);
  const auto name = request.table_name();
  const Json* given = request.values("Key");
  if (!request.has("Key")) request.violate("key", std::nullopt, "not be null");
  const bool is_consistent = request.boolean("ConsistentRead").value_or(false);
  const auto expression = request.text("ProjectionExpression");
  const PlaceholderParameters parameters(request);
  const auto wanted = request.choice("ReturnConsumedCapacity", "returnConsumedCapacity", "INDEXES, TOTAL, NONE");
  STEPD_CHECK(request.check());
  STEPD_CHECK(check_mixing(request, {"AttributesToGet"}, {"ProjectionExpression"}));
  STEPD_TRY(Placeholders placeholders, parameters.read({"ProjectionExpression"}));
  STEPD_TRY(const Item key, from_typed_map(*given, request.wording()));
  STEPD_TRY(Selection selection, read_attributes_to_get(request));
  if (expression) {
    STEPD_TRY(selection, parse_projection(*expression, placeholders));
  }
  STEPD_CHECK(check_all_used(placeholders));
  const auto table = desk.items.find_table(name);
  if (table == nullptr) return Failure("ResourceNotFoundException", "Requested resource not found");
  STEPD_CHECK(check_key(table->schema, key));
  STEPD_TRY(const auto item, desk.items.get({name, key}));
  Json answer = Json::object();
  if (item) answer["Item"] = to_typed(select(*item, selection));
  if (is_wanted(wanted)) {
    Capacity capacity(table->schema.name);
    capacity.read(item ? size_of_item(*item) : 0, is_consistent ? Reading::Consistent : Reading::Eventual);
    answer["ConsumedCapacity"] = capacity.json(*wanted);
  }
  return answer;
}

}  // namespace

extern const Operation get_item;
const Operation get_item{"GetItem", get};

}  // namespace stepd::dynamodb
