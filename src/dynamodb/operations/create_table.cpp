// CreateTable: the table is there at once, and said to be CREATING as clients expect. Source: DynamoDB API reference.
#include "dynamodb/table_request.h"

#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

Answer create(const Json& arguments, const Desk& desk) {
  STEPD_TRY(const NewTable wanted, read_new_table(arguments));
  const auto made = desk.items.create(wanted.schema, print_settings(wanted.settings));
  if (made) return Json{{"TableDescription", describe_table(desk, **made, TableStatus::Creating)}};
  if (made.error().name == "Item.TableExists")
    return Failure("ResourceInUseException", "Table already exists: " + wanted.schema.name);
  return made.error();
}

}  // namespace

extern const Operation create_table;
const Operation create_table{"CreateTable", create};

}  // namespace stepd::dynamodb
