// BatchGetItem. Items that would make the answer larger than 16 MB stay in UnprocessedKeys. Source: DynamoDB API
// reference.
#include "dynamodb/capacity.h"
#include "dynamodb/dynamodb_operation.h"
#include "dynamodb/expressions/expression_reader.h"
#include "dynamodb/expressions/projection.h"
#include "dynamodb/item_checks.h"
#include "dynamodb/legacy.h"
#include "dynamodb/typed_value.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

constexpr std::size_t kKeysMax = 100;
constexpr std::size_t kAnswerBytes = 16 * 1024 * 1024;

/// What is wanted of one table.
struct TableKeys {
  std::string name;
  const Json* given = nullptr;
  std::vector<const Json*> keys;
  std::vector<Item> items;
  Selection selection;
  bool is_consistent = false;
};

Result<TableKeys> read_table(const std::string& name, const Json& given) {
  Json named = given;
  named["TableName"] = name;
  Request request(named, Wording::New);
  TableKeys table{request.table_name(), &given, {}, {}, {}, false};
  table.is_consistent = request.boolean("ConsistentRead").value_or(false);
  for (const Json* key : request.objects("Keys")) {
    STEPD_CHECK(check_form_of_map(*key));
    STEPD_TRY(Item item, from_typed_map(*key, Wording::New));
    table.items.push_back(std::move(item));
  }
  const auto expression = request.text("ProjectionExpression");
  const PlaceholderParameters parameters(request);
  STEPD_CHECK(request.check());
  STEPD_CHECK(check_mixing(request, {"AttributesToGet"}, {"ProjectionExpression"}));
  STEPD_TRY(Placeholders placeholders, parameters.read({"ProjectionExpression"}));
  STEPD_TRY(table.selection, read_attributes_to_get(request));
  if (expression) {
    STEPD_TRY(table.selection, parse_projection(*expression, placeholders));
  }
  STEPD_CHECK(check_all_used(placeholders));
  return table;
}

Result<void> check_keys(const TableKeys& table, const TableSchema& schema) {
  for (auto key = table.items.begin(); key != table.items.end(); ++key) {
    STEPD_CHECK(check_key(schema, *key));
    if (std::find(table.items.begin(), key, *key) != key)
      return validation_error("Provided list of item keys contains duplicates");
  }
  return {};
}

/// Reads until the answer is full; the rest of the keys goes to `unprocessed`.
Result<void> read_items(const TableKeys& table, const Desk& desk, std::size_t& room, Capacity& capacity, Json& found,
                        Json& unprocessed) {
  for (const auto& key : table.items) {
    if (room == 0) {
      unprocessed.push_back(to_typed(key));
      continue;
    }
    STEPD_TRY(const auto item, desk.items.get({table.name, key}));
    const auto size = item ? size_of_item(*item) : 0;
    capacity.read(size, table.is_consistent ? Reading::Consistent : Reading::Eventual);
    if (item) found.push_back(to_typed(select(*item, table.selection)));
    room -= std::min(room, size);
  }
  return {};
}

Answer get_batch(const Json& arguments, const Desk& desk) {
  Request request(arguments, Wording::New);
  const Json* tables = request.object("RequestItems");
  const auto wanted = request.choice("ReturnConsumedCapacity", "returnConsumedCapacity", "INDEXES, TOTAL, NONE");
  if (!request.has("RequestItems")) request.violate("requestItems", std::nullopt, "not be null");
  if (tables != nullptr && tables->empty()) {
    request.violate(
        "Value at 'RequestItems' failed to satisfy constraint: Member must have length greater than or equal to 1");
  }
  std::size_t total = 0;
  if (tables != nullptr) {
    for (const auto& [name, given] : tables->items()) {
      const auto keys = given.is_object() ? given.find("Keys") : given.end();
      if (!given.is_object() || keys == given.end() || !keys->is_array()) {
        if (given.is_object() && (keys == given.end() || keys->is_null())) {
          request.violate("requestItems." + name + ".member.keys", std::nullopt, "not be null");
          continue;
        }
        return AslError{"SerializationException", "Unexpected field type"};
      }
      const auto bound =
          "Value at 'RequestItems." + name + ".member.Keys' failed to satisfy constraint: Member must have ";
      if (keys->size() > kKeysMax) request.violate(bound + "length less than or equal to " + std::to_string(kKeysMax));
      if (keys->empty()) request.violate(bound + "length greater than or equal to 1");
      total += keys->size();
    }
  }
  STEPD_CHECK(request.check());
  if (total > kKeysMax) return validation_error("Too many items requested for the BatchGetItem call");

  std::vector<TableKeys> batch;
  for (const auto& [name, given] : tables->items()) {
    STEPD_TRY(TableKeys table, read_table(name, given));
    batch.push_back(std::move(table));
  }
  for (const auto& table : batch) {
    const auto found = desk.items.find_table(table.name);
    if (found == nullptr) return Failure("ResourceNotFoundException", "Requested resource not found");
    STEPD_CHECK(check_keys(table, found->schema));
  }
  Json responses = Json::object();
  Json unprocessed = Json::object();
  Json consumed = Json::array();
  std::size_t room = kAnswerBytes;
  for (const auto& table : batch) {
    Capacity capacity(table.name);
    Json found = Json::array();
    Json left = Json::array();
    STEPD_CHECK(read_items(table, desk, room, capacity, found, left));
    responses[table.name] = std::move(found);
    if (!left.empty()) {
      Json again = *table.given;
      again["Keys"] = std::move(left);
      unprocessed[table.name] = std::move(again);
    }
    if (is_wanted(wanted)) consumed.push_back(capacity.json(*wanted));
  }
  Json answer{{"Responses", std::move(responses)}, {"UnprocessedKeys", std::move(unprocessed)}};
  if (!consumed.empty()) answer["ConsumedCapacity"] = std::move(consumed);
  return answer;
}

}  // namespace

extern const Operation batch_get_item;
const Operation batch_get_item{"BatchGetItem", get_batch};

}  // namespace stepd::dynamodb
