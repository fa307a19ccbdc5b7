// aws-sdk:dynamodb:query: Query of DynamoDB on a table (docs/dynamodb.md).
#include "services/integrations/dynamodb/dynamodb_task.h"

#include <array>

namespace stepd::services::integrations {
namespace {

using Kind = dynamodb::Parameter::Kind;
constexpr std::array<dynamodb::Parameter, 17> kParameters{{{"TableName", Kind::Text, true},
                                                           {"IndexName", Kind::Text, false},
                                                           {"KeyConditionExpression", Kind::Text, false},
                                                           {"FilterExpression", Kind::Text, false},
                                                           {"ProjectionExpression", Kind::Text, false},
                                                           {"ExclusiveStartKey", Kind::Object, false},
                                                           {"ScanIndexForward"},
                                                           {"ConsistentRead"},
                                                           {"Limit"},
                                                           {"Select", Kind::Text, false},
                                                           {"KeyConditions", Kind::Object, false},
                                                           {"QueryFilter", Kind::Object, false},
                                                           {"ConditionalOperator", Kind::Text, false},
                                                           {"AttributesToGet"},
                                                           {"ExpressionAttributeNames", Kind::Object, false},
                                                           {"ExpressionAttributeValues", Kind::Object, false},
                                                           {"ReturnConsumedCapacity", Kind::Text, false}}};

void start(const Workbench& bench, run::TaskCall call) {
  dynamodb::call_operation(bench, std::move(call), "Query", kParameters);
}

}  // namespace

extern const Integration sdk_dynamodb_query{"aws-sdk:dynamodb:query", start};

}  // namespace stepd::services::integrations
