#include "dynamodb/table_request.h"

#include "dynamodb/expressions/expression_reader.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

constexpr std::size_t kNameMin = 3;
constexpr std::size_t kGlobalIndexesMax = 20;  // developer guide: Quotas
constexpr std::size_t kLocalIndexesMax = 5;

AslError invalid_table(const std::string& why) {
  return validation_error("One or more parameter values were invalid: " + why);
}

struct KeyElement {
  std::string attribute;
  std::string type;
};

using Definitions = std::map<std::string, KeyType>;

KeyType key_type_of(const std::string& type) {
  return type == "N" ? KeyType::Number : type == "B" ? KeyType::Bytes : KeyType::Text;
}

/// Adds what AttributeDefinitions says to `definitions`, where those that are there already stay. The names, in order.
std::vector<std::string> read_definitions(Request& request, Definitions& definitions) {
  std::vector<std::string> names;
  std::size_t number = 0;
  for (const Json* each : request.objects("AttributeDefinitions")) {
    Request definition(*each, request);
    const auto path = "attributeDefinitions." + std::to_string(++number) + ".member.";
    const auto name = definition.text("AttributeName");
    const auto type = definition.choice("AttributeType", path + "attributeType", "B, N, S");
    if (!name) request.violate(path + "attributeName", std::nullopt, "not be null");
    if (!definition.has("AttributeType")) request.violate(path + "attributeType", std::nullopt, "not be null");
    if (name) definitions.emplace(*name, key_type_of(type.value_or("S")));
    if (name) names.push_back(*name);
  }
  return names;
}

std::vector<KeyElement> read_key_schema(Request& request, const std::string& path) {
  std::vector<KeyElement> elements;
  std::size_t number = 0;
  for (const Json* each : request.objects("KeySchema")) {
    Request element(*each, request);
    const auto place = path + "." + std::to_string(++number) + ".member.";
    auto name = element.text("AttributeName");
    if (!name) request.violate(place + "attributeName", std::nullopt, "not be null");
    auto type = element.choice("KeyType", place + "keyType", "HASH, RANGE");
    if (!element.has("KeyType")) request.violate(place + "keyType", std::nullopt, "not be null");
    elements.push_back({name.value_or(""), type.value_or("HASH")});
  }
  if (elements.size() > 2) {
    std::string shown;
    for (const auto& each : elements) {
      shown += (shown.empty() ? "" : ", ") + ("KeySchemaElement(attributeName=" + each.attribute) +
               ", keyType=" + each.type + ")";
    }
    request.violate(path, "[" + shown + "]", "have length less than or equal to 2");
  }
  if (!request.has("KeySchema")) request.violate(path, std::nullopt, "not be null");
  return elements;
}

Throughput read_throughput(Request& request, const char* name) {
  Throughput throughput;
  const Json* given = request.object(name);
  if (given == nullptr) return throughput;
  Request inner(*given, request);
  throughput.read = inner.integer("ReadCapacityUnits").value_or(0);
  throughput.write = inner.integer("WriteCapacityUnits").value_or(0);
  for (const auto& [member, value] :
       {std::pair{"readCapacityUnits", throughput.read}, std::pair{"writeCapacityUnits", throughput.write}}) {
    if (value < 1) {
      request.violate(std::string("provisionedThroughput.") + member, std::to_string(value),
                      "have value greater than or equal to 1");
    }
  }
  return throughput;
}

struct IndexRequest {
  std::string name;
  std::vector<KeyElement> key;
  std::optional<std::string> projection;
  bool has_projection = false;
  std::optional<std::vector<std::string>> attributes;
  Throughput throughput;
  bool local = false;
};

IndexRequest read_index(const Json& given, Request& parent, const std::string& path, bool local) {
  Request request(given, parent);
  IndexRequest index;
  index.local = local;
  index.name = request.text("IndexName").value_or("");
  if (!request.has("IndexName")) parent.violate(path + "indexName", std::nullopt, "not be null");
  if (request.has("IndexName") && index.name.size() < kNameMin)
    parent.violate(path + "indexName", index.name, "have length greater than or equal to 3");
  index.key = read_key_schema(request, path + "keySchema");
  if (const Json* given_projection = request.object("Projection")) {
    Request projection(*given_projection, request);
    index.has_projection = true;
    index.projection =
        projection.choice("ProjectionType", path + "projection.projectionType", "ALL, INCLUDE, KEYS_ONLY");
    if (projection.has("NonKeyAttributes")) index.attributes = projection.texts("NonKeyAttributes");
  } else {
    parent.violate(path + "projection", std::nullopt, "not be null");
  }
  if (!local) index.throughput = read_throughput(request, "ProvisionedThroughput");
  return index;
}

Result<void> check_key_elements(const std::vector<KeyElement>& key, const Definitions& definitions,
                                const std::string& listed) {
  std::vector<std::string> names;
  for (const auto& each : key) names.push_back(each.attribute);
  for (const auto& name : names) {
    if (definitions.contains(name)) continue;
    return invalid_table("Some index key attributes are not defined in AttributeDefinitions. Keys: " +
                         in_brackets(names) + ", AttributeDefinitions: " + listed);
  }
  if (key.empty() || key[0].type != "HASH")
    return validation_error("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  if (key.size() == 1) return {};
  if (key[1].type != "RANGE")
    return validation_error("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  if (key[0].attribute == key[1].attribute)
    return validation_error("Invalid KeySchema: Some index key attribute have no definition");
  return {};
}

Result<Projection> read_projection(const IndexRequest& index) {
  Projection projection;
  if (!index.projection) return invalid_table("Unknown ProjectionType: null");
  projection.kind = *index.projection == "ALL"         ? Projection::Kind::All
                    : *index.projection == "KEYS_ONLY" ? Projection::Kind::KeysOnly
                                                       : Projection::Kind::Include;
  const bool includes = projection.kind == Projection::Kind::Include;
  if (includes && !index.attributes)
    return invalid_table("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
  if (!includes && index.attributes)
    return invalid_table("ProjectionType is " + *index.projection + ", but NonKeyAttributes is specified");
  if (includes) projection.attributes = *index.attributes;
  return projection;
}

/// Of an index whose key elements were checked.
Result<IndexSchema> make_index(const IndexRequest& given, const Definitions& definitions) {
  const auto attribute_of = [&](const KeyElement& element) {
    return KeyAttribute{element.attribute, definitions.at(element.attribute)};
  };
  IndexSchema index;
  index.name = given.name;
  index.local = given.local;
  index.key = attribute_of(given.key[0]);
  if (given.key.size() > 1) index.sort = attribute_of(given.key[1]);
  STEPD_TRY(index.projection, read_projection(given));
  return index;
}

class TableReader {
 public:
  explicit TableReader(const Json& arguments) : request_(arguments, Wording::New) {}

  Result<NewTable> read() {
    if (!request_.has("TableName"))
      return validation_error("The parameter 'TableName' is required but was not present in the request");
    read_parameters();
    STEPD_CHECK(request_.check());
    STEPD_CHECK(read_billing());
    STEPD_CHECK(read_table_key());
    for (const auto& index : indexes_) STEPD_CHECK(add_index(index));
    STEPD_CHECK(check_definitions());
    return std::move(made_);
  }

 private:
  void read_parameters() {
    made_.schema.name = request_.table_name();
    if (!made_.schema.name.empty() && made_.schema.name.size() < kNameMin)
      request_.violate("tableName", made_.schema.name, "have length greater than or equal to 3");
    defined_ = read_definitions(request_, definitions_);
    if (!request_.has("AttributeDefinitions")) request_.violate("attributeDefinitions", std::nullopt, "not be null");
    key_ = read_key_schema(request_, "keySchema");
    billing_ = request_.choice("BillingMode", "billingMode", "PROVISIONED, PAY_PER_REQUEST");
    made_.settings.throughput = read_throughput(request_, "ProvisionedThroughput");
    made_.settings.is_protected = request_.boolean("DeletionProtectionEnabled").value_or(false);
    read_indexes("LocalSecondaryIndexes", "localSecondaryIndexes", true);
    read_indexes("GlobalSecondaryIndexes", "globalSecondaryIndexes", false);
  }

  void read_indexes(const char* name, const std::string& path, bool local) {
    std::size_t number = 0;
    for (const Json* each : request_.objects(name)) {
      indexes_.push_back(read_index(*each, request_, path + "." + std::to_string(++number) + ".member.", local));
    }
  }

  Result<void> read_billing() {
    const bool has_throughput = request_.has("ProvisionedThroughput");
    made_.settings.is_provisioned = billing_ != "PAY_PER_REQUEST";
    if (!made_.settings.is_provisioned && has_throughput) {
      return invalid_table(
          "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
    }
    if (made_.settings.is_provisioned && !has_throughput) {
      return invalid_table(
          "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED");
    }
    return {};
  }

  KeyAttribute attribute_of(const KeyElement& element) const {
    return {element.attribute, definitions_.at(element.attribute)};
  }

  std::string listed() const { return in_brackets(defined_); }

  Result<void> read_table_key() {
    STEPD_CHECK(check_key_elements(key_, definitions_, listed()));
    made_.schema.key = attribute_of(key_[0]);
    if (key_.size() > 1) made_.schema.sort = attribute_of(key_[1]);
    used_.insert(used_.end(), {key_[0].attribute, key_.back().attribute});
    return {};
  }

  Result<void> add_index(const IndexRequest& given) {
    auto& schema = made_.schema;
    if (given.local && !schema.sort) {
      return invalid_table(
          "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex");
    }
    STEPD_CHECK(check_key_elements(given.key, definitions_, listed()));
    if (given.local && given.key[0].attribute != schema.key.name) {
      return invalid_table(
          "Index KeySchema does not have the same leading hash key as table KeySchema for index: " + given.name +
          ". index hash key: " + given.key[0].attribute + ", table hash key: " + schema.key.name);
    }
    if (given.local && given.key.size() != 2)
      return invalid_table("Index KeySchema does not have a range key for index: " + given.name);
    if (schema.find_index(given.name) != nullptr) return invalid_table("Duplicate index name: " + given.name);
    used_.insert(used_.end(), {given.key[0].attribute, given.key.back().attribute});
    STEPD_TRY(IndexSchema index, make_index(given, definitions_));
    schema.indexes.push_back(std::move(index));
    if (!given.local) made_.settings.indexes[given.name] = given.throughput;
    const auto count = static_cast<std::size_t>(std::count_if(
        schema.indexes.begin(), schema.indexes.end(), [&](const auto& each) { return each.local == given.local; }));
    if (count > (given.local ? kLocalIndexesMax : kGlobalIndexesMax)) {
      return invalid_table(std::string(given.local ? "Number of LocalSecondaryIndexes exceeds per-table limit of 5"
                                                   : "GlobalSecondaryIndex count exceeds the per-table limit of 20"));
    }
    return {};
  }

  Result<void> check_definitions() const {
    const bool all_used = std::all_of(defined_.begin(), defined_.end(), [&](const auto& name) {
      return std::find(used_.begin(), used_.end(), name) != used_.end();
    });
    if (all_used) return {};
    if (made_.schema.indexes.empty()) {
      return invalid_table(
          "Number of attributes in KeySchema does not exactly match number of attributes defined in "
          "AttributeDefinitions");
    }
    return invalid_table("Some AttributeDefinitions are not used. AttributeDefinitions: " + listed() +
                         ", keys used: " + in_brackets(used_));
  }

  Request request_;
  NewTable made_;
  Definitions definitions_;
  std::vector<std::string> defined_;
  std::vector<std::string> used_;
  std::vector<KeyElement> key_;
  std::optional<std::string> billing_;
  std::vector<IndexRequest> indexes_;
};

/// The attributes that keys have already.
void add_definitions(const TableSchema& schema, Definitions& definitions) {
  const auto add = [&](const std::optional<KeyAttribute>& attribute) {
    if (attribute) definitions.insert_or_assign(attribute->name, attribute->type);
  };
  add(schema.key);
  add(schema.sort);
  for (const auto& index : schema.indexes) {
    add(index.key);
    add(index.sort);
  }
}

class TableChangeReader {
 public:
  TableChangeReader(const Json& arguments, Table& table)
      : request_(arguments, Wording::New), table_(table), settings_(parse_settings(table.settings)) {
    add_definitions(table.schema, definitions_);
  }

  Result<void> read() {
    read_parameters();
    STEPD_CHECK(request_.check());
    if (!changes_) {
      return validation_error(
          "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or "
          "SSESpecification or ReplicaUpdates is required");
    }
    STEPD_CHECK(change_billing());
    if (creations_.size() + deletions_.size() > 1) {
      return AslError{
          "LimitExceededException",
          "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table"};
    }
    for (const auto& name : deletions_) STEPD_CHECK(remove_index(name));
    for (const auto& index : creations_) STEPD_CHECK(add_index(index));
    for (const auto& [name, throughput] : throughputs_) {
      if (table_.schema.find_index(name) == nullptr) return no_index(name);
      settings_.indexes[name] = throughput;
    }
    table_.settings = print_settings(settings_);
    return {};
  }

 private:
  void read_parameters() {
    request_.table_name();
    for (const char* name :
         {"BillingMode", "ProvisionedThroughput", "GlobalSecondaryIndexUpdates", "StreamSpecification",
          "SSESpecification", "TableClass", "DeletionProtectionEnabled", "OnDemandThroughput", "WarmThroughput"}) {
      changes_ = changes_ || request_.has(name);
    }
    defined_ = read_definitions(request_, definitions_);
    billing_ = request_.choice("BillingMode", "billingMode", "PROVISIONED, PAY_PER_REQUEST");
    throughput_ = read_throughput(request_, "ProvisionedThroughput");
    if (const auto on = request_.boolean("DeletionProtectionEnabled")) settings_.is_protected = *on;
    std::size_t number = 0;
    for (const Json* each : request_.objects("GlobalSecondaryIndexUpdates"))
      read_index_change(*each, "globalSecondaryIndexUpdates." + std::to_string(++number) + ".member.");
  }

  void read_index_change(const Json& given, const std::string& path) {
    Request change(given, request_);
    if (const Json* create = change.object("Create"))
      creations_.push_back(read_index(*create, request_, path + "create.", false));
    if (const Json* remove = change.object("Delete")) {
      Request named(*remove, request_);
      deletions_.push_back(named.text("IndexName").value_or(""));
      if (!named.has("IndexName")) request_.violate(path + "delete.indexName", std::nullopt, "not be null");
    }
    if (const Json* update = change.object("Update")) {
      Request named(*update, request_);
      const auto name = named.text("IndexName").value_or("");
      if (!named.has("IndexName")) request_.violate(path + "update.indexName", std::nullopt, "not be null");
      throughputs_[name] = read_throughput(named, "ProvisionedThroughput");
    }
  }

  Result<void> change_billing() {
    const bool has_throughput = request_.has("ProvisionedThroughput");
    if (billing_) settings_.is_provisioned = *billing_ == "PROVISIONED";
    if (!settings_.is_provisioned && has_throughput) {
      return invalid_table(
          "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
    }
    if (billing_ == "PROVISIONED" && !has_throughput) {
      return invalid_table(
          "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED");
    }
    if (has_throughput) settings_.throughput = throughput_;
    if (!settings_.is_provisioned) settings_.throughput = {};
    return {};
  }

  static AslError no_index(const std::string& name) {
    return AslError{"ResourceNotFoundException", "Requested resource not found: Index: " + name + " not found"};
  }

  Result<void> remove_index(const std::string& name) {
    const auto* index = table_.schema.find_index(name);
    if (index == nullptr || index->local) return no_index(name);
    std::erase_if(table_.schema.indexes, [&](const auto& each) { return each.name == name; });
    settings_.indexes.erase(name);
    return {};
  }

  Result<void> add_index(const IndexRequest& given) {
    auto& indexes = table_.schema.indexes;
    if (table_.schema.find_index(given.name) != nullptr)
      return validation_error("Attempting to create an index which already exists");
    STEPD_CHECK(check_key_elements(given.key, definitions_, in_brackets(defined_)));
    STEPD_TRY(IndexSchema index, make_index(given, definitions_));
    const auto count = std::count_if(indexes.begin(), indexes.end(), [](const auto& each) { return !each.local; });
    if (static_cast<std::size_t>(count) >= kGlobalIndexesMax)
      return invalid_table("GlobalSecondaryIndex count exceeds the per-table limit of 20");
    indexes.push_back(std::move(index));
    settings_.indexes[given.name] = given.throughput;
    return {};
  }

  Request request_;
  Table& table_;
  TableSettings settings_;
  Definitions definitions_;
  std::vector<std::string> defined_;
  std::optional<std::string> billing_;
  Throughput throughput_;
  std::vector<IndexRequest> creations_;
  std::vector<std::string> deletions_;
  std::map<std::string, Throughput> throughputs_;
  bool changes_ = false;
};

}  // namespace

Result<void> read_table_change(const Json& arguments, Table& table) {
  return TableChangeReader(arguments, table).read();
}

Result<NewTable> read_new_table(const Json& arguments) { return TableReader(arguments).read(); }

}  // namespace stepd::dynamodb
