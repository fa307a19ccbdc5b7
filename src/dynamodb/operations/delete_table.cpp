// DeleteTable. A table of the configuration is not deleted. Source: DynamoDB API reference.
#include "dynamodb/api_request.h"
#include "dynamodb/expressions/expression_reader.h"
#include "dynamodb/table_description.h"

#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

Answer remove(const Json& arguments, const Desk& desk) {
  Request request(arguments, Wording::New);
  const auto name = request.table_name();
  STEPD_CHECK(request.check());
  const auto table = desk.items.find_table(name);
  if (table == nullptr)
    return Failure("ResourceNotFoundException", "Requested resource not found: Table: " + name + " not found");
  if (parse_settings(table->settings).is_protected) {
    return validation_error(
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.");
  }
  STEPD_TRY(const TablePtr dropped, desk.items.drop(name));
  return Json{{"TableDescription", describe_table(desk, *dropped, TableStatus::Deleting)}};
}

}  // namespace

extern const Operation delete_table;
const Operation delete_table{"DeleteTable", remove};

}  // namespace stepd::dynamodb
