#include "dynamodb/single_write.h"

#include "base/payload.h"
#include "dynamodb/capacity.h"
#include "dynamodb/expressions/expression_reader.h"
#include "dynamodb/item_checks.h"
#include "dynamodb/typed_value.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

struct WriteAnswer {
  std::string return_values = "NONE";
  std::optional<std::string> capacity;
  std::optional<std::string> metrics;
};

WriteAnswer read_answer(Request& request) {
  WriteAnswer answer;
  answer.return_values =
      request.choice("ReturnValues", "returnValues", "ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW")
          .value_or("NONE");
  answer.capacity = request.choice("ReturnConsumedCapacity", "returnConsumedCapacity", "INDEXES, TOTAL, NONE");
  answer.metrics = request.choice("ReturnItemCollectionMetrics", "returnItemCollectionMetrics", "SIZE, NONE");
  return answer;
}

/// What ReturnValues asks for; empty: nothing.
Item returned(const std::string& values, const ItemWrite& write, const ItemChange& change) {
  const auto& item = values.ends_with("OLD") ? change.before : change.after;
  if (values == "NONE" || !item) return {};
  return values.starts_with("ALL") ? *item : project(*item, write.paths());
}

bool has_local_index(const TableSchema& table) {
  return std::any_of(table.indexes.begin(), table.indexes.end(), [](const auto& index) { return index.local; });
}

Answer answer_of(const WriteAnswer& wanted, const ItemWrite& write, const TableSchema& table, const Item& key,
                 const ItemChange& change) {
  Json answer = Json::object();
  const auto attributes = returned(wanted.return_values, write, change);
  if (!attributes.empty()) answer["Attributes"] = to_typed(attributes);
  if (is_wanted(wanted.capacity)) {
    Capacity capacity(table.name);
    capacity.write(table, change, false);
    answer["ConsumedCapacity"] = capacity.json(*wanted.capacity);
  }
  if (wanted.metrics == "SIZE" && has_local_index(table))
    answer["ItemCollectionMetrics"] = collection_metrics(table, key);
  return answer;
}

}  // namespace

Json collection_metrics(const TableSchema& table, const Item& key) {
  return Json{{"ItemCollectionKey", to_typed(select_attributes(key, {table.key.name}))},
              {"SizeEstimateRangeGB", Json::array({0.0, 1.0})}};
}

Answer write_single_item(const Json& arguments, const Desk& desk, ItemWrite::Kind kind) {
  Request request(arguments, Wording::Prefixed);
  WriteParameters parameters(request, kind);
  const auto wanted = read_answer(request);
  STEPD_CHECK(request.check());
  const bool is_update = kind == ItemWrite::Kind::Update;
  if (!is_update && wanted.return_values != "NONE" && wanted.return_values != "ALL_OLD")
    return Failure(request.early(validation_error("ReturnValues can only be ALL_OLD or NONE")));
  STEPD_TRY(const ItemWrite write, parameters.read());

  const auto table = desk.items.find_table(write.table);
  if (table == nullptr) return Failure("ResourceNotFoundException", "Requested resource not found");
  STEPD_CHECK(check_write(write, table->schema));
  const auto key = key_of_write(write, table->schema);

  std::optional<Item> met;  // the item on which the condition has failed
  const auto decide = [&](const Item* present) -> Result<std::optional<Item>> {
    auto made = make_write(write, table->schema, present);
    met = made || present == nullptr ? std::nullopt : std::optional(*present);
    return made;
  };
  // A put or a deletion that depends on nothing and shows nothing may be made twice.
  const bool remembers = is_update || write.condition || wanted.return_values != "NONE";
  const auto change = desk.items.change({write.table, key}, decide, remembers ? desk.attempt : "");
  if (!change) {
    Failure failure(change.error());
    if (failure.type == "ConditionalCheckFailedException" && write.shows_item && met)
      failure.members = print_json(Json{{"Item", to_typed(*met)}});
    return failure;
  }
  return answer_of(wanted, write, table->schema, key, *change);
}

}  // namespace stepd::dynamodb
