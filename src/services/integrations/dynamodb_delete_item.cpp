// dynamodb:deleteItem: item.delete on a table of the configuration, with ConditionExpression and ReturnValues.
// Source: DynamoDB API reference, DeleteItem.
#include "services/integrations/dynamodb/dynamodb_call.h"

namespace stepd::services::integrations {
namespace {

Result<HandlerCall> translate(tasks::Arguments& parameters) {
  return dynamodb::translate_write(parameters, "Key", "item.delete", "key");
}

void start(const Workbench& bench, run::TaskCall call) {
  dynamodb::call_item_handler(bench, std::move(call), translate);
}

}  // namespace

extern const Integration dynamodb_delete_item{"dynamodb:deleteItem", start};
extern const Integration sdk_dynamodb_delete_item{"aws-sdk:dynamodb:deleteItem", start};

}  // namespace stepd::services::integrations
