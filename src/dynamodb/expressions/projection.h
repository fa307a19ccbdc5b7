// ProjectionExpression. Source: DynamoDB developer guide, Projection expressions.
#pragma once

#include "dynamodb/expressions/document_path.h"
#include "dynamodb/expressions/expression_placeholders.h"

#include <string_view>
#include <vector>

namespace stepd::dynamodb {

/// Errors are `ValidationException` in AWS's words.
Result<std::vector<DocumentPath>> parse_projection(std::string_view text, Placeholders& placeholders);

}  // namespace stepd::dynamodb
