// aws-sdk:dynamodb:query: the item of one key; tables have no sort key and no index here.
// Source: DynamoDB API reference, Query.
#include "services/integrations/dynamodb/dynamodb_call.h"

#include <nlohmann/json.hpp>

namespace stepd::services::integrations {
namespace {

Result<HandlerCall> translate(tasks::Arguments& parameters) {
  dynamodb::ItemRequest request(parameters);
  request.key_condition();
  request.condition("FilterExpression", "filter");
  request.projection();
  request.ignore({"ConsistentRead", "ScanIndexForward", "Limit"});
  STEPD_TRY(Payload event, request.finish());
  return HandlerCall{"item.query", std::move(event), dynamodb::page_of_items};
}

void start(const Workbench& bench, run::TaskCall call) {
  dynamodb::call_item_handler(bench, std::move(call), translate);
}

}  // namespace

extern const Integration sdk_dynamodb_query{"aws-sdk:dynamodb:query", start};

}  // namespace stepd::services::integrations
