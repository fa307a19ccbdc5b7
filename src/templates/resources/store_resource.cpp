// S3 buckets with their notifications, and DynamoDB tables.
#include "templates/resources/resources.h"

#include <algorithm>

namespace stepd::templates {
namespace {

bool asks_for_events(Part& part, const Node& configuration) {
  const Node* bridge = part.map(configuration, "EventBridgeConfiguration");
  return bridge != nullptr && part.flag(*bridge, "EventBridgeEnabled", true);
}

/// Filter.S3Key.Rules of CloudFormation, Filter.Key.FilterRules of S3's own API.
const Node* rules_of(Part& part, const Node& configuration) {
  const Node* filter = part.map(configuration, "Filter");
  if (filter == nullptr) return nullptr;
  for (const auto& [outer, inner] : {std::pair{"S3Key", "Rules"}, std::pair{"Key", "FilterRules"}}) {
    const Node* key = part.map(*filter, outer);
    if (key != nullptr) return part.list(*key, inner);
  }
  return nullptr;
}

std::vector<std::string> events_of(const Node& configuration) {
  std::vector<std::string> events;
  for (const char* name : {"Event", "Events"}) {
    const Node* found = configuration.find(name);
    if (found == nullptr) continue;
    if (found->is_scalar()) events.push_back(found->text);
    for (const auto& item : found->items) events.push_back(item.text);
  }
  return events;
}

/// `name`: of the list in the configuration, and of the member that says which function is called.
void add_lambda_notifications(Part& part, const Node& configuration, const std::string& bucket, const char* list,
                              const char* function) {
  const Node* entries = part.list(configuration, list);
  if (entries == nullptr) return;
  std::size_t count = 0;
  for (const auto& entry : entries->items) {
    const auto target = target_of(part.text(entry, function));
    const auto name = part.resource().logical_id + (++count == 1 ? "" : "-" + std::to_string(count));
    if (!target || target->kind != Target::Kind::Function) {
      part.error(entry.at, std::string(list) + ": " + function + ": expected the ARN of a function");
      continue;
    }
    add_notification(part, name, bucket, events_of(entry), rules_of(part, entry), *target);
  }
}

ProjectTable::Keys keys_of(Part& part, const Node& schema_of, const Node& attributes_of) {
  ProjectTable::Keys keys;
  const auto type_of = [&](const std::string& attribute) -> std::string {
    const Node* attributes = part.list(attributes_of, "AttributeDefinitions");
    if (attributes != nullptr) {
      for (const auto& each : attributes->items) {
        if (each.text_of("AttributeName") == attribute) return each.text_of("AttributeType").value_or("S");
      }
    }
    part.error(schema_of.at, "AttributeDefinitions has no '" + attribute + "', which KeySchema names");
    return "S";
  };
  const Node* schema = part.list(schema_of, "KeySchema");
  if (schema != nullptr) {
    for (const auto& each : schema->items) {
      const auto name = part.text(each, "AttributeName");
      if (each.text_of("KeyType") == "RANGE") {
        keys.sort = name;
        keys.sort_type = type_of(name);
      } else {
        keys.key = name;
        keys.key_type = type_of(name);
      }
    }
  }
  if (keys.key.empty()) part.error(schema_of.at, "KeySchema has no HASH key");
  return keys;
}

Node projection_of(Part& part, const Node& index) {
  const Node* projection = part.map(index, "Projection");
  if (projection == nullptr) return Node::of("ALL");
  const auto type = part.text(*projection, "ProjectionType", "ALL");
  if (type != "INCLUDE") return Node::of(type);
  const Node* names = part.list(*projection, "NonKeyAttributes");
  return names == nullptr ? Node::list() : *names;
}

void add_indexes(Part& part, ProjectTable& table, const char* property, bool local) {
  const Node& properties = part.properties();
  const Node* indexes = part.list(properties, property);
  if (indexes == nullptr) return;
  for (const auto& each : indexes->items) {
    table.indexes.push_back(
        {part.text(each, "IndexName"), keys_of(part, each, properties), projection_of(part, each), local});
  }
}

}  // namespace

void add_notification(Part& part, const std::string& name, const std::string& bucket,
                      const std::vector<std::string>& events, const Node* rules, const Target& target) {
  bool created = false;
  for (const auto& event : events) {
    const bool of_creation = event.starts_with("s3:ObjectCreated:");
    created = created || of_creation;
    if (!of_creation) part.unserved("the event " + event + ": only objects that arrive are told of", name);
  }
  if (!created) return;
  ProjectNotification notification;
  notification.origin = part.origin();
  notification.name = name;
  notification.bucket = bucket;
  notification.target = target;
  for (const auto& rule : rules == nullptr ? std::vector<Node>{} : rules->items) {
    const auto kind = part.text(rule, "Name");
    const auto value = part.text(rule, "Value");
    const auto is = [&](std::string_view word) {
      return kind.size() == word.size() &&
             std::equal(kind.begin(), kind.end(), word.begin(), [](char a, char b) { return (a | 0x20) == b; });
    };
    if (is("prefix")) {
      notification.prefix = value;
    } else if (is("suffix")) {
      notification.suffix = value;
    } else {
      part.error(rule.at, "a filter is by prefix or suffix, not by '" + kind + "'");
    }
  }
  part.project().notifications.push_back(std::move(notification));
}

void add_bucket(Part& part) {
  const Node& properties = part.properties();
  const auto name = part.name();
  const Node* configuration = part.map(properties, "NotificationConfiguration");
  part.project().buckets.push_back({part.origin(), name, false});
  if (configuration == nullptr) return;
  if (asks_for_events(part, *configuration)) part.draft().event_buckets.push_back(name);
  add_lambda_notifications(part, *configuration, name, "LambdaConfigurations", "Function");
  for (const char* other : {"QueueConfigurations", "TopicConfigurations"}) {
    if (configuration->has(other)) part.unserved("notifications to queues and topics", other);
  }
}

void add_cdk_notifications(Part& part) {
  const Node& properties = part.properties();
  const auto bucket = part.text(properties, "BucketName");
  const Node* configuration = part.map(properties, "NotificationConfiguration");
  if (configuration == nullptr) return;
  if (asks_for_events(part, *configuration)) part.draft().event_buckets.push_back(bucket);
  add_lambda_notifications(part, *configuration, bucket, "LambdaFunctionConfigurations", "LambdaFunctionArn");
  for (const char* other : {"QueueConfigurations", "TopicConfigurations"}) {
    if (configuration->has(other)) part.unserved("notifications to queues and topics", other);
  }
}

void add_table(Part& part) {
  const Node& properties = part.properties();
  ProjectTable table;
  table.origin = part.origin();
  table.name = part.name();
  table.keys = keys_of(part, properties, properties);
  add_indexes(part, table, "GlobalSecondaryIndexes", false);
  add_indexes(part, table, "LocalSecondaryIndexes", true);
  if (const Node* ttl = part.map(properties, "TimeToLiveSpecification");
      ttl != nullptr && part.flag(*ttl, "Enabled", true)) {
    table.ttl = part.text(*ttl, "AttributeName");
  }
  if (properties.has("StreamSpecification")) part.unserved("streams", "StreamSpecification");
  part.project().tables.push_back(std::move(table));
}

void add_simple_table(Part& part) {
  const Node& properties = part.properties();
  ProjectTable table;
  table.origin = part.origin();
  table.name = part.name();
  table.keys = {"id", "S", "", ""};
  if (const Node* key = part.map(properties, "PrimaryKey")) {
    table.keys.key = part.text(*key, "Name", "id");
    const auto type = part.text(*key, "Type", "String");
    if (type != "String" && type != "Number" && type != "Binary") {
      part.error(key->at, "PrimaryKey: Type is String, Number or Binary, not '" + type + "'");
    }
    table.keys.key_type = type.substr(0, 1);
  }
  part.project().tables.push_back(std::move(table));
}

}  // namespace stepd::templates
