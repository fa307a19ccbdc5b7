// BatchWriteItem. All writes of a request are one commit, which AWS does not promise. Source: DynamoDB API reference.
#include "dynamodb/capacity.h"
#include "dynamodb/expressions/expression_reader.h"
#include "dynamodb/item_checks.h"
#include "dynamodb/single_write.h"
#include "dynamodb/typed_value.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

constexpr std::size_t kWritesMax = 25;

struct BatchedWrite {
  TablePtr table;
  ItemWrite write;
  Item key;
};

/// One element of a table's list: PutRequest or DeleteRequest.
Result<ItemWrite> read_request(const std::string& table, const Json& given) {
  if (!given.is_object()) return AslError{"SerializationException", "Unexpected field type"};
  const auto member = [&](const char* name) {
    const auto found = given.find(name);
    return found == given.end() || found->is_null() ? nullptr : &*found;
  };
  const Json* put = member("PutRequest");
  const Json* remove = member("DeleteRequest");
  if ((put == nullptr) == (remove == nullptr)) {
    return validation_error(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes");
  }
  const Json& inner = put != nullptr ? *put : *remove;
  const char* name = put != nullptr ? "Item" : "Key";
  if (!inner.is_object() || !inner.contains(name)) {
    return validation_error(std::string(kOneError) + "Value null at 'requestItems." + table + ".member.1.member." +
                            (put != nullptr ? "putRequest.item" : "deleteRequest.key") +
                            "' failed to satisfy constraint: Member must not be null");
  }
  STEPD_CHECK(check_form_of_map(inner[name]));
  ItemWrite write;
  write.kind = put != nullptr ? ItemWrite::Kind::Put : ItemWrite::Kind::Delete;
  write.table = table;
  STEPD_TRY(write.item, from_typed_map(inner[name], Wording::Old));
  return write;
}

/// A put's missing or mistyped key is told as that of a Key.
Result<void> check_batched(const ItemWrite& write, const TableSchema& table) {
  if (write.kind == ItemWrite::Kind::Delete) return check_key(table, write.item);
  STEPD_CHECK(check_key(table, select_attributes(write.item, key_names(table))));
  return check_item(table, write.item);
}

Result<void> check_sizes(Request& request, const Json& tables) {
  std::size_t total = 0;
  for (const auto& [name, list] : tables.items()) {
    if (!list.is_array()) return AslError{"SerializationException", "Unexpected field type"};
    total += list.size();
    if (!list.empty() && list.size() <= kWritesMax) continue;
    request.violate("Value '{" + name + "=[" + std::to_string(list.size()) +
                    " requests]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: "
                    "[Member must have length less than or equal to 25, Member must have length greater than or equal "
                    "to 1]");
  }
  STEPD_CHECK(request.check());
  if (total > kWritesMax) return validation_error("Too many items requested for the BatchWriteItem call");
  return {};
}

Result<std::vector<BatchedWrite>> read_batch(const Json& tables, const Desk& desk) {
  std::vector<BatchedWrite> batch;
  for (const auto& [name, list] : tables.items()) {
    const Json named{{"TableName", name}};
    Request request(named, Wording::Old);
    const auto table = request.table_name();
    STEPD_CHECK(request.check());
    for (const auto& each : list) {
      STEPD_TRY(ItemWrite write, read_request(table, each));
      batch.push_back({nullptr, std::move(write), {}});
    }
  }
  for (auto each = batch.begin(); each != batch.end(); ++each) {
    each->table = desk.items.find_table(each->write.table);
    if (each->table == nullptr) return AslError{"ResourceNotFoundException", "Requested resource not found"};
    STEPD_CHECK(check_batched(each->write, each->table->schema));
    each->key = key_of_write(each->write, each->table->schema);
    const bool is_repeated = std::any_of(batch.begin(), each, [&](const auto& other) {
      return other.write.table == each->write.table && other.key == each->key;
    });
    if (is_repeated) return validation_error("Provided list of item keys contains duplicates");
  }
  return batch;
}

Answer write_batch(const Json& arguments, const Desk& desk) {
  Request request(arguments, Wording::Old);
  const Json* tables = request.object("RequestItems");
  const auto wanted = request.choice("ReturnConsumedCapacity", "returnConsumedCapacity", "INDEXES, TOTAL, NONE");
  const auto metrics = request.choice("ReturnItemCollectionMetrics", "returnItemCollectionMetrics", "SIZE, NONE");
  STEPD_CHECK(request.check());
  if (tables == nullptr || tables->empty())
    return validation_error("The requestItems parameter is required for BatchWriteItem");
  STEPD_CHECK(check_sizes(request, *tables));
  STEPD_TRY(const auto batch, read_batch(*tables, desk));

  std::vector<ItemRef> refs;
  for (const auto& each : batch) refs.push_back({each.write.table, each.key});
  const auto decide = [&](std::span<const Item* const> present) -> Result<std::vector<std::optional<Item>>> {
    std::vector<std::optional<Item>> after;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      STEPD_TRY(auto item, make_write(batch[i].write, batch[i].table->schema, present[i]));
      after.push_back(std::move(item));
    }
    return after;
  };
  STEPD_TRY(const auto changes, desk.items.change_all(refs, decide, std::nullopt, ""));
  Json answer{{"UnprocessedItems", Json::object()}};
  std::map<std::string, Capacity> consumed;
  Json collections = Json::object();
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& schema = batch[i].table->schema;
    consumed.try_emplace(schema.name, schema.name).first->second.write(schema, changes[i], false);
    const bool has_local =
        std::any_of(schema.indexes.begin(), schema.indexes.end(), [](const auto& index) { return index.local; });
    if (metrics == "SIZE" && has_local) collections[schema.name].push_back(collection_metrics(schema, batch[i].key));
  }
  if (is_wanted(wanted)) {
    for (const auto& [name, capacity] : consumed) answer["ConsumedCapacity"].push_back(capacity.json(*wanted));
  }
  if (!collections.empty()) answer["ItemCollectionMetrics"] = std::move(collections);
  return answer;
}

}  // namespace

extern const Operation batch_write_item;
const Operation batch_write_item{"BatchWriteItem", write_batch};

}  // namespace stepd::dynamodb
