// ListTables: those of the configuration and those that were created. Source: DynamoDB API reference.
#include "dynamodb/api_request.h"
#include "dynamodb/dynamodb_operation.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

constexpr std::int64_t kNamesMax = 100;

Answer list(const Json& arguments, const Desk& desk) {
  Request request(arguments, Wording::New);
  const auto after = request.text("ExclusiveStartTableName");
  const auto limit = request.integer("Limit").value_or(kNamesMax);
  if (limit < 1) request.violate("limit", std::to_string(limit), "have value greater than or equal to 1");
  if (limit > kNamesMax) request.violate("limit", std::to_string(limit), "have value less than or equal to 100");
  STEPD_CHECK(request.check());
  Json names = Json::array();
  bool more = false;
  for (const auto& table : desk.items.tables()) {
    const auto& name = table->schema.name;
    if (after && name <= *after) continue;
    more = names.size() == static_cast<std::size_t>(limit);
    if (more) break;
    names.push_back(name);
  }
  Json answer{{"TableNames", names}};
  if (more) answer["LastEvaluatedTableName"] = names.back();
  return answer;
}

}  // namespace

extern const Operation list_tables;
const Operation list_tables{"ListTables", list};

}  // namespace stepd::dynamodb
