// dynamodb:putItem: PutItem of DynamoDB on a table (docs/dynamodb.md).
#include "services/integrations/dynamodb/dynamodb_task.h"

#include <array>

namespace stepd::services::integrations {
namespace {

using Kind = dynamodb::Parameter::Kind;
constexpr std::array<dynamodb::Parameter, 11> kParameters{{{"TableName", Kind::Text, true},
                                                           {"Item", Kind::Object, true},
                                                           {"ConditionExpression", Kind::Text, false},
                                                           {"ReturnValues", Kind::Text, false},
                                                           {"ReturnItemCollectionMetrics", Kind::Text, false},
                                                           {"ReturnValuesOnConditionCheckFailure", Kind::Text, false},
                                                           {"Expected", Kind::Object, false},
                                                           {"ConditionalOperator", Kind::Text, false},
                                                           {"ExpressionAttributeNames", Kind::Object, false},
                                                           {"ExpressionAttributeValues", Kind::Object, false},
                                                           {"ReturnConsumedCapacity", Kind::Text, false}}};

void start(const Workbench& bench, run::TaskCall call) {
  dynamodb::call_operation(bench, std::move(call), "PutItem", kParameters);
}

}  // namespace

extern const Integration dynamodb_put_item{"dynamodb:putItem", start};
extern const Integration sdk_dynamodb_put_item{"aws-sdk:dynamodb:putItem", start};

}  // namespace stepd::services::integrations
