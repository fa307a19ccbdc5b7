// The parameters from before there were expressions: Expected, AttributeUpdates, KeyConditions, filters,
// AttributesToGet. They become what expressions are read as. Source: DynamoDB developer guide, Legacy conditional
// parameters.
#pragma once

#include "dynamodb/api_request.h"
#include "dynamodb/expression_parameters.h"
#include "dynamodb/expressions/key_condition.h"
#include "dynamodb/expressions/update.h"

#include <optional>

namespace stepd::dynamodb {

/// Expected, QueryFilter, ScanFilter: conditions by attribute, joined by `ConditionalOperator`. None if `parameter` is
/// absent. Errors are `ValidationException`.
Result<std::optional<Condition>> read_legacy_conditions(Request& request, const char* parameter);
Result<std::optional<Update>> read_attribute_updates(Request& request);
Result<std::optional<std::vector<KeyClause>>> read_key_conditions(Request& request);
Result<Selection> read_attributes_to_get(Request& request);

}  // namespace stepd::dynamodb
