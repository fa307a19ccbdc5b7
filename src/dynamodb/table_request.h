// CreateTable's request, read to a schema. Source: DynamoDB API reference, CreateTable.
#pragma once

#include "dynamodb/api_request.h"
#include "dynamodb/table_description.h"

namespace stepd::dynamodb {

struct NewTable {
  TableSchema schema;
  TableSettings settings;
};

/// Errors are `ValidationException` or `SerializationException` in AWS's words.
Result<NewTable> read_new_table(const Json& arguments);

}  // namespace stepd::dynamodb
