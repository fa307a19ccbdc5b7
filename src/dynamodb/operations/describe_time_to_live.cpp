// DescribeTimeToLive. Source: DynamoDB API reference.
#include "dynamodb/api_request.h"
#include "dynamodb/dynamodb_operation.h"

#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

Answer describe_ttl(const Json& arguments, const Desk& desk) {
  Request request(arguments, Wording::New);
  const auto name = request.table_name();
  STEPD_CHECK(request.check());
  const auto table = desk.items.find_table(name);
  if (table == nullptr)
    return Failure("ResourceNotFoundException", "Requested resource not found: Table: " + name + " not found");
  const auto& attribute = table->schema.ttl_attribute;
  Json description{{"TimeToLiveStatus", attribute.empty() ? "DISABLED" : "ENABLED"}};
  if (!attribute.empty()) description["AttributeName"] = attribute;
  return Json{{"TimeToLiveDescription", std::move(description)}};
}

}  // namespace

extern const Operation describe_time_to_live;
const Operation describe_time_to_live{"DescribeTimeToLive", describe_ttl};

}  // namespace stepd::dynamodb
