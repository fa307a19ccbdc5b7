// dynamodb:updateItem: item.update on a table of the configuration, with UpdateExpression, conditions and ReturnValues.
// Source: DynamoDB API reference, UpdateItem.
#include "services/integrations/dynamodb/attribute_value.h"
#include "services/integrations/dynamodb/dynamodb_call.h"

#include <array>
#include <nlohmann/json.hpp>

namespace stepd::services::integrations {
namespace {

constexpr std::array<std::string_view, 5> kReturnValues{"NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"};
constexpr std::array<std::string_view, 5> kReturns{"none", "old", "updatedOld", "new", "updatedNew"};

Json shape(const Json& result) {
  Json members = Json::object();
  const auto item = result.find("item");
  if (item != result.end() && item->is_object()) members["Attributes"] = dynamodb::to_typed_members(*item);
  return members;
}

Result<HandlerCall> translate(tasks::Arguments& parameters) {
  dynamodb::ItemRequest request(parameters);
  request.members("Key", "key");
  request.update();
  request.condition("ConditionExpression", "condition");
  request.set("returns",
              std::string(kReturns.at(parameters.optional_choice("ReturnValues", kReturnValues).value_or(0))));
  STEPD_TRY(Payload event, request.finish());
  return HandlerCall{"item.update", std::move(event), shape};
}

void start(const Workbench& bench, run::TaskCall call) {
  dynamodb::call_item_handler(bench, std::move(call), translate);
}

}  // namespace

extern const Integration dynamodb_update_item{"dynamodb:updateItem", start};
extern const Integration sdk_dynamodb_update_item{"aws-sdk:dynamodb:updateItem", start};

}  // namespace stepd::services::integrations
