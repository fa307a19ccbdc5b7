// aws-sdk:dynamodb:transactGetItems: TransactGetItems of DynamoDB on a table (docs/dynamodb.md).
#include "services/integrations/dynamodb/dynamodb_task.h"

#include <array>

namespace stepd::services::integrations {
namespace {

using Kind = dynamodb::Parameter::Kind;
constexpr std::array<dynamodb::Parameter, 2> kParameters{
    {{"TransactItems", Kind::Any, true}, {"ReturnConsumedCapacity", Kind::Text, false}}};

void start(const Workbench& bench, run::TaskCall call) {
  dynamodb::call_operation(bench, std::move(call), "TransactGetItems", kParameters);
}

}  // namespace

extern const Integration sdk_dynamodb_transact_get_items{"aws-sdk:dynamodb:transactGetItems", start};

}  // namespace stepd::services::integrations
