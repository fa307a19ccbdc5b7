// CreateTable's request, read to a schema, and UpdateTable's. Source: DynamoDB API reference.
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

/// UpdateTable's request, read to what becomes of `table`.
Result<void> read_table_change(const Json& arguments, Table& table);

}  // namespace stepd::dynamodb
