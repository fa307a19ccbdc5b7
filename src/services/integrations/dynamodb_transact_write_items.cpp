// aws-sdk:dynamodb:transactWriteItems: TransactWriteItems of DynamoDB on a table (docs/dynamodb.md).
#include "services/integrations/dynamodb/dynamodb_task.h"

#include <array>

namespace stepd::services::integrations {
namespace {

using Kind = dynamodb::Parameter::Kind;
constexpr std::array<dynamodb::Parameter, 4> kParameters{{{"TransactItems", Kind::Any, true},
                                                          {"ClientRequestToken", Kind::Text, false},
                                                          {"ReturnConsumedCapacity", Kind::Text, false},
                                                          {"ReturnItemCollectionMetrics", Kind::Text, false}}};

void start(const Workbench& bench, run::TaskCall call) {
  dynamodb::call_operation(bench, std::move(call), "TransactWriteItems", kParameters);
}

}  // namespace

extern const Integration sdk_dynamodb_transact_write_items{"aws-sdk:dynamodb:transactWriteItems", start};

}  // namespace stepd::services::integrations
