// ExpressionAttributeNames, ExpressionAttributeValues and the parameters that they serve, as all operations have them.
#pragma once

#include "dynamodb/api_request.h"
#include "dynamodb/expressions/condition_expression.h"
#include "dynamodb/expressions/document_path.h"
#include "dynamodb/expressions/expression_placeholders.h"

#include <optional>
#include <string>
#include <vector>

namespace stepd::dynamodb {

/// `Can not use both expression and non-expression parameters` if the request has some of both.
Result<void> check_mixing(const Request& request, std::initializer_list<const char*> legacy,
                          std::initializer_list<const char*> expressions);

/// The two maps, if one of `expressions` is there to use them. They are read from the request before check().
class PlaceholderParameters {
 public:
  explicit PlaceholderParameters(Request& request)
      : request_(request),
        names_(request.text_map("ExpressionAttributeNames")),
        values_(request.values("ExpressionAttributeValues")) {}

  Result<Placeholders> read(std::initializer_list<const char*> expressions) const;

 private:
  Request& request_;
  const Json* names_;
  const Json* values_;
};

/// `ValidationException` if a placeholder is used by no expression.
Result<void> check_all_used(const Placeholders& placeholders);

/// What to answer of an item: ProjectionExpression, or AttributesToGet; none: all of it.
using Selection = std::optional<std::vector<DocumentPath>>;
Item select(const Item& item, const Selection& selection);

}  // namespace stepd::dynamodb
