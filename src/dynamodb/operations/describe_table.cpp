// DescribeTable. Source: DynamoDB API reference.
#include "dynamodb/api_request.h"
#include "dynamodb/table_description.h"

#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

Answer describe(const Json& arguments, const Desk& desk) {
  Request request(arguments, Wording::New);
  const auto name = request.table_name();
  STEPD_CHECK(request.check());
  const auto table = desk.items.find_table(name);
  if (table == nullptr)
    return Failure("ResourceNotFoundException", "Requested resource not found: Table: " + name + " not found");
  return Json{{"Table", dynamodb::describe_table(desk, *table, TableStatus::Active)}};
}

}  // namespace

extern const Operation describe_table_operation;
const Operation describe_table_operation{"DescribeTable", describe};

}  // namespace stepd::dynamodb
