// aws-sdk:dynamodb:batchGetItem: BatchGetItem of DynamoDB on a table (docs/dynamodb.md).
#include "services/integrations/dynamodb/dynamodb_task.h"

#include <array>

namespace stepd::services::integrations {
namespace {

using Kind = dynamodb::Parameter::Kind;
constexpr std::array<dynamodb::Parameter, 2> kParameters{
    {{"RequestItems", Kind::Object, true}, {"ReturnConsumedCapacity", Kind::Text, false}}};

void start(const Workbench& bench, run::TaskCall call) {
  dynamodb::call_operation(bench, std::move(call), "BatchGetItem", kParameters);
}

}  // namespace

extern const Integration sdk_dynamodb_batch_get_item{"aws-sdk:dynamodb:batchGetItem", start};

}  // namespace stepd::services::integrations
