#include "dynamodb/table_description.h"

#include "base/payload.h"
#include "dynamodb/item_checks.h"

#include <array>
#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

Json throughput_json(const Throughput& throughput) {
  return Json{{"ReadCapacityUnits", throughput.read}, {"WriteCapacityUnits", throughput.write}};
}

Throughput parse_throughput(const Json& object) {
  return {object.value("ReadCapacityUnits", std::int64_t{0}), object.value("WriteCapacityUnits", std::int64_t{0})};
}

Json key_schema(const KeyAttribute& key, const std::optional<KeyAttribute>& sort) {
  Json elements = Json::array({Json{{"AttributeName", key.name}, {"KeyType", "HASH"}}});
  if (sort) elements.push_back(Json{{"AttributeName", sort->name}, {"KeyType", "RANGE"}});
  return elements;
}

Json attribute_definitions(const TableSchema& schema) {
  Json definitions = Json::array();
  std::vector<std::string> seen;
  const auto add = [&](const KeyAttribute& attribute) {
    for (const auto& name : seen) {
      if (name == attribute.name) return;
    }
    seen.push_back(attribute.name);
    definitions.push_back(
        Json{{"AttributeName", attribute.name}, {"AttributeType", std::string(name_of(attribute.type))}});
  };
  add(schema.key);
  if (schema.sort) add(*schema.sort);
  for (const auto& index : schema.indexes) {
    add(index.key);
    if (index.sort) add(*index.sort);
  }
  return definitions;
}

Json projection_json(const Projection& projection) {
  constexpr std::array<const char*, 3> kKinds{"ALL", "KEYS_ONLY", "INCLUDE"};
  Json made{{"ProjectionType", kKinds.at(static_cast<std::size_t>(projection.kind))}};
  if (projection.kind == Projection::Kind::Include) made["NonKeyAttributes"] = projection.attributes;
  return made;
}

const char* name_of_status(TableStatus status) {
  switch (status) {
    case TableStatus::Creating:
      return "CREATING";
    case TableStatus::Deleting:
      return "DELETING";
    case TableStatus::Active:
      break;
  }
  return "ACTIVE";
}

Json shown_throughput(const Throughput& throughput) {
  Json made{{"NumberOfDecreasesToday", 0}};
  made["ReadCapacityUnits"] = throughput.read;
  made["WriteCapacityUnits"] = throughput.write;
  return made;
}

}  // namespace

std::string print_settings(const TableSettings& settings) {
  Json indexes = Json::object();
  for (const auto& [name, throughput] : settings.indexes) indexes[name] = throughput_json(throughput);
  return print_json(Json{{"provisioned", settings.is_provisioned},
                         {"throughput", throughput_json(settings.throughput)},
                         {"indexes", std::move(indexes)},
                         {"protected", settings.is_protected}});
}

TableSettings parse_settings(std::string_view text) {
  TableSettings settings;
  const auto object = parse_json(text);
  if (!object || !object->is_object()) return settings;
  settings.is_provisioned = object->value("provisioned", false);
  settings.is_protected = object->value("protected", false);
  if (object->contains("throughput")) settings.throughput = parse_throughput(object->at("throughput"));
  if (!object->contains("indexes")) return settings;
  for (const auto& [name, throughput] : object->at("indexes").items())
    settings.indexes[name] = parse_throughput(throughput);
  return settings;
}

std::string table_arn(const Desk& desk, const std::string& name) {
  return "arn:aws:dynamodb:" + desk.region + ":" + desk.account + ":table/" + name;
}

Json describe_table(const Desk& desk, const Table& table, TableStatus status) {
  const auto& schema = table.schema;
  const auto settings = parse_settings(table.settings);
  const auto count = status == TableStatus::Active ? desk.items.count(schema.name) : ItemCount();
  const auto arn = table_arn(desk, schema.name);
  Json made{{"TableName", schema.name}, {"TableStatus", name_of_status(status)}, {"TableArn", arn}};
  made["TableId"] = table.id;
  made["ItemCount"] = count.items;
  made["TableSizeBytes"] = count.bytes;
  made["ProvisionedThroughput"] = shown_throughput(settings.throughput);
  made["DeletionProtectionEnabled"] = settings.is_protected;
  if (!settings.is_provisioned) {
    made["BillingModeSummary"] = Json{{"BillingMode", "PAY_PER_REQUEST"}};
    if (status == TableStatus::Active)
      made["BillingModeSummary"]["LastUpdateToPayPerRequestDateTime"] = to_epoch_seconds(table.created_at);
  }
  if (status == TableStatus::Deleting) return made;
  made["AttributeDefinitions"] = attribute_definitions(schema);
  made["KeySchema"] = key_schema(schema.key, schema.sort);
  made["CreationDateTime"] = to_epoch_seconds(table.created_at);
  if (status == TableStatus::Active) {
    const bool on_demand = !settings.is_provisioned;
    made["WarmThroughput"] = Json{{"ReadUnitsPerSecond", on_demand ? 12000 : settings.throughput.read},
                                  {"WriteUnitsPerSecond", on_demand ? 4000 : settings.throughput.write},
                                  {"Status", "ACTIVE"}};
  }
  for (const auto& index : schema.indexes) {
    Json shown{{"IndexName", index.name},
               {"KeySchema", key_schema(index.key, index.sort)},
               {"Projection", projection_json(index.projection)},
               {"IndexSizeBytes", 0},
               {"ItemCount", 0},
               {"IndexArn", arn + "/index/" + index.name}};
    if (!index.local) {
      shown["IndexStatus"] = name_of_status(status);
      const auto throughput = settings.indexes.find(index.name);
      shown["ProvisionedThroughput"] =
          shown_throughput(throughput == settings.indexes.end() ? Throughput() : throughput->second);
    }
    made[index.local ? "LocalSecondaryIndexes" : "GlobalSecondaryIndexes"].push_back(std::move(shown));
  }
  return made;
}

}  // namespace stepd::dynamodb
