// dynamodb:getItem: item.get on a table of the configuration; every read is a consistent one.
// Source: DynamoDB API reference, GetItem.
#include "services/integrations/dynamodb/attribute_value.h"
#include "services/integrations/dynamodb/dynamodb_call.h"

#include <nlohmann/json.hpp>

namespace stepd::services::integrations {
namespace {

Json shape(const Json& result) {
  Json members = Json::object();
  if (result.value("found", false)) members["Item"] = dynamodb::to_typed_members(result.at("item"));
  return members;
}

Result<HandlerCall> translate(tasks::Arguments& parameters) {
  dynamodb::ItemRequest request(parameters);
  request.members("Key", "key");
  request.projection();
  request.ignore({"ConsistentRead"});
  STEPD_TRY(Payload event, request.finish());
  return HandlerCall{"item.get", std::move(event), shape};
}

void start(const Workbench& bench, run::TaskCall call) {
  dynamodb::call_item_handler(bench, std::move(call), translate);
}

}  // namespace

extern const Integration dynamodb_get_item{"dynamodb:getItem", start};
extern const Integration sdk_dynamodb_get_item{"aws-sdk:dynamodb:getItem", start};

}  // namespace stepd::services::integrations
