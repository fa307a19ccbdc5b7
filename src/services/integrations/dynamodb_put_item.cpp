// dynamodb:putItem: item.put on a table of the configuration, with ConditionExpression and ReturnValues.
// Source: DynamoDB API reference, PutItem.
#include "services/integrations/dynamodb/dynamodb_call.h"

namespace stepd::services::integrations {
namespace {

Result<HandlerCall> translate(tasks::Arguments& parameters) {
  return dynamodb::translate_write(parameters, "Item", "item.put", "item");
}

void start(const Workbench& bench, run::TaskCall call) {
  dynamodb::call_item_handler(bench, std::move(call), translate);
}

}  // namespace

extern const Integration dynamodb_put_item{"dynamodb:putItem", start};
extern const Integration sdk_dynamodb_put_item{"aws-sdk:dynamodb:putItem", start};

}  // namespace stepd::services::integrations
