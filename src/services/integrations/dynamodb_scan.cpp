// aws-sdk:dynamodb:scan: Scan of DynamoDB on a table (docs/dynamodb.md).
#include "services/integrations/dynamodb/dynamodb_task.h"

#include <array>

namespace stepd::services::integrations {
namespace {

using Kind = dynamodb::Parameter::Kind;
constexpr std::array<dynamodb::Parameter, 16> kParameters{{{"TableName", Kind::Text, true},
                                                           {"IndexName", Kind::Text, false},
                                                           {"FilterExpression", Kind::Text, false},
                                                           {"ProjectionExpression", Kind::Text, false},
                                                           {"ExclusiveStartKey", Kind::Object, false},
                                                           {"ConsistentRead"},
                                                           {"Limit"},
                                                           {"Segment"},
                                                           {"TotalSegments"},
                                                           {"Select", Kind::Text, false},
                                                           {"ScanFilter", Kind::Object, false},
                                                           {"ConditionalOperator", Kind::Text, false},
                                                           {"AttributesToGet"},
                                                           {"ExpressionAttributeNames", Kind::Object, false},
                                                           {"ExpressionAttributeValues", Kind::Object, false},
                                                           {"ReturnConsumedCapacity", Kind::Text, false}}};

void start(const Workbench& bench, run::TaskCall call) {
  dynamodb::call_operation(bench, std::move(call), "Scan", kParameters);
}

}  // namespace

extern const Integration sdk_dynamodb_scan{"aws-sdk:dynamodb:scan", start};

}  // namespace stepd::services::integrations
