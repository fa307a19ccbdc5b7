// dynamodb:getItem: GetItem of DynamoDB on a table (docs/dynamodb.md).
#include "services/integrations/dynamodb/dynamodb_task.h"

#include <array>

namespace stepd::services::integrations {
namespace {

using Kind = dynamodb::Parameter::Kind;
constexpr std::array<dynamodb::Parameter, 7> kParameters{{{"TableName", Kind::Text, true},
                                                          {"Key", Kind::Object, true},
                                                          {"ConsistentRead"},
                                                          {"ProjectionExpression", Kind::Text, false},
                                                          {"AttributesToGet"},
                                                          {"ExpressionAttributeNames", Kind::Object, false},
                                                          {"ReturnConsumedCapacity", Kind::Text, false}}};

void start(const Workbench& bench, run::TaskCall call) {
  dynamodb::call_operation(bench, std::move(call), "GetItem", kParameters);
}

}  // namespace

extern const Integration dynamodb_get_item{"dynamodb:getItem", start};
extern const Integration sdk_dynamodb_get_item{"aws-sdk:dynamodb:getItem", start};

}  // namespace stepd::services::integrations
