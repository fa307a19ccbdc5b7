// dynamodb:updateItem: UpdateItem of DynamoDB on a table (docs/dynamodb.md).
#include "services/integrations/dynamodb/dynamodb_task.h"

#include <array>

namespace stepd::services::integrations {
namespace {

using Kind = dynamodb::Parameter::Kind;
constexpr std::array<dynamodb::Parameter, 13> kParameters{{{"TableName", Kind::Text, true},
                                                           {"Key", Kind::Object, true},
                                                           {"UpdateExpression", Kind::Text, false},
                                                           {"AttributeUpdates", Kind::Object, false},
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
  dynamodb::call_operation(bench, std::move(call), "UpdateItem", kParameters);
}

}  // namespace

extern const Integration dynamodb_update_item{"dynamodb:updateItem", start};
extern const Integration sdk_dynamodb_update_item{"aws-sdk:dynamodb:updateItem", start};

}  // namespace stepd::services::integrations
