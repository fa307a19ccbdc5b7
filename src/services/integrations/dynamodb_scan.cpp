// aws-sdk:dynamodb:scan: the items of a table in pages, as a FilterExpression asks.
// Source: DynamoDB API reference, Scan. No parallel segments.
#include "services/integrations/dynamodb/dynamodb_call.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::services::integrations {
namespace {

constexpr std::int64_t kLimitMax = 1000;

Result<HandlerCall> translate(tasks::Arguments& parameters) {
  dynamodb::ItemRequest request(parameters);
  request.optional_members("ExclusiveStartKey", "after");
  request.condition("FilterExpression", "filter");
  request.projection();
  request.set("limit", std::min(parameters.optional_integer("Limit", 1, INT32_MAX).value_or(kLimitMax), kLimitMax));
  request.ignore({"ConsistentRead"});
  STEPD_TRY(Payload event, request.finish());
  return HandlerCall{"item.query", std::move(event), dynamodb::page_of_items};
}

void start(const Workbench& bench, run::TaskCall call) {
  dynamodb::call_item_handler(bench, std::move(call), translate);
}

}  // namespace

extern const Integration sdk_dynamodb_scan{"aws-sdk:dynamodb:scan", start};

}  // namespace stepd::services::integrations
